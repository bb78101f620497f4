//! Rust of the editions before 2021, which name a trait object without `dyn`; the parser knows that of later ones only.

use crate::read::rust::{self, Broken};
use crate::undecided::Undecided;

/// The traits whose arguments stand in round brackets, at which the parser stops without `dyn`.
const CALLED: [&str; 3] = ["Fn(", "FnMut(", "FnOnce("];

/// Whether a text is Rust of any edition.
pub(super) fn check(text: &str) -> Result<Result<(), Broken>, Undecided> {
    let checked = rust::check(text)?;
    if !matches!(&checked, Err(broken) if !broken.tokens) {
        return Ok(checked);
    }
    let newer = with_dyn(text);
    Ok(if newer != text && rust::check(&newer)?.is_ok() { Ok(()) } else { checked })
}

/// The text with `dyn` before the traits of functions that stand where a type does.
fn with_dyn(text: &str) -> String {
    let mut starts: Vec<usize> = CALLED
        .iter()
        .flat_map(|word| text.match_indices(word).map(|(at, _)| at))
        .filter(|at| is_bare(&text[..*at]))
        .collect();
    starts.sort_unstable();
    let (mut newer, mut from) = (String::with_capacity(text.len()), 0);
    for at in starts {
        newer.push_str(&text[from..at]);
        newer.push_str("dyn ");
        from = at;
    }
    newer.push_str(&text[from..]);
    newer
}

/// Whether what stands before a name lets a type follow: a reference, a list of arguments.
fn is_bare(before: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if before.ends_with(is_word) {
        return false;
    }
    let before = before.trim_end();
    let word = before.rsplit(|c: char| !is_word(c) && c != '\'').next().unwrap_or_default();
    before.ends_with(['&', '<', '(', ',', '[']) || word.starts_with('\'') || matches!(word, "mut" | "const")
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn trait_objects_without_dyn_are_rust_too() {
        for text in [
            "fn f(check: &Fn(&mut u8) -> bool) {}",
            "type T = Vec<Box<FnMut(u8) + Send>>;",
            "fn f<'a>(check: &'a mut FnOnce(u8), more: (u8, &'a Fn())) {}",
            "fn f<F: Fn(u8)>(f: F, g: impl Fn(u8), h: &dyn Fn(u8)) {}",
        ] {
            assert_eq!(check(text).unwrap(), Ok(()), "{text}");
        }
        assert!(check("fn f(check: &Fn(u8) -> bool) { let a = ; }").unwrap().is_err());
        assert!(check("fn f(a b: u8) {}").unwrap().is_err());
    }
}
