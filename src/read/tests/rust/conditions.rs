//! What attributes make of a test: ignored, compiled nowhere, only somewhere, or only with a feature.

use std::collections::BTreeSet;

use crate::read::rust::syn::punctuated::Punctuated;
use crate::read::rust::syn::{Expr, Lit, Meta, Token};
use crate::read::tests::State;

type Arguments = Punctuated<Meta, Token![,]>;

fn arguments(meta: &Meta) -> Option<Arguments> {
    let Meta::List(list) = meta else { return None };
    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
}

/// What an attribute makes of the test under it.
pub(super) fn state(meta: &Meta) -> State {
    let path = meta.path();
    if path.is_ident("ignore") {
        return State::Skipped;
    }
    if path.is_ident("should_panic") {
        return State::Inverted;
    }
    let Some(arguments) = arguments(meta) else { return State::Runs };
    let Some(condition) = arguments.first() else { return State::Runs };
    if path.is_ident("cfg") {
        return match (truth(condition, Where::Anywhere), truth(condition, Where::Linux)) {
            (Some(true), _) => State::Runs,
            (Some(false), _) => State::Unselected,
            (None, Some(false)) => State::Elsewhere,
            (None, _) => State::Conditional,
        };
    }
    let ignores = arguments.iter().skip(1).any(|meta| meta.path().is_ident("ignore"));
    match truth(condition, Where::Anywhere) {
        _ if !path.is_ident("cfg_attr") || !ignores => State::Runs,
        Some(true) => State::Skipped,
        Some(false) => State::Runs,
        None => State::Conditional,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    Linux,
}

/// Whether a configuration predicate holds in every test build, in none, or in some.
fn truth(condition: &Meta, place: Where) -> Option<bool> {
    if condition.path().is_ident("test") {
        return Some(true);
    }
    let Some(parts) = arguments(condition) else {
        return if place == Where::Linux { on_linux(condition) } else { None };
    };
    let mut truths = parts.iter().map(|part| truth(part, place));
    if condition.path().is_ident("any") {
        let all: Vec<Option<bool>> = truths.collect();
        return match () {
            () if all.contains(&Some(true)) => Some(true),
            () if all.iter().all(|t| *t == Some(false)) => Some(false),
            () => None,
        };
    }
    if condition.path().is_ident("all") {
        let all: Vec<Option<bool>> = truths.collect();
        return match () {
            () if all.contains(&Some(false)) => Some(false),
            () if all.iter().all(|t| *t == Some(true)) => Some(true),
            () => None,
        };
    }
    condition.path().is_ident("not").then(|| truths.next().flatten().map(|t| !t)).flatten()
}

/// Whether an option is set where a stable compiler builds tests on Linux.
fn on_linux(condition: &Meta) -> Option<bool> {
    let name = condition.path().get_ident()?.to_string();
    match (name.as_str(), condition) {
        ("unix" | "debug_assertions", Meta::Path(_)) => Some(true),
        ("windows" | "miri" | "loom" | "fuzzing", Meta::Path(_)) => Some(false),
        ("target_os" | "target_family" | "panic", Meta::NameValue(pair)) => {
            let value = text(&pair.value)?;
            Some(matches!(value.as_str(), "linux" | "unix" | "unwind"))
        }
        ("target_arch", Meta::NameValue(pair)) => {
            text(&pair.value).filter(|arch| arch == "wasm32").map(|_| false)
        }
        _ => None,
    }
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The features that a `cfg` demands, each as `feature=x`.
pub(super) fn features(meta: &Meta, found: &mut BTreeSet<String>) {
    if meta.path().is_ident("cfg") {
        arguments(meta).iter().flatten().for_each(|condition| demanded(condition, found));
    }
}

fn demanded(condition: &Meta, found: &mut BTreeSet<String>) {
    if condition.path().is_ident("all") {
        arguments(condition).iter().flatten().for_each(|part| demanded(part, found));
    }
    if let Meta::NameValue(pair) = condition
        && condition.path().is_ident("feature")
    {
        found.extend(text(&pair.value).map(|name| format!("feature={name}")));
    }
}
