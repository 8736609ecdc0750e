//! The flags of limits.

use clap::{Args, ValueEnum};

use crate::account::limits::{Limit, Limits};

/// The flags of limits.
#[derive(Clone, Debug, Args)]
pub struct LimitArgs {
    /// Whether limits apply. `off` turns all of them off, for load tests. It is refused if other
    /// machines can reach the service: by --listen, --public-url or --trusted-proxies.
    #[arg(long, env = "CURRENT_USER_LIMITS", default_value = "on", value_name = "STATE")]
    limits: State,

    /// How often something may be requested within an hour, like `login-client=200`, separated
    /// by commas. The names and their defaults are in docs/configuration.md.
    #[arg(long, env = "CURRENT_USER_LIMIT", value_delimiter = ',', value_name = "NAME=COUNT", value_parser = setting)]
    limit: Vec<(Limit, u32)>,
}

/// Whether limits apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    /// The limits apply.
    On,
    /// No limit applies.
    Off,
}

impl LimitArgs {
    /// The limits, or `None` if they are turned off.
    #[must_use]
    pub fn limits(&self) -> Option<Limits> {
        let set = |limits: Limits, (limit, max): &(Limit, u32)| limits.with(*limit, *max);
        (self.limits == State::On).then(|| self.limit.iter().fold(Limits::default(), set))
    }

    /// Refuses to serve others without limits.
    ///
    /// # Errors
    /// When limits are off, unless the service `is_local`. Says what to do.
    pub fn check(&self, is_local: bool) -> Result<(), String> {
        match self.limits == State::On || is_local {
            true => Ok(()),
            false => Err("--limits off is only for load tests on this machine, and others can \
                reach the service: leave the flag out, or listen on 127.0.0.1 without \
                --public-url and --trusted-proxies"
                .to_owned()),
        }
    }
}

fn setting(text: &str) -> Result<(Limit, u32), String> {
    let (name, count) =
        text.split_once('=').ok_or_else(|| "must be like `login-client=200`".to_owned())?;
    let limit = Limit::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
        format!("there is no limit `{name}`; the limits are {}", names.join(", "))
    })?;
    match count.parse() {
        Ok(count) if (1..=MAX).contains(&count) => Ok((limit, count)),
        _ => Err(format!("{name} must be a number from 1 to {MAX}")),
    }
}

/// The maximum of a limit. It is far more than a server can do.
const MAX: u32 = 10_000_000;

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        limits: LimitArgs,
    }

    fn parse(flags: &[&str]) -> Result<LimitArgs, String> {
        let arguments = ["program"].iter().chain(flags);
        let program = Program::try_parse_from(arguments).map_err(|error| error.to_string())?;
        Ok(program.limits)
    }

    #[test]
    fn limits_are_set_by_name() {
        let limits = parse(&["--limit", "login-client=7,address=9"]).unwrap().limits().unwrap();
        assert_eq!((limits.max(Limit::LoginClient), limits.max(Limit::Address)), (7, 9));
        assert_eq!(limits.max(Limit::LoginAccount), 100);
        assert_eq!(parse(&["--limits", "off"]).unwrap().limits(), None);
    }

    #[test]
    fn what_is_no_limit_is_refused_with_advice() {
        let cases = [
            ("login-client", "must be like", "no count"),
            ("login=5", "the limits are login-client-account, login-client,", "no such limit"),
            ("login-client=0", "from 1 to", "nothing would be allowed"),
            ("login-client=many", "from 1 to", "no number"),
        ];
        for (flag, expected, why) in cases {
            let error = parse(&["--limit", flag]).unwrap_err();
            assert!(error.contains(expected), "{why}: {error}");
        }
    }

    #[test]
    fn without_limits_only_this_machine_is_served() {
        let off = parse(&["--limits", "off"]).unwrap();
        assert!(off.check(true).is_ok());
        assert!(off.check(false).unwrap_err().contains("leave the flag out"));
        assert!(parse(&[]).unwrap().check(false).is_ok());
    }
}
