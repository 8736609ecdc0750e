//! The flags that say how messages are worded and sent.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use lettre::message::Mailbox;
use url::Url;

use super::secret_flag;
use crate::message::{Gateway, Letterhead, Links, Secret, Sender, Smtp, Wording};
use crate::value::{Countries, Country};

/// The flags that say how messages are worded and sent.
#[derive(Clone, Debug, Args)]
pub struct MessageArgs {
    /// The mail server: `smtps://USER:PASSWORD@HOST:PORT`, or
    /// `smtp://USER:PASSWORD@HOST:PORT?tls=required` for STARTTLS, or `smtp://HOST:PORT`
    /// without encryption. A path in the URL is the name that the service sends in EHLO.
    /// Without this flag, mail is not sent: it goes into the log in full, which has to be
    /// allowed with --log-messages where other machines can reach the service.
    // This is text and not a URL, because clap would show a URL that it can't parse,
    // including the password.
    #[arg(long, env = "CURRENT_USER_SMTP_URL", hide_env_values = true, value_name = "URL")]
    smtp_url: Option<String>,

    /// A file that contains the URL of the mail server, in place of --smtp-url.
    #[arg(long, env = "CURRENT_USER_SMTP_URL_FILE", value_name = "FILE")]
    smtp_url_file: Option<PathBuf>,

    /// Let mail and SMS go into the log, with their tokens and codes, although other machines can
    /// reach the service (by --listen, --public-url or --trusted-proxies). Every reader of the log
    /// can then take over any account.
    #[arg(long, env = "CURRENT_USER_LOG_MESSAGES", value_parser = BoolishValueParser::new())]
    pub log_messages: bool,

    /// The sender of mail, like `Example <no-reply@example.com>`. Required with --smtp-url.
    #[arg(long, env = "CURRENT_USER_MAIL_FROM", value_name = "MAILBOX", value_parser = mailbox)]
    mail_from: Option<Mailbox>,

    /// The URL of your SMS gateway. It gets each SMS as a signed request (see docs/operating.md).
    /// Without this flag, no SMS reaches a phone. SMS go into the log if messages may go there
    /// (see --log-messages). Otherwise nobody can set a phone number.
    // This is text and not a URL, because its query may contain a key.
    #[arg(long, env = "CURRENT_USER_SMS_URL", hide_env_values = true, value_name = "URL")]
    sms_url: Option<String>,

    /// A file that contains the URL of the SMS gateway, in place of --sms-url.
    #[arg(long, env = "CURRENT_USER_SMS_URL_FILE", value_name = "FILE")]
    sms_url_file: Option<PathBuf>,

    /// The secret that signs requests to the gateway, at least 24 bytes: `whsec_` and
    /// base64, or any other text. Required with --sms-url.
    #[arg(long, env = "CURRENT_USER_SMS_SECRET", hide_env_values = true, value_name = "SECRET")]
    sms_secret: Option<String>,

    /// A file that contains the secret that signs requests to the gateway, in place of
    /// --sms-secret.
    #[arg(long, env = "CURRENT_USER_SMS_SECRET_FILE", value_name = "FILE")]
    sms_secret_file: Option<PathBuf>,
    /// The countries to which SMS are sent, like `DE,AT,CH` (ISO 3166-1 alpha-2), separated by
    /// commas. Without this flag, none are sent through --sms-url. SMS that go into the log may
    /// have any country.
    #[arg(long, env = "CURRENT_USER_SMS_COUNTRIES", value_delimiter = ',', value_name = "COUNTRIES", value_parser = country)]
    sms_countries: Vec<Country>,

    /// The page that links in messages lead to. The token is in the fragment:
    /// `https://app.example.com/account#verify-email=TOKEN`. The default is the account
    /// page of the service itself, under --public-url.
    #[arg(long, env = "CURRENT_USER_ACCOUNT_URL", value_name = "URL", value_parser = account_url)]
    account_url: Option<Url>,

    /// How long the mail server or the gateway may take for one message.
    #[arg(long, env = "CURRENT_USER_SEND_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = send_timeout)]
    pub send_timeout: Duration,
}

impl MessageArgs {
    /// The sender that the flags describe. With `keep`, messages that can't be sent are
    /// kept in memory. `links` are the pages of the service itself.
    ///
    /// # Errors
    /// Says which flag is wrong or missing, without its secrets.
    pub fn sender(
        &self,
        keep: bool,
        letterhead: Letterhead,
        links: Links,
    ) -> Result<Sender, String> {
        let account_page = self.account_url.clone().unwrap_or(links.account_page);
        let wording = Wording::new(letterhead, Links { account_page, ..links });
        let wording = wording.map_err(|error| error.to_string())?;
        Ok(Sender::new(wording, self.smtp()?, self.gateway()?, keep))
    }

    /// Whether mail is sent. Otherwise it is only logged.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.smtp_url.is_some() || self.smtp_url_file.is_some()
    }

    /// Refuses to let mail go into the log, unless it `may_log` messages.
    ///
    /// # Errors
    /// Says what to do.
    pub fn check_log(&self, may_log: bool) -> Result<(), String> {
        match self.sends_mail() || may_log {
            true => Ok(()),
            false => Err("other machines can reach the service (--listen, --public-url, \
                --trusted-proxies), and without --smtp-url all mail goes into the log, with tokens \
                that open any account; set --smtp-url or --smtp-url-file, or allow the log with \
                --log-messages"
                .to_owned()),
        }
    }

    fn has_gateway(&self) -> bool {
        self.sms_url.is_some() || self.sms_url_file.is_some()
    }

    /// The countries to which SMS are sent. SMS that only go into the log, where it `may_log` them,
    /// cost nothing.
    #[must_use]
    pub fn sms_countries(&self, may_log: bool) -> Countries {
        match (self.sms_countries.as_slice(), self.has_gateway()) {
            (_, false) if !may_log => Countries::default(),
            ([], false) => Countries::ALL,
            (countries, _) => countries.iter().copied().collect(),
        }
    }

    /// Why no SMS is sent, and what to do about it.
    #[must_use]
    pub fn why_no_sms(&self, may_log: bool) -> Option<&'static str> {
        let is_none = self.sms_countries(may_log) == Countries::default();
        is_none.then(|| match self.has_gateway() {
            true => "--sms-countries is not set: no SMS is sent; name the countries of users",
            false => "--sms-url is not set: no SMS is sent, so nobody can set a phone number",
        })
    }

    fn smtp(&self) -> Result<Option<Smtp>, String> {
        let (value, file) = (self.smtp_url.as_deref(), self.smtp_url_file.as_deref());
        match (secret_flag::read("smtp-url", value, file)?, &self.mail_from) {
            (None, None) => Ok(None),
            (Some(url), Some(from)) => Smtp::new(&url.text, from.clone(), self.send_timeout)
                .map(Some)
                .map_err(|error| format!("{} {error}", url.from)),
            (Some(_), None) => Err("--smtp-url needs --mail-from: set the sender of mail, like \
                                    `Example <no-reply@example.com>`"
                .to_owned()),
            (None, Some(_)) => Err("--mail-from needs --smtp-url: set the mail server".to_owned()),
        }
    }

    fn gateway(&self) -> Result<Option<Gateway>, String> {
        let (url, url_file) = (self.sms_url.as_deref(), self.sms_url_file.as_deref());
        let (key, key_file) = (self.sms_secret.as_deref(), self.sms_secret_file.as_deref());
        let url = secret_flag::read("sms-url", url, url_file)?;
        match (url, secret_flag::read("sms-secret", key, key_file)?) {
            (None, None) => Ok(None),
            (Some(url), Some(key)) => {
                let secret =
                    Secret::parse(&key.text).map_err(|error| format!("{} {error}", key.from))?;
                let gateway = Gateway::new(&url.text, secret, self.send_timeout);
                gateway.map(Some).map_err(|error| format!("{} {error}", url.from))
            }
            (Some(_), None) => Err("--sms-url needs --sms-secret: set the secret that signs \
                                    requests; `echo whsec_$(openssl rand -base64 32)` makes one"
                .to_owned()),
            (None, Some(_)) => {
                Err("--sms-secret needs --sms-url: set the gateway that has this secret".to_owned())
            }
        }
    }
}

fn send_timeout(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() { Err("must be longer than 0s".to_owned()) } else { Ok(duration) }
}

fn country(text: &str) -> Result<Country, String> {
    Country::parse(text)
        .ok_or_else(|| "must be the code of a country, like `DE` (ISO 3166-1 alpha-2)".to_owned())
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "must be like `Example <no-reply@example.com>`".to_owned())
}

fn account_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| "must be like `https://app.example.com/account`, without a `#`".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        message: MessageArgs,
    }

    fn sender(flags: &[&str]) -> Result<Sender, String> {
        let arguments = ["program"].iter().chain(flags);
        let program = Program::try_parse_from(arguments).map_err(|error| error.to_string())?;
        let account_page = Url::parse("http://127.0.0.1:8080/account").unwrap();
        let receipts = "http://127.0.0.1:8080/erasures/".to_owned();
        program.message.sender(false, "Example".into(), Links { account_page, receipts })
    }

    #[test]
    fn whole_configurations_are_taken() {
        Program::command().debug_assert();
        let cases: [&[&str]; 3] = [
            &[],
            &[
                "--smtp-url=smtps://ada:hunter2@mail.example.com",
                "--mail-from=Example <no-reply@example.com>",
                "--account-url=https://app.example.com/account",
                "--send-timeout=5s",
            ],
            &["--sms-url=https://sms.example.com/", "--sms-secret=0123456789abcdef01234567"],
        ];
        for flags in cases {
            assert_eq!(sender(flags).err(), None, "{flags:?}");
        }
    }

    #[test]
    fn sms_cost_nothing_until_countries_are_named() {
        let parse = |flags: &[&str]| {
            let arguments = ["program"].iter().chain(flags);
            Program::try_parse_from(arguments).map(|program| program.message)
        };
        let country = |code| Country::parse(code).unwrap();
        let served = |flags: &[&str], code| {
            parse(flags).unwrap().sms_countries(true).contains(country(code))
        };
        let (gateway, named) = ("--sms-url=https://sms.example.com/", "--sms-countries=de,AT");
        assert!(served(&[], "CU"), "only logged");
        assert!(!served(&[gateway], "DE"), "none named");
        assert!(served(&[gateway, named], "DE") && served(&[named], "AT"));
        assert!(!served(&[gateway, named], "CU") && !served(&[named], "CU"));
        for (flags, why, serves) in [
            (&[named][..], "--sms-url is not set", false),
            (&[gateway], "--sms-countries is not set", false),
            (&[gateway, named], "", true),
        ] {
            let args = parse(flags).unwrap();
            assert_eq!(args.sms_countries(false).contains(country("DE")), serves, "{flags:?}");
            assert!(args.why_no_sms(false).unwrap_or_default().starts_with(why), "{flags:?}");
        }
        let error = parse(&["--sms-countries=DE,GERMANY"]).err().unwrap().to_string();
        assert!(error.contains("must be the code of a country"), "{error}");
    }

    #[test]
    fn half_configurations_are_told_what_is_missing_and_no_secret() {
        let cases: [(&[&str], &str); 10] = [
            (&["--smtp-url=smtp://ada:hunter2@localhost"], "--smtp-url needs --mail-from"),
            (&["--mail-from=no-reply@example.com"], "--mail-from needs --smtp-url"),
            (
                &["--smtp-url=http://ada:hunter2@host", "--mail-from=no-reply@example.com"],
                "--smtp-url must be like",
            ),
            (&["--mail-from=nobody"], "--mail-from <MAILBOX>"),
            (&["--sms-url=https://sms.example.com/?key=hunter2"], "--sms-url needs --sms-secret"),
            (&["--sms-secret=hunter2"], "--sms-secret needs --sms-url"),
            (&["--sms-url=https://a.example", "--sms-secret=hunter2"], "--sms-secret must have at"),
            (
                &[
                    "--sms-url=http://a.example?key=hunter2",
                    "--sms-secret=0123456789abcdef01234567",
                ],
                "--sms-url must be `https://`",
            ),
            (&["--send-timeout=0s"], "--send-timeout <DURATION>"),
            (&["--account-url=https://app.example.com/#account"], "--account-url <URL>"),
        ];
        for (flags, expected) in cases {
            let error = sender(flags).err().unwrap();
            assert!(error.contains(expected), "{flags:?}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
