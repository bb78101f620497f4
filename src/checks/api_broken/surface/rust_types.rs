//! Rust: whether what was right with the types of base may be wrong with those of head.

use crate::read::public::rust::Signature;

use super::crates::Crate;

/// What types are compared in.
pub(super) struct Context<'a, 'c> {
    old: &'a Crate<'c>,
    new: &'a Crate<'c>,
    /// The type that `Self` stands for, where that is known.
    owner: &'a str,
}

impl<'a, 'c> Context<'a, 'c> {
    pub(super) fn of(old: &'a Crate<'c>, new: &'a Crate<'c>, owner: &'a str) -> Self {
        Self { old, new, owner }
    }

    /// Whether a name may stand for another type.
    fn is_alias(&self, name: &str) -> bool {
        self.old.is_alias(name) || self.new.is_alias(name)
    }
}

/// What callers of a function lose, if anything.
pub(super) fn differ(context: &Context<'_, '_>, old: &Signature, new: &Signature) -> Option<&'static str> {
    let generics: Vec<&str> = old.generics.iter().chain(&new.generics).map(String::as_str).collect();
    let generic = |written: &str| words(written).any(|word| generics.contains(&word) || word == "impl");
    let takes = |(old, new): (&String, &String)| generic(new) || generic(old) || is_taken(context, old, new);
    if old.receiver.is_empty() != new.receiver.is_empty() {
        return Some(if new.receiver.is_empty() { "takes no `self` any more" } else { "takes `self` now" });
    }
    if old.parameters.len() != new.parameters.len() || !old.parameters.iter().zip(&new.parameters).all(takes)
    {
        return Some("has other parameters");
    }
    if old.receiver == "& self" && new.receiver == "& mut self" {
        return Some("takes `&mut self` now");
    }
    if !old.is_unsafe && new.is_unsafe {
        return Some("is now `unsafe`");
    }
    let future = |written: &str| written.contains("Future") || written.contains("Pin");
    if old.is_async != new.is_async {
        let written = future(&old.result) || future(&new.result);
        return (!written).then_some(if new.is_async { "is now `async`" } else { "is no longer `async`" });
    }
    // Who asked for no result misses none.
    let returns = old.result.is_empty()
        || generic(&old.result)
        || generic(&new.result)
        || is_alike(context, &old.result, &new.result);
    (!returns).then_some("returns something else")
}

/// Whether a parameter takes what it took. A reference may be had from another by `Deref`.
fn is_taken(context: &Context<'_, '_>, old: &str, new: &str) -> bool {
    const BARE: [&str; 18] = [
        "str", "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
        "isize", "f32", "f64", "[",
    ];
    let referent = |written: &'_ str| -> Option<String> {
        let inner = written.strip_prefix("& ")?;
        Some(inner.strip_prefix("mut ").unwrap_or(inner).to_owned())
    };
    if let (Some(was), Some(is)) = (referent(old), referent(new)) {
        let has_deref = !BARE.contains(&was.split(' ').next().unwrap_or_default());
        let asks_more = !old.starts_with("& mut") && new.starts_with("& mut");
        return !asks_more && (has_deref || is_alike(context, &was, &is));
    }
    is_alike(context, old, new)
}

/// Whether two types may be one.
pub(super) fn is_alike(context: &Context<'_, '_>, old: &str, new: &str) -> bool {
    let plain = |written: &str| {
        let own = |word: &str| {
            if word == "Self" && !context.owner.is_empty() { context.owner } else { word }.to_owned()
        };
        written.split(' ').map(own).collect::<Vec<_>>()
    };
    let (was, is) = (plain(old), plain(new));
    if was == is || words(old).chain(words(new)).any(|word| word == "impl" || word == "Self" || word == "_") {
        return true;
    }
    // Arguments that have defaults may be left out.
    if was.first() == is.first() && arguments(&was) != arguments(&is) {
        return true;
    }
    let only = |one: &[String], other: &[String]| {
        let names = one.iter().filter(|word| word.starts_with(char::is_alphabetic) && !other.contains(word));
        names.cloned().collect::<Vec<_>>()
    };
    // One letter is a type parameter of what stands around.
    only(&was, &is).iter().chain(&only(&is, &was)).any(|word| word.len() == 1 || context.is_alias(word))
}

/// How many arguments stand in the outermost angle brackets.
fn arguments(tokens: &[String]) -> usize {
    let (mut depth, mut count) = (0_usize, 0);
    for token in tokens {
        match token.as_str() {
            "<" | "(" | "[" => {
                depth += 1;
                count += usize::from(token == "<" && depth == 1);
            }
            ">" | ")" | "]" => depth = depth.saturating_sub(1),
            "," if depth == 1 => count += 1,
            _ => {}
        }
    }
    count
}

fn words(written: &str) -> impl Iterator<Item = &str> {
    written.split(' ')
}
