//! Names in trees of keys: whatever stands under a key that means the environment.

use std::collections::BTreeSet;

use crate::read::json::Value;
use crate::read::yaml::{self, Node};

/// Keys under which names of variables stand, as keys or in a list.
fn holds_names(key: &str) -> bool {
    const KEYS: [&str; 17] = [
        "env",
        "environment",
        "environments",
        "variables",
        "envvars",
        "vars",
        "secrets",
        "args",
        "extraenv",
        "extraenvvars",
        "globalenv",
        "globalpassthroughenv",
        "passthroughenv",
        "containerenv",
        "remoteenv",
        "stringdata",
        "data",
    ];
    KEYS.contains(&key.to_ascii_lowercase().replace(['-', '_'], "").as_str())
}

/// More nested values are not looked at.
const MAX_VALUES: usize = 200_000;

pub(super) fn yaml(document: &Node, found: &mut BTreeSet<String>) {
    let mut open = vec![document];
    let mut seen = 0;
    while let Some(node) = open.pop() {
        seen += 1;
        if seen > MAX_VALUES {
            return;
        }
        for (key, value) in node.entries() {
            if key.text().is_some_and(holds_names) {
                take_yaml(value, found);
            }
            open.push(value);
        }
        open.extend(node.items());
    }
}

fn take_yaml(value: &Node, found: &mut BTreeSet<String>) {
    found.extend(value.entries().iter().filter_map(|(key, _)| key.text()).map(str::to_owned));
    for item in value.items() {
        match &item.value {
            yaml::Value::Scalar { text, .. } => found.extend(name_of(text)),
            _ => found.extend(
                ["name", "key", "envVar", "variable"]
                    .iter()
                    .filter_map(|key| item.get(key)?.text())
                    .map(str::to_owned),
            ),
        }
    }
}

pub(super) fn json(document: &Value, found: &mut BTreeSet<String>) {
    let mut open = vec![document.clone()];
    let mut seen = 0;
    while let Some(value) = open.pop() {
        seen += 1;
        if seen > MAX_VALUES {
            return;
        }
        match value {
            Value::Object(object) => {
                for key in object.keys() {
                    let Some(inner) = object.get(key) else { continue };
                    if holds_names(key) {
                        take_json(&inner, found);
                    }
                    open.push(inner);
                }
            }
            Value::List(items) => open.extend(items),
            _ => {}
        }
    }
}

fn take_json(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => found.extend(object.keys().into_iter().map(str::to_owned)),
        Value::List(items) => {
            for item in items {
                let named = item.as_text().map(str::to_owned);
                let inner =
                    || ["name", "key"].iter().find_map(|key| item.get(key)?.as_text().map(str::to_owned));
                found.extend(named.or_else(inner).and_then(|text| name_of(&text)));
            }
        }
        _ => {}
    }
}

/// `NAME` of `NAME` and `NAME=value`.
fn name_of(item: &str) -> Option<String> {
    item.split('=').next().map(|name| name.trim().trim_start_matches('!').to_owned())
}
