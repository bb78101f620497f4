//! JSON and JSONC, and the value that every configuration format is read into.

use std::collections::HashSet;

use jsonc_parser::{JsonValue, ParseOptions, parse_to_value};

use crate::undecided::Undecided;

/// A value of a configuration file, with room for what only a run could tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null` or `undefined`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(Object),
    /// One of several values, as the run decides.
    Either(Vec<Value>),
    /// What can't be told without running it: the expression, shortened.
    Unknown(String),
}

/// Keys in the order of their writing; a later one wins. A spread without a known value stands where it was written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(Vec<(Option<String>, Value)>);

impl Object {
    /// Sets a key.
    pub fn set(&mut self, key: impl Into<String>, value: Value) {
        self.0.push((Some(key.into()), value));
    }

    /// Takes in everything of another value, as `...value` does.
    pub fn spread(&mut self, value: Value) {
        match value {
            Value::Object(object) => self.0.extend(object.0),
            Value::Unknown(_) | Value::Either(_) => self.0.push((None, value)),
            _ => {}
        }
    }

    /// The value of a key. `Unknown` where a spread behind it may have set it.
    pub fn get(&self, key: &str) -> Option<Value> {
        for (name, value) in self.0.iter().rev() {
            match (name, value) {
                (Some(name), value) if name == key => return Some(value.clone()),
                (None, Value::Either(options)) => {
                    let found: Vec<Option<Value>> = options.iter().map(|o| o.get(key)).collect();
                    if found.iter().any(Option::is_some) {
                        let rest =
                            || self.before(value).and_then(|object| object.get(key)).unwrap_or(Value::Null);
                        return Some(Value::either(
                            found.into_iter().map(|v| v.unwrap_or_else(rest)).collect(),
                        ));
                    }
                }
                (None, unknown) => return Some(unknown.clone()),
                _ => {}
            }
        }
        None
    }

    fn before(&self, spread: &Value) -> Option<Self> {
        let at = self.0.iter().position(|(_, value)| std::ptr::eq(value, spread))?;
        Some(Self(self.0[..at].to_vec()))
    }

    /// The keys, each once, in the order of their first writing.
    pub fn keys(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.0.iter().filter_map(|(key, _)| key.as_deref()).filter(|key| seen.insert(*key)).collect()
    }

    /// A spread whose keys can't be told, where there is one.
    pub fn unknown(&self) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key.is_none()).map(|(_, value)| value)
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (Some(key), value)).collect())
    }
}

impl Value {
    /// One of these values; the value itself where they agree.
    pub fn either(mut options: Vec<Self>) -> Self {
        options.dedup();
        if options.len() == 1 { options.remove(0) } else { Self::Either(options) }
    }

    /// The value of a key, where this is an object that has it (or may have it). `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = match self {
            Self::Object(object) => object.get(key),
            Self::Unknown(_) => Some(self.clone()),
            Self::Either(options) => {
                let found: Vec<Option<Self>> = options.iter().map(|o| o.get(key)).collect();
                let any = found.iter().any(Option::is_some);
                any.then(|| Self::either(found.into_iter().map(|v| v.unwrap_or(Self::Null)).collect()))
            }
            _ => None,
        };
        value.filter(|v| *v != Self::Null)
    }

    /// The value behind several keys.
    pub fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |value, key| value.get(key))
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A number as it stands.
    pub fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The strings of a list, or of a single string. `Err` holds the expression that can't be told.
    pub fn texts(&self) -> Result<Vec<String>, String> {
        match self {
            Self::Text(text) => Ok(vec![text.clone()]),
            Self::List(items) => items.iter().try_fold(Vec::new(), |mut all, item| {
                all.extend(item.texts()?);
                Ok(all)
            }),
            Self::Unknown(expression) => Err(expression.clone()),
            Self::Either(_) => Err(CONDITION.to_owned()),
            _ => Ok(Vec::new()),
        }
    }

    /// A boolean, taken as JavaScript takes it. `Err` holds the expression that can't be told.
    pub fn truth(&self) -> Result<bool, String> {
        match self {
            Self::Null => Ok(false),
            Self::Bool(truth) => Ok(*truth),
            Self::Number(number) => Ok(*number != 0.0),
            Self::Text(text) => Ok(!text.is_empty()),
            Self::List(_) | Self::Object(_) => Ok(true),
            Self::Unknown(expression) => Err(expression.clone()),
            Self::Either(_) => Err(CONDITION.to_owned()),
        }
    }
}

/// What stands in the place of an expression where several values are possible.
pub const CONDITION: &str = "a condition";

/// Reads JSON; comments and trailing commas are let pass. An empty text is `null`.
pub fn parse(text: &str) -> Result<Value, Undecided> {
    let text = text.trim_start_matches('\u{feff}');
    let value = parse_to_value(text, &ParseOptions::default())
        .map_err(|e| Undecided::new(format!("is not readable as JSON: {e}")))?;
    Ok(value.map_or(Value::Null, convert))
}

fn convert(value: JsonValue<'_>) -> Value {
    match value {
        JsonValue::Null => Value::Null,
        JsonValue::Boolean(truth) => Value::Bool(truth),
        JsonValue::Number(number) => number.parse().map_or(Value::Unknown(number.to_owned()), Value::Number),
        JsonValue::String(text) => Value::Text(text.into_owned()),
        JsonValue::Array(items) => Value::List(items.take_inner().into_iter().map(convert).collect()),
        JsonValue::Object(object) => Value::Object(
            object.take_inner().into_iter().map(|(k, v)| (k.into_owned(), convert(v))).collect(),
        ),
    }
}

impl From<toml::Value> for Value {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(text),
            toml::Value::Integer(number) => Self::Number(number as f64),
            toml::Value::Float(number) => Self::Number(number),
            toml::Value::Boolean(truth) => Self::Bool(truth),
            toml::Value::Datetime(date) => Self::Text(date.to_string()),
            toml::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            toml::Value::Table(table) => table.into(),
        }
    }
}

impl From<toml::Table> for Value {
    fn from(table: toml::Table) -> Self {
        Self::Object(table.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_and_trailing_commas_are_let_pass_and_nonsense_is_not() {
        let value = parse("\u{feff}{ // why\n \"a\": [1, \"b\",], }").unwrap();
        assert_eq!(value.get("a").unwrap().texts(), Ok(vec!["b".to_owned()]));
        assert!(parse("{").is_err());
    }

    #[test]
    fn a_key_behind_an_unknown_spread_is_known_and_one_before_it_is_not() {
        let mut object = Object::default();
        object.set("before", Value::Bool(true));
        object.spread(Value::Unknown("load()".into()));
        object.set("behind", Value::Bool(true));
        assert_eq!(object.get("behind"), Some(Value::Bool(true)));
        assert_eq!(object.get("before"), Some(Value::Unknown("load()".into())));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }
    }
}
