//! The flags that say how messages are worded and sent.

use std::time::Duration;

use clap::Args;
use lettre::message::Mailbox;
use url::Url;

use crate::message::{Gateway, Links, Secret, Sender, Smtp, Wording};

/// The flags that say how messages are worded and sent.
#[derive(Clone, Debug, Args)]
pub struct MessageArgs {
    /// The mail server: `smtps://USER:PASSWORD@HOST:PORT`, or
    /// `smtp://USER:PASSWORD@HOST:PORT?tls=required` for STARTTLS, or `smtp://HOST:PORT`
    /// without encryption. A path in the URL is the name that the service sends in EHLO.
    /// Without this flag, mail is not sent: it goes into the log in full.
    // This is text and not a URL, because clap would show a URL that it can't parse,
    // including the password.
    #[arg(long, env = "CURRENT_USER_SMTP_URL", hide_env_values = true, value_name = "URL")]
    smtp_url: Option<String>,

    /// The sender of mail, like `Example <no-reply@example.com>`. Required with --smtp-url.
    #[arg(long, env = "CURRENT_USER_MAIL_FROM", value_name = "MAILBOX", value_parser = mailbox)]
    mail_from: Option<Mailbox>,

    /// The URL of your SMS gateway. It gets each SMS as a signed request (see docs/operating.md).
    /// Without this flag, SMS messages are not sent: they go into the log in full.
    // This is text and not a URL, because its query may contain a key.
    #[arg(long, env = "CURRENT_USER_SMS_URL", hide_env_values = true, value_name = "URL")]
    sms_url: Option<String>,

    /// The secret that signs requests to the gateway, at least 24 bytes: `whsec_` and
    /// base64, or any other text. Required with --sms-url.
    #[arg(long, env = "CURRENT_USER_SMS_SECRET", hide_env_values = true, value_name = "SECRET")]
    sms_secret: Option<String>,

    /// The page that links in messages lead to. The token is in the fragment:
    /// `https://app.example.com/account#verify-email=TOKEN`. The default is the account
    /// page of the service itself, under --public-url.
    #[arg(long, env = "CURRENT_USER_ACCOUNT_URL", value_name = "URL", value_parser = account_url)]
    account_url: Option<Url>,

    /// How long the mail server or the gateway may take for one message.
    #[arg(long, env = "CURRENT_USER_SEND_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = send_timeout)]
    pub send_timeout: Duration,

    /// The name of your service in messages.
    #[arg(
        long,
        env = "CURRENT_USER_SERVICE_NAME",
        default_value = "current-user",
        value_name = "NAME"
    )]
    service_name: String,
}

impl MessageArgs {
    /// The sender that the flags describe. With `keep`, messages that can't be sent are
    /// kept in memory. `links` are the pages of the service itself.
    ///
    /// # Errors
    /// Says which flag is wrong or missing, without its secrets.
    pub fn sender(&self, keep: bool, links: Links) -> Result<Sender, String> {
        let account_page = self.account_url.clone().unwrap_or(links.account_page);
        let wording = Wording::new(&self.service_name, Links { account_page, ..links });
        let wording = wording.map_err(|error| error.to_string())?;
        Ok(Sender::new(wording, self.smtp()?, self.gateway()?, keep))
    }

    /// Whether mail is sent. Otherwise it is only logged.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.smtp_url.is_some()
    }

    fn smtp(&self) -> Result<Option<Smtp>, String> {
        match (&self.smtp_url, &self.mail_from) {
            (None, None) => Ok(None),
            (Some(url), Some(from)) => Smtp::new(url, from.clone(), self.send_timeout)
                .map(Some)
                .map_err(|error| format!("--smtp-url {error}")),
            (Some(_), None) => Err("--smtp-url needs --mail-from: set the sender of mail, like \
                                    `Example <no-reply@example.com>`"
                .to_owned()),
            (None, Some(_)) => Err("--mail-from needs --smtp-url: set the mail server".to_owned()),
        }
    }

    fn gateway(&self) -> Result<Option<Gateway>, String> {
        match (&self.sms_url, &self.sms_secret) {
            (None, None) => Ok(None),
            (Some(url), Some(secret)) => {
                let secret =
                    Secret::parse(secret).map_err(|error| format!("--sms-secret {error}"))?;
                let gateway = Gateway::new(url, secret, self.send_timeout);
                gateway.map(Some).map_err(|error| format!("--sms-url {error}"))
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
        program.message.sender(false, Links { account_page, receipts })
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
                "--service-name=Example",
                "--send-timeout=5s",
            ],
            &["--sms-url=https://sms.example.com/", "--sms-secret=0123456789abcdef01234567"],
        ];
        for flags in cases {
            assert_eq!(sender(flags).err(), None, "{flags:?}");
        }
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
