//! Splits the list in a header (RFC 9110, 5.6.1).

use std::iter::from_fn;

/// The elements of a list, the last one first. A comma inside a quoted string separates nothing.
///
/// It starts at the end, because the proxies have written the end of the list, and a stranger can
/// have written its beginning. So an open quote of the stranger can't hide what follows.
pub(super) fn from_the_end(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(list);
    from_fn(move || {
        let list = rest?;
        let (before, element) = match last_comma(list) {
            Some(comma) => (list.get(..comma), list.get(comma + 1..)?),
            None => (None, list),
        };
        rest = before;
        Some(element)
    })
}

/// The index of the last comma outside of quoted strings.
fn last_comma(list: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    let is_separator = |(index, byte): &(usize, &u8)| match byte {
        // Read from its end, a quoted string ends where it began: at a quote that is not escaped.
        b'"' => {
            is_quoted = !is_quoted || is_escaped(list, *index);
            false
        }
        b',' => !is_quoted,
        _ => false,
    };
    list.iter().enumerate().rev().find(is_separator).map(|(index, _)| index)
}

/// Whether an odd number of backslashes stands before `index`. An even number is that many escaped
/// backslashes, and escapes nothing else.
fn is_escaped(list: &[u8], index: usize) -> bool {
    let before = list.get(..index).unwrap_or_default();
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_from_its_end() {
        let cases: [(&str, &[&str], &str); 9] = [
            ("a", &["a"], "one element"),
            ("a,b, c", &[" c", "b", "a"], "spaces belong to the element"),
            ("", &[""], "no element is an empty one"),
            ("a,", &["", "a"], "an empty element counts"),
            (r#"a="b,c",d"#, &["d", r#"a="b,c""#], "a comma in quotes separates nothing"),
            (r#"a="\",b",c"#, &["c", r#"a="\",b""#], "an escaped quote ends nothing"),
            (r#"a="\\",b="c""#, &[r#"b="c""#, r#"a="\\""#], "an escaped backslash escapes nothing"),
            (r#"a=",b="c""#, &[r#"b="c""#, r#"a=""#], "an open quote hides nothing after it"),
            (r#"a,b=c""#, &[r#"a,b=c""#], "a quote that begins nowhere hides what is before it"),
        ];
        for (list, expected, why) in cases {
            let elements: Vec<&str> =
                from_the_end(list.as_bytes()).map(|one| str::from_utf8(one).unwrap()).collect();
            assert_eq!(elements, expected, "{why}");
        }
    }
}
