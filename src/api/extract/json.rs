//! Parses JSON, and finds the properties that occur twice in an object.
//!
//! Parsers disagree on which of two values counts (RFC 8259, 4), so one layer could check one
//! value, and another layer could use the other one. serde_json keeps the last value and reports
//! no error.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::api::contract::problem::{MAX_ERRORS, MAX_POINTER};

/// The value of a JSON text, and the properties that occur twice in it.
#[derive(Debug)]
pub(crate) struct Json {
    pub(crate) value: Value,
    /// JSON Pointers (RFC 6901) to the properties that occur again. It has at most
    /// [`MAX_ERRORS`] of them.
    pub(crate) duplicates: Vec<String>,
}

/// Reads a JSON text.
///
/// # Errors
/// When it is not JSON in UTF-8, or nested more than 127 levels deep.
pub(crate) fn parse(text: &[u8]) -> serde_json::Result<Json> {
    let duplicates = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let root = Place { parent: None, segment: Segment::Root, duplicates: &duplicates };
    let value = (&root).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(Json { value, duplicates: duplicates.into_inner() })
}

/// Escapes the name of a property as a token of a JSON Pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A place in the text. It refers to its parent and has no pointer of its own, because a hostile
/// text could make the service copy a long pointer for every value.
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    segment: Segment<'a>,
    duplicates: &'a RefCell<Vec<String>>,
}

enum Segment<'a> {
    Root,
    Item(usize),
    Property(&'a str),
}

impl Place<'_> {
    fn child<'b>(&'b self, segment: Segment<'b>) -> Place<'b> {
        Place { parent: Some(self), segment, duplicates: self.duplicates }
    }

    /// The pointer to this place. If it is longer than an error may show, it is the pointer to the
    /// nearest parent whose pointer is short enough.
    fn pointer(&self) -> String {
        self.whole_pointer().unwrap_or_else(|cut| cut)
    }

    /// `Err` has the pointer to the parent, if the whole pointer is too long.
    fn whole_pointer(&self) -> Result<String, String> {
        let parent = self.parent.map_or(Ok(String::new()), Place::whole_pointer)?;
        let segment = match self.segment {
            Segment::Root => return Ok(parent),
            Segment::Item(index) => index.to_string(),
            Segment::Property(name) if name.len() > MAX_POINTER => return Err(parent),
            Segment::Property(name) => escape(name),
        };
        match parent.len() + segment.len() < MAX_POINTER {
            true => Ok(format!("{parent}/{segment}")),
            false => Err(parent),
        }
    }

    fn stands_there_again(&self) {
        let mut duplicates = self.duplicates.borrow_mut();
        if duplicates.len() < MAX_ERRORS {
            duplicates.push(self.pointer());
        }
    }
}

impl<'de> DeserializeSeed<'de> for &Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Place<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) =
            sequence.next_element_seed(&self.child(Segment::Item(items.len())))?
        {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let place = self.child(Segment::Property(&name));
            if object.contains_key(&name) {
                place.stands_there_again();
            }
            let value = entries.next_value_seed(&place)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_they_stand() {
        let text = r#"{"a": [1, -2, 3.5, "x", true, null], "b": {}}"#;
        let json = parse(text.as_bytes()).unwrap();
        assert_eq!(json.value, json!({ "a": [1, -2, 3.5, "x", true, null], "b": {} }));
        assert!(json.duplicates.is_empty());
    }

    #[test]
    fn what_stands_there_twice_is_pointed_at() {
        let text = r#"{"a": 1, "b/c": [{"d": 1, "d": 1}], "a": {"e": 1}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().duplicates, ["/b~1c/0/d", "/a"]);
        // The same name in two spellings.
        assert_eq!(parse(br#"{"a": 1, "\u0061": 2}"#).unwrap().duplicates, ["/a"]);
    }

    #[test]
    fn a_hostile_text_is_pointed_at_briefly() {
        let key = "k".repeat(64 * 1024);
        let members = vec![r#""":0"#; 12_000].join(",");
        let text = format!(r#"{{"{key}":{{{members}}}}}"#);
        let duplicates = parse(text.as_bytes()).unwrap().duplicates;
        assert_eq!(duplicates.len(), MAX_ERRORS);
        assert!(
            duplicates.iter().all(|pointer| pointer.is_empty()),
            "the name is too long for a pointer"
        );
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let deep = "[".repeat(128) + &"]".repeat(128);
        for text in ["", "{", "{}{}", "{'a': 1}", "[1,]", "NaN", "\"\\ud800\"", &deep] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(parse(b"\"\xff\"").is_err(), "not UTF-8");
    }
}
