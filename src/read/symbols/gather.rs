//! What is gathered on the way through a tree: the names so far, and what the current node stands in.

use std::collections::HashMap;
use std::ops::Range;

use crate::read::syntax::{Node, text};

use super::{Call, Definition, Export, Import, Imported, Mention, Parameter, Sort, Symbols, Visibility};

/// What stands in more named things than this is not listed as a definition.
const MAX_SCOPE: usize = 32;
/// Longer callees are cut at the front.
const MAX_CALLEE: usize = 32;

/// What kind of thing a node stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Module,
    Class,
    Function,
    /// Code that runs or not.
    Branch,
}

struct Scope {
    end: usize,
    name: Option<String>,
    area: Area,
    is_conditional: bool,
    visibility: Visibility,
}

/// What a node is told by the one around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    /// Where the definition begins: at its first decorator or its `export`.
    pub(super) start: Option<usize>,
    pub(super) decorators: Vec<String>,
    pub(super) written_type: String,
    pub(super) is_top: bool,
    pub(super) is_exported: bool,
}

pub(super) struct Gather<'s> {
    pub(super) source: &'s str,
    pub(super) out: Symbols,
    /// Set where the whole file depends on a condition.
    pub(super) is_conditional: bool,
    scopes: Vec<Scope>,
    marks: HashMap<usize, Mark>,
}

/// A definition before it knows what it stands in.
pub(super) struct Found<'t> {
    pub(super) name: Node<'t>,
    pub(super) sort: Sort,
    pub(super) visibility: Visibility,
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) whole: Node<'t>,
    pub(super) body: Option<Node<'t>>,
}

impl<'s> Gather<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let (out, scopes, marks) = (Symbols::default(), Vec::new(), HashMap::new());
        Self { source, out, is_conditional: false, scopes, marks }
    }

    /// Leaves what ends before this byte.
    pub(super) fn leave(&mut self, at: usize) {
        while self.scopes.last().is_some_and(|scope| scope.end <= at) {
            self.scopes.pop();
        }
    }

    pub(super) fn finish(mut self, is_sound: bool) -> Symbols {
        self.out.is_sound = is_sound;
        self.out
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        text(node, self.source)
    }

    pub(super) fn mark(&mut self, node: Node<'_>, mark: Mark) {
        self.marks.insert(node.id(), mark);
    }

    pub(super) fn marked(&self, node: Node<'_>) -> Mark {
        self.marks.get(&node.id()).cloned().unwrap_or_default()
    }

    pub(super) fn is_top(&self, node: Node<'_>) -> bool {
        self.marks.get(&node.id()).is_some_and(|mark| mark.is_top)
    }

    /// The innermost thing that is no branch.
    pub(super) fn area(&self) -> Area {
        let around = self.scopes.iter().rev().find(|scope| scope.area != Area::Branch);
        around.map_or(Area::Module, |scope| scope.area)
    }

    /// Whether some function is around.
    pub(super) fn is_inside_function(&self) -> bool {
        self.scopes.iter().any(|scope| scope.area == Area::Function)
    }

    fn is_in_branch(&self) -> bool {
        self.is_conditional || self.scopes.iter().any(|scope| scope.is_conditional)
    }

    /// The visibility of the innermost class, type or trait.
    pub(super) fn outer_visibility(&self) -> Visibility {
        self.scopes.last().map_or(Visibility::Public, |scope| scope.visibility)
    }

    /// Enters what a node is around, without a definition of its own.
    pub(super) fn enter(&mut self, node: Node<'_>, name: Option<String>, area: Area, conditional: bool) {
        let visibility = self.outer_visibility();
        let end = node.end_byte();
        self.scopes.push(Scope { end, name, area, is_conditional: conditional, visibility });
    }

    /// Lists a definition and, where it holds others, enters it.
    pub(super) fn define(&mut self, found: Found<'_>, mark: Mark, holds: Option<Area>) {
        // Ruby names members by symbols.
        let colon = usize::from(found.name.kind() == "simple_symbol");
        let name = self.text(found.name).get(colon..).unwrap_or_default().to_owned();
        let depends = |decorator: &String| {
            let rest = decorator.strip_prefix("cfg");
            rest.is_some_and(|rest| rest.trim_start().starts_with('(') || rest.starts_with("_attr"))
        };
        let own_condition = mark.decorators.iter().any(depends);
        let around = self.is_in_branch();
        let scope: Vec<String> = self.scopes.iter().filter_map(|scope| scope.name.clone()).collect();
        let end = found.whole.end_byte();
        if scope.len() <= MAX_SCOPE && !name.is_empty() {
            self.out.definitions.push(Definition {
                name: name.clone(),
                sort: found.sort,
                scope,
                visibility: found.visibility,
                written_type: mark.written_type,
                parameters: found.parameters,
                range: mark.start.unwrap_or(found.whole.start_byte())..end,
                name_range: found.name.start_byte() + colon..found.name.end_byte(),
                body: found.body.map(|body| body.byte_range()),
                decorators: mark.decorators,
                is_conditional: own_condition || around,
            });
        }
        if let Some(area) = holds {
            let visibility = found.visibility;
            let scope = Scope { end, name: Some(name), area, is_conditional: own_condition, visibility };
            self.scopes.push(scope);
        }
    }

    pub(super) fn mention(&mut self, node: Node<'_>) {
        let name = self.text(node).to_owned();
        self.out.mentions.push(Mention { name, range: node.byte_range() });
    }

    pub(super) fn bind(&mut self, node: Node<'_>) {
        let name = self.text(node).to_owned();
        self.out.bindings.push(Mention { name, range: node.byte_range() });
    }

    pub(super) fn import(&mut self, mut import: Import) {
        import.is_conditional = self.is_in_branch();
        self.out.imports.push(import);
    }

    pub(super) fn export(&mut self, name: &str, local: &str, import: Option<usize>, range: Range<usize>) {
        // A namespace's exports are no exports of the file.
        if self.scopes.iter().any(|scope| scope.name.is_some() && scope.area == Area::Module) {
            return;
        }
        self.out.exports.push(Export { name: name.to_owned(), local: local.to_owned(), import, range });
    }

    pub(super) fn call(&mut self, mut call: Call) {
        let long = call.callee.len().saturating_sub(MAX_CALLEE);
        call.callee.drain(..long);
        self.out.calls.push(call);
    }
}

/// An import of a whole module without a name here.
pub(super) fn bare(module: &str, item: Imported, range: Range<usize>, statement: Range<usize>) -> Import {
    let (module, is_reexported) = (module.to_owned(), false);
    Import { module, item, local: None, is_conditional: false, is_reexported, range, statement }
}

/// A call without arguments yet.
pub(super) fn call(callee: Vec<String>, is_method: bool, node: Node<'_>) -> Call {
    Call {
        callee,
        positional: 0,
        named: Vec::new(),
        spreads: false,
        is_method,
        is_new: false,
        range: node.byte_range(),
    }
}

/// The callee of a chain of members, from the last to the first: a part that is no plain name is empty and ends it.
pub(super) fn chain<'t>(start: Node<'t>, step: impl Fn(Node<'t>) -> Step<'t>, source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = start;
    for _ in 0..=MAX_CALLEE {
        match step(at) {
            Step::Name => {
                names.push(text(at, source).to_owned());
                break;
            }
            Step::Member(object, name) => {
                names.push(text(name, source).to_owned());
                at = object;
            }
            Step::Same(inner) => at = inner,
            Step::Other => {
                names.push(String::new());
                break;
            }
        }
    }
    names.reverse();
    names
}

/// What a part of a callee is.
pub(super) enum Step<'t> {
    Name,
    Member(Node<'t>, Node<'t>),
    Same(Node<'t>),
    Other,
}
