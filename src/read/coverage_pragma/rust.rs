//! Attributes of Rust that keep items, statements and expressions out of the coverage measurement.

use super::{Hides, Marker, lines_of};
use crate::read::rust::syn::punctuated::Punctuated;
use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::visit::{self, Visit};
use crate::read::rust::syn::{self, Attribute, Meta, Token};
use crate::read::rust::{File, with_file};
use crate::span::Lines;
use crate::undecided::Undecided;

const TOOL: &str = "Rust";
const SETTINGS: [&str; 4] = ["coverage", "coverage_nightly", "tarpaulin", "tarpaulin_include"];

pub(super) fn read(text: &str) -> Result<Vec<Marker>, Undecided> {
    if !["coverage", "tarpaulin"].iter().any(|word| text.contains(word)) {
        return Ok(Vec::new());
    }
    let list = |file: &File| {
        let mut finder = Finder { file, text, lines: Lines::of(text), found: Vec::new() };
        finder.visit_file(&file.syntax);
        finder.found
    };
    with_file(text, list)?.map_err(|broken| {
        Undecided::new(format!("its attributes can't be listed, since it is no Rust: {}", broken.message))
    })
}

struct Finder<'t> {
    file: &'t File,
    text: &'t str,
    lines: Lines,
    found: Vec<Marker>,
}

impl Finder<'_> {
    /// Notes the marker on a node. Whether to look below: nothing inside of a hidden node or a test is hidden again.
    fn look(&mut self, attributes: &[Attribute], node: &dyn Whole) -> bool {
        if attributes.iter().any(is_test) {
            return false;
        }
        let Some(attribute) = attributes.iter().find(|attribute| hides(&attribute.meta)) else { return true };
        let place = self.file.range(attribute.span());
        let whole = self.file.range(node.whole());
        let lines = lines_of(&self.lines, &(whole.start.min(place.start)..whole.end));
        self.found.push(Marker::new(TOOL, self.text, place, Hides::Lines(vec![lines])));
        false
    }
}

/// The span of any node.
trait Whole {
    fn whole(&self) -> proc_macro2::Span;
}

impl<T: Spanned> Whole for T {
    fn whole(&self) -> proc_macro2::Span {
        self.span()
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_file(&mut self, file: &'ast syn::File) {
        if let Some(attribute) = file.attrs.iter().find(|attribute| hides(&attribute.meta)) {
            let place = self.file.range(attribute.span());
            self.found.push(Marker::new(TOOL, self.text, place, Hides::File));
        } else {
            visit::visit_file(self, file);
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes: &[Attribute] = match item {
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Macro(item) => &item.attrs,
            _ => &[],
        };
        if self.look(attributes, item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if self.look(&item.attrs, item) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if self.look(&item.attrs, item) {
            visit::visit_trait_item_fn(self, item);
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if self.look(&local.attrs, local) {
            visit::visit_local(self, local);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if self.look(&arm.attrs, arm) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        let attributes: &[Attribute] = match expression {
            syn::Expr::Block(e) => &e.attrs,
            syn::Expr::Call(e) => &e.attrs,
            syn::Expr::Closure(e) => &e.attrs,
            syn::Expr::If(e) => &e.attrs,
            syn::Expr::Loop(e) => &e.attrs,
            syn::Expr::Macro(e) => &e.attrs,
            syn::Expr::Match(e) => &e.attrs,
            syn::Expr::MethodCall(e) => &e.attrs,
            syn::Expr::ForLoop(e) => &e.attrs,
            syn::Expr::While(e) => &e.attrs,
            syn::Expr::Unsafe(e) => &e.attrs,
            _ => &[],
        };
        if self.look(attributes, expression) {
            visit::visit_expr(self, expression);
        }
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last().map(|segment| segment.ident.to_string());
    match (&attribute.meta, last.as_deref()) {
        (_, Some("test")) => true,
        (Meta::List(list), Some("cfg")) => list.tokens.to_string() == "test",
        _ => false,
    }
}

/// Whether an attribute takes its node out of the measurement.
fn hides(meta: &Meta) -> bool {
    let path = meta.path();
    let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    match (meta, name.as_str()) {
        (Meta::Path(_), "no_coverage") => path.segments.len() == 1,
        (Meta::Path(_), "skip") => path.segments.first().is_some_and(|first| first.ident == "tarpaulin"),
        (Meta::List(list), "coverage") => list.tokens.to_string() == "off",
        (Meta::List(list), "cfg") => list.parse_args::<Meta>().is_ok_and(|condition| denies(&condition)),
        (Meta::List(list), "cfg_attr") => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            parts.is_ok_and(|parts| parts.iter().skip(1).any(hides))
        }
        _ => false,
    }
}

/// Whether a condition fails because coverage is measured: `not(coverage)`, `not(any(coverage, …))`.
fn denies(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return false };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
        return false;
    };
    let is_set = |meta: &Meta| SETTINGS.iter().any(|setting| meta.path().is_ident(setting));
    if condition.path().is_ident("not") {
        return parts.iter().any(|part| match part {
            Meta::List(list) if part.path().is_ident("any") => list
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .is_ok_and(|parts| parts.iter().any(is_set)),
            part => is_set(part),
        });
    }
    condition.path().is_ident("all") && parts.iter().any(denies)
}
