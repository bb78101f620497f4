//! What a Rust assertion demands: the macros that start with `assert`, and what can panic besides.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::read::rust::File;
use crate::read::rust::syn::punctuated::Punctuated;
use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::visit::{self, Visit};
use crate::read::rust::syn::{self, Attribute, BinOp, Block, Expr, Item, Macro, Meta, Token, UnOp};
use crate::read::tests::assertion::{Assertion, Strength, is_literal, normal};
use crate::read::tests::{Lines, Test};

/// Functions of the file that assert and are no tests themselves.
pub(super) fn helpers(items: &[Item]) -> BTreeSet<String> {
    let mut finder = Helpers::default();
    items.iter().for_each(|item| finder.visit_item(item));
    finder.found
}

#[derive(Default)]
struct Helpers {
    found: BTreeSet<String>,
    within: Option<String>,
}

impl<'ast> Visit<'ast> for Helpers {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        let is_test = node.attrs.iter().any(super::is_test);
        let outer = self.within.take();
        self.within = (!is_test).then(|| node.sig.ident.to_string());
        visit::visit_item_fn(self, node);
        self.within = outer;
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        let asserts = node.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with("assert"));
        self.found.extend(self.within.clone().filter(|_| asserts));
    }
}

/// `#[should_panic(expected = "…")]`.
pub(super) fn panics(attribute: &Attribute, range: Range<usize>, line: usize, text: &str) -> Assertion {
    let expected = match &attribute.meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(normal(&list.tokens.to_string())),
        Meta::NameValue(pair) => Some(normal(text.get(pair.value.span().byte_range()).unwrap_or_default())),
    };
    let strength = if expected.is_some() { Strength::ThrowsExactly } else { Strength::Throws };
    let written = normal(text.get(range.clone()).unwrap_or_default());
    Assertion { expected, ..assertion(line, range, strength, written) }
}

fn assertion(line: usize, range: Range<usize>, strength: Strength, text: String) -> Assertion {
    Assertion {
        line,
        range,
        strength,
        text,
        subject: String::new(),
        expected: None,
        tolerance: None,
        floats: false,
        swallowed: false,
        conditional: false,
    }
}

/// Reads the body of a test.
pub(super) fn of_block(
    block: &Block,
    text: &str,
    file: &File,
    helpers: &BTreeSet<String>,
    lines: &Lines,
    test: &mut Test,
) {
    let offset = file.range(Span::call_site()).start;
    let mut reader = Reader { text, offset, shift: 0, helpers, lines, test, branches: 0 };
    reader.visit_block(block);
}

/// Reads a body that stands in the tokens of a macro: its text with the byte at which it starts.
pub(super) fn of_text(inner: &str, at: usize, helpers: &BTreeSet<String>, lines: &Lines, test: &mut Test) {
    let Ok(block) = syn::parse_str::<Block>(inner) else { return };
    test.statements = block.stmts.len();
    let mut reader = Reader { text: inner, offset: 0, shift: at, helpers, lines, test, branches: 0 };
    reader.visit_block(&block);
}

struct Reader<'a> {
    text: &'a str,
    /// What to add to a span to get a byte of the text.
    offset: usize,
    /// What to add to a byte of the text to get one of the file.
    shift: usize,
    helpers: &'a BTreeSet<String>,
    lines: &'a Lines,
    test: &'a mut Test,
    branches: usize,
}

impl Reader<'_> {
    fn bytes(&self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.offset..range.end + self.offset
    }

    fn written(&self, of: &impl Spanned) -> String {
        normal(self.text.get(self.bytes(of.span())).unwrap_or_default())
    }

    fn push(&mut self, span: Span, demand: Demand) {
        let range = self.bytes(span);
        let written = normal(self.text.get(range.clone()).unwrap_or_default());
        let range = range.start + self.shift..range.end + self.shift;
        let line = self.lines.at(range.start);
        let Demand { strength, subject, expected, tolerance } = demand;
        let conditional = self.branches > 0;
        let found = assertion(line, range, strength, written);
        self.test.assertions.push(Assertion { subject, expected, tolerance, conditional, ..found });
    }

    fn asserted(&self, name: &str, arguments: &[Expr], node: &Macro) -> Demand {
        use Strength::*;
        let of = |nth: usize| arguments.get(nth).map(|e| self.written(e));
        let subject = of(0).unwrap_or_default();
        let bare = name.trim_start_matches("debug_").trim_start_matches("prop_");
        match bare {
            "assert" => match arguments.first() {
                Some(condition) => self.condition(condition, 0),
                None => Demand::new(Delegated, normal(&node.tokens.to_string()), None),
            },
            "assert_eq" => self.equality(subject, of(1)),
            "assert_ne" | "assert_matches" | "assert_matching" | "assert_contains" | "assert_gt"
            | "assert_lt" | "assert_ge" | "assert_le" => Demand::new(Relational, subject, of(1)),
            "assert_ok" | "assert_some" | "assert_none" => Demand::new(Truthy, subject, None),
            "assert_err" => Demand::new(Throws, subject, None),
            _ if bare.contains("snapshot") => {
                let is_inline =
                    node.tokens.to_string().contains("@ ") || node.tokens.to_string().contains('@');
                let first = node.tokens.to_string();
                let subject = of(0).unwrap_or_else(|| normal(first.split(',').next().unwrap_or_default()));
                Demand::new(if is_inline { Exact } else { Snapshot }, subject, None)
            }
            _ if bare.contains("approx")
                || bare.contains("relative_eq")
                || bare.contains("abs_diff")
                || bare.contains("delta") =>
            {
                let tolerance = arguments.iter().skip(2).find_map(number);
                Demand { tolerance, ..Demand::new(Close, subject, of(1)) }
            }
            _ if bare.ends_with("_eq") => self.equality(subject, of(1)),
            _ => Demand::new(Delegated, subject, of(1)),
        }
    }

    fn equality(&self, left: String, right: Option<String>) -> Demand {
        let right = right.unwrap_or_default();
        let plain = left.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '&'));
        if left == right && (plain || is_literal(&left)) {
            return Demand::new(Strength::Tautology, left, Some(right));
        }
        if is_literal(&left) && !is_literal(&right) {
            return Demand::new(Strength::Exact, right, Some(left));
        }
        Demand::new(Strength::Exact, left, Some(right))
    }

    fn condition(&self, condition: &Expr, depth: usize) -> Demand {
        use Strength::*;
        let written = self.written(condition);
        match condition {
            Expr::Paren(inner) if depth < 8 => self.condition(&inner.expr, depth + 1),
            Expr::Lit(_) => Demand::new(Tautology, written, None),
            Expr::Binary(binary) => self.comparison(binary, depth),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => Demand::new(Truthy, written, None),
            Expr::Macro(inner) if inner.mac.path.segments.last().is_some_and(|s| s.ident == "matches") => {
                let tokens = inner.mac.tokens.to_string();
                let (subject, pattern) = tokens.split_once(',').unwrap_or((&tokens, ""));
                Demand::new(Relational, normal(subject), Some(normal(pattern)))
            }
            Expr::MethodCall(call) => match call.method.to_string().as_str() {
                "is_err" => Demand::new(Throws, written, None),
                "is_ok" | "is_some" | "is_none" | "is_empty" => Demand::new(Truthy, written, None),
                "eq" => Demand::new(
                    Exact,
                    self.written(&call.receiver),
                    call.args.first().map(|a| self.written(a)),
                ),
                _ if call.args.is_empty() => Demand::new(Truthy, written, None),
                _ => Demand::new(Relational, written, None),
            },
            _ => Demand::new(Truthy, written, None),
        }
    }

    fn comparison(&self, binary: &syn::ExprBinary, depth: usize) -> Demand {
        use Strength::*;
        let (left, right) = (self.written(&*binary.left), self.written(&*binary.right));
        match binary.op {
            BinOp::Eq(_) => self.equality(left, Some(right)),
            BinOp::And(_) if depth < 8 => {
                let (left, right) =
                    (self.condition(&binary.left, depth + 1), self.condition(&binary.right, depth + 1));
                if left.strength >= right.strength { left } else { right }
            }
            BinOp::Or(_) => {
                let fixed = [&left, &right].iter().any(|side| *side == "true");
                Demand::new(if fixed { Tautology } else { Relational }, self.written(binary), None)
            }
            BinOp::Lt(_) | BinOp::Le(_) => match within(&binary.left) {
                Some(inner) => {
                    let tolerance = number(&binary.right);
                    Demand { tolerance, ..Demand::new(Close, self.written(inner), None) }
                }
                None => Demand::new(Relational, left, Some(right)),
            },
            _ => Demand::new(Relational, left, Some(right)),
        }
    }
}

/// `(a - b).abs()`: the difference.
fn within(expression: &Expr) -> Option<&Expr> {
    let Expr::MethodCall(call) = expression else { return None };
    if call.method != "abs" {
        return None;
    }
    match &*call.receiver {
        Expr::Paren(inner) => Some(&inner.expr),
        other => Some(other),
    }
}

fn number(expression: &Expr) -> Option<f64> {
    let Expr::Lit(literal) = expression else { return None };
    match &literal.lit {
        syn::Lit::Float(number) => number.base10_parse().ok(),
        syn::Lit::Int(number) => number.base10_parse().ok(),
        _ => None,
    }
}

struct Demand {
    strength: Strength,
    subject: String,
    expected: Option<String>,
    tolerance: Option<f64>,
}

impl Demand {
    fn new(strength: Strength, subject: String, expected: Option<String>) -> Self {
        Self { strength, subject, expected, tolerance: None }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_ident(&mut self, node: &'ast syn::Ident) {
        self.test.names.insert(node.to_string());
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        let name = node.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let arguments = node.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        let arguments: Vec<Expr> = arguments.map(|a| a.into_iter().collect()).unwrap_or_default();
        if name.starts_with("assert") || name.starts_with("prop_assert") || name.starts_with("debug_assert") {
            let demand = self.asserted(&name, &arguments, node);
            self.push(node.span(), demand);
        } else if matches!(name.as_str(), "panic" | "unreachable" | "todo" | "unimplemented") {
            self.test.implicit += 1;
        }
        if arguments.is_empty() {
            names_in(&node.tokens, &mut self.test.names);
        }
        // What stands in the arguments may assert too, and borrows from a list of its own.
        let implicit = self.test.implicit;
        for argument in &arguments {
            Mentions(self.test).visit_expr(argument);
        }
        self.test.implicit = implicit.max(self.test.implicit);
    }

    fn visit_expr_call(&mut self, node: &'ast syn::ExprCall) {
        let callee = self.written(&*node.func);
        let last = callee.rsplit("::").next().unwrap_or(&callee).to_owned();
        if callee.len() <= 120 && !callee.contains(['(', '{']) {
            self.test.calls.insert(callee);
        }
        let says = ["assert_", "expect_", "verify_"].iter().any(|front| last.starts_with(front));
        if says || self.helpers.contains(&last) {
            let subject = node.args.first().map(|a| self.written(a)).unwrap_or_default();
            self.push(node.span(), Demand::new(Strength::Delegated, subject, None));
        }
        visit::visit_expr_call(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        let method = node.method.to_string();
        if matches!(method.as_str(), "unwrap" | "expect" | "unwrap_err" | "expect_err") {
            self.test.implicit += 1;
        }
        if method == "assert" || method.starts_with("assert_") {
            let subject = self.written(&*node.receiver);
            let expected = node.args.first().map(|a| self.written(a));
            let strength = if method == "assert_eq" { Strength::Exact } else { Strength::Delegated };
            self.push(node.span(), Demand::new(strength, subject, expected));
        }
        self.test.calls.insert(format!(".{method}"));
        visit::visit_expr_method_call(self, node);
    }

    fn visit_expr_try(&mut self, node: &'ast syn::ExprTry) {
        self.test.implicit += 1;
        visit::visit_expr_try(self, node);
    }

    fn visit_expr_if(&mut self, node: &'ast syn::ExprIf) {
        self.branches += 1;
        visit::visit_expr_if(self, node);
        self.branches -= 1;
    }
}

/// Takes down what the arguments of a macro mention.
struct Mentions<'a>(&'a mut Test);

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_ident(&mut self, node: &'ast syn::Ident) {
        self.0.names.insert(node.to_string());
    }

    fn visit_expr_call(&mut self, node: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*node.func {
            let words: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
            self.0.calls.insert(words.join("::"));
        }
        visit::visit_expr_call(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        self.0.calls.insert(format!(".{}", node.method));
        visit::visit_expr_method_call(self, node);
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        names_in(&node.tokens, &mut self.0.names);
    }
}

/// Every identifier among tokens. Nesting was counted before the file was parsed.
fn names_in(tokens: &TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(name) => drop(names.insert(name.to_string())),
            TokenTree::Group(group) => names_in(&group.stream(), names),
            _ => {}
        }
    }
}

/// A test in the tokens of a macro.
pub(super) struct InMacro {
    pub(super) name: String,
    pub(super) start: Span,
    pub(super) body: Span,
    pub(super) is_ignored: bool,
}

/// `#[test] fn name(…) { … }` among the tokens of a macro.
pub(super) fn in_macro(tokens: &TokenStream) -> Vec<InMacro> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let (mut found, mut start, mut is_test, mut is_ignored) = (Vec::new(), None, false, false);
    let mut at = 0;
    while at < tokens.len() {
        match (&tokens[at], tokens.get(at + 1), tokens.get(at + 2)) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(group)), _) if hash.as_char() == '#' => {
                let attribute = group.stream().to_string();
                start = start.or(Some(hash.span()));
                is_test |= attribute == "test" || attribute.ends_with(":: test");
                is_ignored |= attribute.starts_with("ignore");
                at += 2;
                continue;
            }
            (TokenTree::Ident(word), Some(TokenTree::Ident(name)), Some(TokenTree::Group(_)))
                if word == "fn" =>
            {
                let body = tokens[at + 3..].iter().take(8).find_map(|token| match token {
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.span()),
                    _ => None,
                });
                if let (true, Some(start), Some(body)) = (is_test, start, body) {
                    found.push(InMacro { name: name.to_string(), start, body, is_ignored });
                }
                (start, is_test, is_ignored) = (None, false, false);
            }
            _ => {}
        }
        at += 1;
    }
    found
}
