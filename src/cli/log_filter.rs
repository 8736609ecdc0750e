//! The filter of the log.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{Directive, LevelFilter};

/// The targets that may stand without a level, which means all their lines. A filter takes any
/// other word for a target, too, so that a level with a typo would turn the log off.
const TARGETS: [&str; 2] = ["current_user", "security"];

/// Parses directives of `tracing`, separated by commas.
pub(super) fn log_filter(text: &str) -> Result<EnvFilter, String> {
    let directives: Vec<&str> = text.split(',').map(str::trim).collect();
    for directive in directives.iter().filter(|directive| !directive.is_empty()) {
        check(directive)?;
    }
    directives.join(",").parse().map_err(|error| format!("{error}; {ADVICE}"))
}

/// The accepted forms.
const ADVICE: &str = "write a level (`error`, `warn`, `info`, `debug`, `trace` or `off`), or a \
                      target and a level like `current_user=debug`, separated by commas";

/// Refuses what is no directive, and what only looks like one.
fn check(directive: &str) -> Result<(), String> {
    if directive.parse::<Directive>().is_err() {
        return Err(format!("`{directive}` is no directive of a log; {ADVICE}"));
    }
    let is_word = !directive.contains(['=', '[']) && !directive.contains("::");
    if is_word && directive.parse::<LevelFilter>().is_err() && !TARGETS.contains(&directive) {
        return Err(format!("`{directive}` is neither a level nor a target of this log; {ADVICE}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_targets_are_taken() {
        let cases = [
            ("debug", "debug", "a level"),
            ("OFF", "off", "in any case"),
            ("security", "security=trace", "a target of this service"),
            ("sqlx::query", "sqlx::query=trace", "a module of a library"),
            ("hyper_util=warn", "hyper_util=warn", "any target with a level"),
            ("warn, security=info", "security=info,warn", "space after a comma"),
        ];
        for (text, expected, why) in cases {
            assert_eq!(log_filter(text).unwrap().to_string(), expected, "{why}");
        }
        assert!(log_filter("[request]=debug").is_ok(), "a span");
    }

    #[test]
    fn what_is_no_directive_is_named() {
        let cases = [
            ("tracce", "tracce", "a typo of a level"),
            ("info,sql", "sql", "a word that is no target"),
            ("current_user=loud", "current_user=loud", "no such level"),
            ("warn,current_user:debug", "current_user:debug", "no equals sign"),
            ("info debug", "info debug", "no comma"),
            ("=debug", "=debug", "no target"),
        ];
        for (text, named, why) in cases {
            let error = log_filter(text).unwrap_err();
            assert!(error.starts_with(&format!("`{named}` is n")), "{why}: {error}");
            assert!(error.contains("like `current_user=debug`"), "{why}: {error}");
        }
    }
}
