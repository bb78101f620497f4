//! JSON, YAML and `.env` files: keys that one mapping has twice.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Fate, Names, Place, Reading, Repeated, Sort};
use crate::read::yaml::{self, Node, Value};
use crate::undecided::Undecided;

/// Keys under which people write remarks, as often as they like.
const REMARKS: [&str; 8] = ["", "//", "#", "$comment", "_comment", "__comment", "comment", "_"];

fn push(found: &mut Vec<Repeated>, scope: &[String], names: &Names<String>) {
    for (name, places) in names.twice().filter(|(name, _)| !REMARKS.contains(&name.as_str())) {
        found.push(Repeated {
            scope: scope.join("."),
            name: name.clone(),
            sort: Sort::Key,
            fate: Fate::LastWins,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}

/// JSON with whatever lenient readers let pass. A text that is none is left to others.
pub(super) fn json(text: &str) -> Result<Reading, Undecided> {
    let offset = text.len() - text.trim_start_matches('\u{feff}').len();
    let parsed = parse_to_ast(&text[offset..], &CollectOptions::default(), &ParseOptions::default());
    let Ok(parsed) = parsed else { return Ok(Reading::default()) };
    let mut found = Vec::new();
    let mut open: Vec<(&Json<'_>, Vec<String>)> =
        parsed.value.iter().map(|value| (value, Vec::new())).collect();
    while let Some((value, scope)) = open.pop() {
        match value {
            Json::Object(object) => {
                let mut names = Names::new();
                for property in &object.properties {
                    let key = match &property.name {
                        ObjectPropName::String(name) => name.value.clone(),
                        ObjectPropName::Word(name) => Cow::Borrowed(name.value),
                    };
                    let range = |r: jsonc_parser::common::Range| r.start + offset..r.end + offset;
                    let place =
                        Place { range: range(property.value.range()), name: range(property.name.range()) };
                    names.add(key.clone().into_owned(), Sort::Key, place);
                    let inner = matches!(property.value, Json::Object(_) | Json::Array(_));
                    if inner {
                        open.push((&property.value, [scope.as_slice(), &[key.into_owned()]].concat()));
                    }
                }
                push(&mut found, &scope, &names);
            }
            Json::Array(array) => open.extend(array.elements.iter().map(|item| (item, scope.clone()))),
            _ => {}
        }
    }
    found.sort_by_key(|r| r.places[1].name.start);
    Ok(Reading { repeated: found, is_sound: true })
}

/// YAML. What a template makes of it is unknown, so one with marks of templates is left alone.
pub(super) fn yaml(text: &str) -> Result<Reading, Undecided> {
    let is_template = text.match_indices("{{").any(|(at, _)| !text[..at].ends_with('$'))
        || text.contains("{%")
        || text.contains("<%");
    let documents = match yaml::parse(text) {
        Ok(documents) if !is_template => documents,
        _ => return Ok(Reading::default()),
    };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Vec<(&Node, Vec<String>)> = documents.iter().map(|node| (node, Vec::new())).collect();
    while let Some((node, scope)) = open.pop() {
        match &node.value {
            Value::Map(entries) => {
                // Copies made by aliases have the place of what was copied.
                if !seen.insert(node.range.start) {
                    continue;
                }
                let mut names = Names::new();
                for (key, value) in entries {
                    let Some(name) = key.text().filter(|name| *name != "<<") else { continue };
                    let place = Place { range: value.range.clone(), name: key.range.clone() };
                    names.add(name.to_owned(), Sort::Key, place);
                    open.push((value, [scope.as_slice(), &[name.to_owned()]].concat()));
                }
                push(&mut found, &scope, &names);
            }
            Value::List(items) => open.extend(items.iter().map(|item| (item, scope.clone()))),
            Value::Scalar { .. } => {}
        }
    }
    found.sort_by_key(|r| r.places[1].name.start);
    Ok(Reading { repeated: found, is_sound: true })
}

/// The names that a file of environment variables sets twice. A value in quotes may span lines.
pub fn environment(text: &str) -> Vec<Repeated> {
    let mut names = Names::new();
    let mut until: Option<char> = None;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        if let Some(quote) = until {
            until = (!line.ends_with(quote)).then_some(quote);
            continue;
        }
        let bare = line.trim_start();
        let set = bare.strip_prefix("export ").unwrap_or(bare).trim_start();
        let Some((name, value)) = set.split_once('=') else { continue };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
            continue;
        }
        let from = start + line.len() - set.len();
        let place = Place {
            range: start + line.len() - value.len()..start + line.len(),
            name: from..from + name.len(),
        };
        names.add(name.to_owned(), Sort::Key, place);
        let value = value.trim();
        until = value.chars().next().filter(|c| matches!(c, '"' | '\'') && value.matches(*c).count() == 1);
    }
    let mut found = Vec::new();
    push(&mut found, &[], &names);
    found
}
