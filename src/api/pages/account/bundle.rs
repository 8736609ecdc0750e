//! Puts the modules of a page together into one script. A browser gets it with one request, which
//! counts on a slow network.
//!
//! Each module becomes a function that returns what it exports. It runs after the modules that it
//! imports, and before those that import it. So imports must not be circular. Only what the page
//! uses is supported: imports and exports by name, at the beginning of a line.

use std::collections::HashSet;

use crate::api::pages::error::PageError;

/// The script of a module and of all that it imports. `source` finds the text of a module by its
/// name.
pub(super) fn bundle(
    entry: &str,
    source: impl Fn(&str) -> Option<&'static str>,
) -> Result<String, PageError> {
    let mut bundle = Bundle { source, seen: HashSet::new(), script: String::new() };
    bundle.add(entry, &mut Vec::new())?;
    Ok(bundle.script)
}

struct Bundle<F> {
    source: F,
    seen: HashSet<String>,
    script: String,
}

impl<F: Fn(&str) -> Option<&'static str>> Bundle<F> {
    /// Adds a module, after the modules that it imports. `importers` are those that wait for it.
    fn add(&mut self, name: &str, importers: &mut Vec<String>) -> Result<(), PageError> {
        if !self.seen.insert(name.to_owned()) {
            return Ok(());
        }
        let source = (self.source)(name).ok_or_else(|| error(name, "there is no such module"))?;
        let (imports, body) = split_imports(source);
        let mut bindings = String::new();
        importers.push(name.to_owned());
        for import in &imports {
            let (names, from) =
                parse_import(import).ok_or_else(|| error(name, "an import can't be read"))?;
            if importers.iter().any(|importer| importer == from) {
                return Err(error(name, "it imports a module that imports it"));
            }
            self.add(from, importers)?;
            let names = names.replace(" as ", ": ");
            bindings += &format!("const {{{names}}} = {};\n", variable(from));
        }
        importers.pop();
        let (body, exports) = strip_exports(name, body)?;
        let exports = exports.join(", ");
        self.script += &format!(
            "const {} = (() => {{\n{bindings}{body}return {{ {exports} }};\n}})();\n",
            variable(name)
        );
        Ok(())
    }
}

fn error(name: &str, reason: &str) -> PageError {
    PageError::File(name.to_owned(), reason.to_owned())
}

/// The variable for the exports of a module.
fn variable(name: &str) -> String {
    format!("${}", name.trim_end_matches(".js").replace('-', "_"))
}

/// The import statements of a module, and the lines after them.
fn split_imports(source: &str) -> (Vec<String>, Vec<&str>) {
    let (mut imports, mut body) = (Vec::new(), Vec::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("import ") {
            body.push(line);
            continue;
        }
        let mut import = line.to_owned();
        while !import.ends_with(';') {
            let Some(line) = lines.next() else { break };
            import += line;
        }
        imports.push(import);
    }
    (imports, body)
}

/// The names in `import { names } from "./module.js";`, and the module.
fn parse_import(import: &str) -> Option<(&str, &str)> {
    let (names, from) = import.strip_prefix("import {")?.split_once("} from \"./")?;
    Some((names, from.strip_suffix("\";")?))
}

/// The lines without `export` and without lines that are comments only, and the exported names.
fn strip_exports(module: &str, lines: Vec<&str>) -> Result<(String, Vec<String>), PageError> {
    let (mut body, mut exports, mut in_comment) = (String::new(), Vec::new(), false);
    for line in lines {
        let start = line.trim_start();
        in_comment |= start.starts_with("/**");
        if in_comment || start.starts_with("//") || start.is_empty() {
            in_comment &= !line.ends_with("*/");
            continue;
        }
        let declaration = line.strip_prefix("export ");
        if let Some(declaration) = declaration {
            let kinds = ["async function ", "function ", "class ", "const "];
            let name = kinds.into_iter().find_map(|kind| declaration.strip_prefix(kind));
            let name = name.ok_or_else(|| error(module, "an export can't be read"))?;
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            exports.push(name.split(|c| !is_name(c)).next().unwrap_or_default().to_owned());
        }
        body += declaration.unwrap_or(line);
        body.push('\n');
    }
    Ok((body, exports))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> Option<&'static str> {
        Some(match name {
            "main.js" => {
                "// A comment.\nimport { one,\n  two as other } from \"./both-of.js\";\nother(one);\n"
            }
            "both-of.js" => "/** One. */\nexport const one = 1;\nexport async function two() {}\n",
            "circle.js" => "import { a } from \"./other-half.js\";\nexport const b = 1;\n",
            "other-half.js" => "import { b } from \"./circle.js\";\nexport const a = 1;\n",
            "default.js" => "export default 1;\n",
            "star.js" => "import * as all from \"./both-of.js\";\n",
            "nothing.js" => "import { nothing } from \"./missing.js\";\n",
            _ => return None,
        })
    }

    #[test]
    fn a_module_gets_the_exports_of_those_before_it() {
        let script = "const $both_of = (() => {\n\
            const one = 1;\nasync function two() {}\nreturn { one, two };\n})();\n\
            const $main = (() => {\nconst { one,  two: other } = $both_of;\nother(one);\nreturn {  };\n})();\n";
        assert_eq!(bundle("main.js", source).unwrap(), script);
    }

    #[test]
    fn what_is_not_supported_is_an_error() {
        let cases = [
            ("circle.js", "it imports a module that imports it"),
            ("default.js", "an export can't be read"),
            ("star.js", "an import can't be read"),
            ("nothing.js", "there is no such module"),
        ];
        for (entry, expected) in cases {
            let error = bundle(entry, source).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{entry}: {error}");
        }
    }
}
