//! Facts about the reader of names.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn names(language: Language, text: &str) -> Symbols {
    let symbols = read(language, text).unwrap();
    assert!(symbols.is_sound, "{text}");
    symbols
}

fn definitions(symbols: &Symbols) -> Vec<String> {
    symbols.definitions.iter().map(definition).collect()
}

fn definition(definition: &Definition) -> String {
    let parameters = definition.parameters.as_ref().map(|list| {
        let list: Vec<String> = list.iter().map(parameter).collect();
        format!("({})", list.join(", "))
    });
    let path: Vec<&str> =
        definition.scope.iter().map(String::as_str).chain([definition.name.as_str()]).collect();
    let flags = if definition.is_conditional { " if" } else { "" };
    let (sort, visibility) = (definition.sort, definition.visibility);
    format!("{visibility:?} {sort:?} {}{}{flags}", path.join("."), parameters.unwrap_or_default())
}

fn parameter(parameter: &Parameter) -> String {
    let mark = match parameter.passing {
        Passing::Positional => "",
        Passing::Either => "=",
        Passing::Named => "*=",
        Passing::Rest => "...",
        Passing::NamedRest => "**",
    };
    let optional = if parameter.is_optional { "?" } else { "" };
    let written = &parameter.written_type;
    let colon = if written.is_empty() { "" } else { ": " };
    format!("{mark}{}{optional}{colon}{written}", parameter.name)
}

fn imports(symbols: &Symbols) -> Vec<String> {
    let import = |i: &Import| {
        let item = match &i.item {
            Imported::Module => "module".to_owned(),
            Imported::Name(name) => format!("{{{name}}}"),
            Imported::Default => "default".to_owned(),
            Imported::All => "*".to_owned(),
        };
        let out = if i.is_reexported { " out" } else { "" };
        format!("{item} of {} as {}{out}", i.module, i.local.as_deref().unwrap_or("-"))
    };
    symbols.imports.iter().map(import).collect()
}

fn exports(symbols: &Symbols) -> Vec<String> {
    symbols
        .exports
        .iter()
        .map(|e| format!("{}={}{}", e.name, e.local, if e.import.is_some() { "<" } else { "" }))
        .collect()
}

fn calls(symbols: &Symbols) -> Vec<String> {
    let call = |c: &Call| {
        let named: String = c.named.iter().map(|n| format!(" {n}=")).collect();
        let spread = if c.spreads { " ..." } else { "" };
        let new = if c.is_new { "new " } else { "" };
        let dot = if c.is_method { " dot" } else { "" };
        format!("{new}{}/{}{named}{spread}{dot}", c.callee.join("."), c.positional)
    };
    symbols.calls.iter().map(call).collect()
}

#[test]
fn typescript_is_read() {
    let text = "
import thing, { a as b, type T } from './x';
import * as all from \"y\";
import './effect';
export * from './z';
export { default as q, w } from './v';
export async function f(x: number, y?: string, ...rest: T[]): void { const inner = (z) => z; }
function hidden({ p }, q = 1) {}
export { hidden as shown };
@sealed export class C extends B {
  private n = 1;
  constructor(readonly a: A) { super(a); }
  #s(): void {}
  handler = async (e: E) => { this.m(e, ...l); };
}
export default interface I { g(x: string): void; h: number }
export const K = 1, { L } = o;
namespace N { export const inner2 = 1; }
enum E2 { A, B = 2 }
";
    let symbols = names(Language::TypeScript, text);
    assert_eq!(
        definitions(&symbols),
        [
            "Public Function f(x: number, y?: string, ...rest?: T[])",
            "Private Function f.inner(z)",
            "Private Function hidden(, q?)",
            "Public Class C",
            "Private Member C.n",
            "Public Method C.constructor(a: A)",
            "Private Method C.#s()",
            "Public Method C.handler(e: E)",
            "Public Interface I",
            "Public Method I.g(x: string)",
            "Public Member I.h",
            "Public Variable K",
            "Public Variable L",
            "Private Module N",
            "Public Variable N.inner2",
            "Private Enum E2",
            "Private Member E2.A",
            "Private Member E2.B",
        ]
    );
    assert_eq!(
        imports(&symbols),
        [
            "default of ./x as thing",
            "{a} of ./x as b",
            "{T} of ./x as T",
            "module of y as all",
            "module of ./effect as -",
            "* of ./z as - out",
            "default of ./v as - out",
            "{w} of ./v as - out",
        ]
    );
    assert_eq!(exports(&symbols), ["q=<", "w=<", "f=f", "shown=hidden", "C=C", "default=I", "K=K", "L=L"]);
    assert_eq!(calls(&symbols), ["super/1", "this.m/1 ... dot"]);
    assert!(!symbols.is_open);
    let class = symbols.definitions.iter().find(|d| d.name == "C").unwrap();
    assert!(text[class.range.clone()].starts_with("@sealed export class C"), "{class:?}");
    assert_eq!(class.decorators, ["sealed"]);
}

#[test]
fn common_js_is_read() {
    let text = "
const a = require('./a');
const { b, c: d } = require('./b');
exports.f = function (x) { return new a.B(x); };
module.exports = { b, g: h, i() {} };
function outer() { if (x) { require(`./lazy`); } }
";
    let symbols = names(Language::JavaScript, text);
    assert_eq!(
        definitions(&symbols)[..3],
        ["Private Variable a", "Private Variable b", "Private Variable d"]
    );
    assert_eq!(exports(&symbols), ["f=f", "default=", "b=b", "g=h", "i="]);
    assert!(imports(&symbols).contains(&"{c} of ./b as d".to_owned()), "{:?}", imports(&symbols));
    assert!(imports(&symbols).contains(&"module of ./lazy as -".to_owned()));
    assert!(calls(&symbols).contains(&"new a.B/1 dot".to_owned()));
    for text in [
        "module.exports = make();",
        "exports[name] = 1;",
        "Object.assign(exports, x);",
        "module.exports = { ...a };",
    ] {
        assert!(names(Language::JavaScript, text).is_open, "{text}");
    }
}

#[test]
fn every_form_of_export_is_one() {
    let text = "
export declare function a(): void;
export abstract class b {}
export const { c, d: e } = f, [g] = h;
export const enum i { x }
export namespace j {}
export type k = string;
export async function* l() {}
export * as m from './m';
export { n as o, type p };
declare const n: number;
type p = n;
export default async () => {};
";
    let symbols = names(Language::TypeScript, text);
    let exported: Vec<&str> = symbols.exports.iter().map(|export| export.name.as_str()).collect();
    assert_eq!(exported, ["a", "b", "c", "e", "g", "i", "j", "k", "l", "m", "o", "p", "default"]);
    assert!(symbols.definitions.iter().any(|d| d.name == "a" && d.visibility == Visibility::Public));
}

#[test]
fn what_is_bound_and_not_defined_is_told_apart() {
    let symbols = names(
        Language::TypeScript,
        "function f(a, { b, c: d }, [e]) { let g = 1; for (const h of i) try {} catch (j) {} }",
    );
    let bound: Vec<&str> = symbols.bindings.iter().map(|b| b.name.as_str()).collect();
    let mut sorted = bound.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["a", "b", "d", "e", "g", "h", "j"]);
    let symbols = names(
        Language::Python,
        "def f(a, *b, c: int = 1):\n    d = lambda e: e\n    for g, h in i:\n        with j as k:\n            l.m = 1\n",
    );
    let mut bound: Vec<&str> = symbols.bindings.iter().map(|b| b.name.as_str()).collect();
    bound.sort_unstable();
    assert_eq!(bound, ["a", "b", "c", "d", "e", "g", "h", "k"]);
}

#[test]
fn python_is_read() {
    let text = "
import os.path, numpy as np
from . import a
from ..b.c import (d as e, f)
from g import *
__all__ = ['h', \"i\"]
X: int = 1
@cached
def h(a, /, b, c: int = 1, *, d, **e) -> int:
    return k(1, x=2, *y)
class C(B):
    z = 1
    def m(self, a): ...
    @staticmethod
    def s(a, *rest: str): pass
    @property
    def _p(self): pass
try:
    import q
except ImportError:
    q = None
    def r(): pass
";
    let symbols = names(Language::Python, text);
    assert_eq!(
        definitions(&symbols),
        [
            "Public Variable __all__",
            "Public Variable X",
            "Public Function h(a, =b, =c?: int, *=d, **e?)",
            "Public Class C",
            "Public Member C.z",
            "Public Method C.m(=a)",
            "Public Method C.s(=a, ...rest?: str)",
            "Private Method C._p()",
            "Public Variable q if",
            "Public Function r() if",
        ]
    );
    assert_eq!(
        imports(&symbols),
        [
            "module of os.path as os out",
            "module of numpy as np out",
            "{a} of . as a out",
            "{d} of ..b.c as e out",
            "{f} of ..b.c as f out",
            "* of g as - out",
            "module of q as q out",
        ]
    );
    assert_eq!(exports(&symbols), ["h=h", "i=i"]);
    assert_eq!(calls(&symbols), ["k/1 x= ..."]);
    let h = symbols.definitions.iter().find(|d| d.name == "h").unwrap();
    assert!(text[h.range.clone()].starts_with("@cached\ndef h"));
    assert!(!symbols.is_open);
    assert!(names(Language::Python, "globals()['a'] = 1\n").is_open);
    assert!(names(Language::Python, "__all__ = a.__all__ + ['b']\n").is_open);
}

#[test]
fn go_is_read() {
    let text = "
package p

import (
\t\"fmt\"
\ty \"gopkg.in/yaml.v3\"
\t\"x/z/v2\"
)

const A, b = 1, 2

type T struct {
\tF, g int
}

type I interface{ M(x int) }

func (t *T) Do(a, b int, c ...string) error { return fmt.Errorf(\"x\", a) }
func f(int, string) { v := 1; f(g()); h(s...) }
";
    let symbols = names(Language::Go, text);
    assert_eq!(
        definitions(&symbols),
        [
            "Public Variable A",
            "Restricted Variable b",
            "Public Class T",
            "Public Member T.F",
            "Restricted Member T.g",
            "Public Interface I",
            "Public Method I.M(x: int)",
            "Public Method T.Do(a: int, b: int, ...c?: string)",
            "Restricted Function f(: int, : string)",
        ]
    );
    assert_eq!(
        imports(&symbols),
        ["module of fmt as fmt", "module of gopkg.in/yaml.v3 as y", "module of x/z/v2 as z"]
    );
    assert_eq!(calls(&symbols), ["fmt.Errorf/2 dot", "f/1 ...", "g/0", "h/0 ..."]);
    assert!(
        names(Language::Go, "//go:build linux\n\npackage p\n\nfunc f() {}\n").definitions[0].is_conditional
    );
}

#[test]
fn rust_is_read() {
    let text = "
use std::{fmt, io::{self, Read as R}};
pub use crate::a::*;
#[cfg(test)]
mod tests { use super::*; }
/// Doc.
#[derive(Debug)]
pub struct S { pub a: u8, b: u8 }
pub(crate) enum E { A, B(u8) }
impl<T> fmt::Debug for S { fn fmt(&self, f: &mut F) {} }
pub trait T { fn t(&self, n: usize); }
pub fn f(a: u8, (b, c): (u8, u8)) { crate::m::g::<u8>(1, x.h(2)); S::new(); }
macro_rules! m { () => {} }
";
    let symbols = names(Language::Rust, text);
    assert_eq!(
        definitions(&symbols),
        [
            "Private Module tests if",
            "Public Class S",
            "Public Member S.a",
            "Private Member S.b",
            "Restricted Enum E",
            "Restricted Member E.A",
            "Restricted Member E.B",
            "Public Method S.fmt(f: &mut F)",
            "Public Interface T",
            "Public Method T.t(n: usize)",
            "Public Function f(a: u8, : (u8, u8))",
            "Private Macro m",
        ]
    );
    assert_eq!(
        imports(&symbols),
        [
            "{fmt} of std as fmt",
            "module of std::io as io",
            "{Read} of std::io as R",
            "* of crate::a as - out",
            "* of super as -",
        ]
    );
    assert_eq!(calls(&symbols), ["crate.m.g/2", "x.h/1 dot", "S.new/0"]);
    let s = symbols.definitions.iter().find(|d| d.name == "S").unwrap();
    assert!(text[s.range.clone()].starts_with("#[derive(Debug)]"));
    assert!(!symbols.is_open && names(Language::Rust, "thing! { a }\n").is_open);
}

#[test]
fn ruby_is_read() {
    let text = "
require 'json'
require_relative 'a/b'
module M
  LIMIT = 3
  class C < B
    attr_reader :x, :y
    def go(a, b = 1, *c, d:, e: 2, **f, &g)
      A::B.run(1, k: 2, &g)
    end
    def self.make; end
    private
    def hid; end
  end
end
";
    let symbols = names(Language::Ruby, text);
    assert_eq!(
        definitions(&symbols),
        [
            "Public Module M",
            "Public Variable M.LIMIT",
            "Public Class M.C",
            "Public Member M.C.x",
            "Public Member M.C.y",
            "Public Method M.C.go(a, b?, ...c?, *=d, *=e?, **f?)",
            "Public Method M.C.make()",
            "Private Method M.C.hid()",
        ]
    );
    assert_eq!(imports(&symbols), ["module of json as -", "module of ./a/b as -"]);
    assert!(calls(&symbols).contains(&"A.B.run/1 k= dot".to_owned()), "{:?}", calls(&symbols));
}

#[test]
fn strings_and_comments_mention_nothing() {
    let symbols = names(Language::TypeScript, "// hidden\nconst shown = `text ${hole} \"other\"`;\n");
    let mentions: Vec<&str> = symbols.mentions.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(mentions, ["shown", "hole"]);
}

#[test]
fn the_glob_of_files_lists_every_language() {
    let endings = FILES.strip_prefix("**/*.{").unwrap().strip_suffix('}').unwrap();
    assert!(endings.split(',').all(|e| language(&format!("a.{e}").parse().unwrap()).is_some()));
}

#[test]
fn long_and_deep_texts_end() {
    let chain = format!("x{}()\n", ".a".repeat(50_000));
    let classes: String = (0..600).map(|n| format!("{}class C{n}:\n", " ".repeat(n))).collect();
    for (language, text) in
        [(Language::JavaScript, &chain), (Language::Python, &chain), (Language::Python, &classes)]
    {
        let _decided = read(language, text);
    }
}

const ALL: [Language; 7] = [
    Language::JavaScript,
    Language::TypeScript,
    Language::Tsx,
    Language::Python,
    Language::Go,
    Language::Ruby,
    Language::Rust,
];

proptest! {
    #[test]
    fn every_range_of_any_text_lies_inside_it(
        words in "([(){}\\[\\]<>`'\"$:;=.,*\n a-cä]|def |func |fn |function |class |import |from |export |use |pub |mod |struct |const |@a |#\\[a\\]|=> |:a |module\\.exports|\\.\\.\\.|    |end\n){0,80}",
    ) {
        for language in ALL {
            let Ok(symbols) = read(language, &words) else { continue };
            let definitions = symbols.definitions.iter().flat_map(|d| [Some(d.range.clone()), Some(d.name_range.clone()), d.body.clone()]);
            let imports = symbols.imports.iter().flat_map(|i| [Some(i.range.clone()), Some(i.statement.clone())]);
            let rest = symbols.calls.iter().map(|c| c.range.clone())
                .chain(symbols.exports.iter().map(|e| e.range.clone()))
                .chain(symbols.mentions.iter().chain(&symbols.bindings).map(|m| m.range.clone()));
            for range in definitions.chain(imports).flatten().chain(rest) {
                prop_assert!(words.get(range.clone()).is_some(), "{range:?}");
            }
            prop_assert!(symbols.exports.iter().all(|e| e.import.is_none_or(|at| at < symbols.imports.len())));
            for mention in &symbols.mentions {
                prop_assert_eq!(&words[mention.range.clone()], &mention.name);
            }
        }
    }
}
