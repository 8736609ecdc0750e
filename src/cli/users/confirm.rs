//! Asking the administrator for confirmation.

use std::io::{BufRead, Result, Write};

/// Writes `question` to `output`. Returns whether the answer from `input` is yes.
pub(super) fn confirm(
    question: &str,
    mut input: impl BufRead,
    mut output: impl Write,
) -> Result<bool> {
    write!(output, "{question} [y/N] ")?;
    output.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        let cases = [
            ("y\n", true, "short"),
            ("Yes\n", true, "long"),
            (" YES \r\n", true, "space around"),
            ("n\n", false, "no"),
            ("\n", false, "nothing: the default is no"),
            ("", false, "the end of the input"),
            ("yesterday\n", false, "another word"),
        ];
        for (typed, expected, why) in cases {
            let mut shown = Vec::new();
            let answer = confirm("Delete Ada?", typed.as_bytes(), &mut shown).unwrap();
            assert_eq!(answer, expected, "{why}");
            assert_eq!(shown, b"Delete Ada? [y/N] ");
        }
    }
}
