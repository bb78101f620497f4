//! Items as they are written and as they are read.

use proptest::prelude::*;

use super::*;

#[test]
fn items_are_read_with_who_may_see_them() {
    let file = read(
        "pub mod a;\nmod b { #[cfg(test)] pub fn x() {} }\n#[doc(hidden)]\npub struct S { pub f: u8, g: u8 }\n\
         pub(crate) enum E { A, B(u8) }\npub use self::b::{x as y, *};\nimpl S { pub fn m(&self) {} }\nm! {}\n",
    )
    .unwrap()
    .unwrap();
    let seen: Vec<(&str, bool, bool, bool)> = file
        .items
        .iter()
        .map(|i| (i.name.as_str(), i.place.is_public, i.place.is_conditional, i.place.is_hidden))
        .collect();
    assert_eq!(
        seen,
        [
            ("a", true, false, false),
            ("b", false, false, false),
            ("x", true, true, false),
            ("S", true, false, true),
            ("E", false, false, false)
        ]
    );
    assert_eq!(file.uses.iter().map(|u| u.local.as_str()).collect::<Vec<_>>(), ["y", ""]);
    assert_eq!((file.methods[0].owner.as_str(), file.open.len()), ("S", 1));
    assert!(matches!(&file.items[3].kind, Kind::Struct(fields) if fields.len() == 1));
}

#[test]
fn a_signature_has_one_spelling() {
    let of = |text: &str| match &read(text).unwrap().unwrap().items[0].kind {
        Kind::Function(signature) => signature.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        of("pub fn f<'a>(a: &'a std::path::Path, b: Vec<u8>) -> () {}"),
        of("pub fn f(x: &Path, (b): Vec< u8 >) {}")
    );
    assert_ne!(of("fn f(a: u8) {}"), of("fn f(a: u16) {}"));
}

#[test]
fn what_is_no_rust_is_none() {
    assert_eq!(read("fn f( {").unwrap(), None);
}

#[test]
fn what_is_behind_a_condition_on_a_derive_is_there_anyway() {
    let file = read("#[cfg_attr(feature = \"json\", derive(Serialize))]\npub struct S;\n").unwrap().unwrap();
    assert!(!file.items[0].place.is_conditional);
    let file = read("#![cfg(test)]\npub struct S;\n").unwrap().unwrap();
    assert!(file.items[0].place.is_conditional);
}

proptest! {
    #[test]
    fn any_text_is_read_or_none(text in ".{0,120}", words in "(pub |fn f|struct S|impl S|mod m|[(){};:,<>&]| |use a::|\\*){0,40}") {
        let _ = (read(&text), read(&words));
    }
}
