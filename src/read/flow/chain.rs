//! The calls of a source file as they are written: each chain of calls with its root, its links and their arguments.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::read::syntax::{self, Language, Node, Tree, parts};
use crate::undecided::Undecided;

use super::imports::{self, Import};
use super::shape::{Call, Deed, Given, Reader, Shape, field};

/// Longer chains are followed no further.
const MAX_LINKS: usize = 64;
/// Names are followed over at most so many others.
const MAX_HOPS: usize = 4;

/// Stands in an evaluated text for what is not known.
pub const HOLE: char = super::value::HOLE;

/// A parsed file with what its names are bound to.
pub struct Written<'s> {
    tree: Tree,
    reader: Reader<'s>,
}

/// What the names of a file stand for, whatever scope they are in: a name that is bound twice stands for either.
#[derive(Default)]
pub struct Names<'t, 's> {
    bound: HashMap<&'s str, Vec<Option<Node<'t>>>>,
    /// The types that parameters and variables are written with.
    types: HashMap<&'s str, &'s str>,
    imports: HashMap<String, Import>,
}

/// Calls and members one after the other, as in `client.from("a").select()`.
pub struct Chain<'t, 's> {
    /// The name that it begins with; empty where it begins with something else.
    pub root: &'s str,
    /// What follows, in the order of the text. A root that is itself called is the first link, with an empty name.
    pub links: Vec<Link<'t, 's>>,
    /// The whole chain.
    pub node: Node<'t>,
    /// The node that it begins with.
    pub start: Node<'t>,
}

/// A member, called or not.
pub struct Link<'t, 's> {
    /// Its name.
    pub name: &'s str,
    /// What it is called with, where it is called.
    pub arguments: Option<Vec<Argument<'t, 's>>>,
    /// The chain up to here.
    pub node: Node<'t>,
}

/// An argument as written.
pub struct Argument<'t, 's> {
    /// Its name, where it has one.
    pub name: Option<Cow<'s, str>>,
    /// Its value.
    pub value: Node<'t>,
}

impl Link<'_, '_> {
    /// Whether it is called under one of these names.
    pub fn calls(&self, names: &[&str]) -> bool {
        self.arguments.is_some() && names.contains(&self.name)
    }
}

impl<'t, 's> Chain<'t, 's> {
    /// The last link that is called.
    pub fn last_call(&self) -> Option<&Link<'t, 's>> {
        self.links.iter().rev().find(|link| link.arguments.is_some())
    }

    /// The name under which a link is called: the root's for the first link of a called root.
    pub fn called_name(&self, link: &Link<'t, 's>) -> &'s str {
        if link.name.is_empty() { self.root } else { link.name }
    }

    /// The called link of that name.
    pub fn call(&self, name: &str) -> Option<&Link<'t, 's>> {
        self.links.iter().find(|link| link.calls(&[name]))
    }
}

impl<'s> Written<'s> {
    /// Parses a text.
    pub fn parse(language: Language, text: &'s str) -> Result<Self, Undecided> {
        Ok(Self { tree: syntax::parse(language, text)?, reader: Reader { language, source: text } })
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.reader.language
    }

    /// The text of a node.
    pub fn text(&self, node: Node<'_>) -> &'s str {
        self.reader.text(node)
    }

    /// Every chain with a call in it, outer ones first, in the order of the text.
    pub fn chains(&self) -> Vec<Chain<'_, 's>> {
        self.outermost(&|node| matches!(self.reader.shape(node), Shape::Call(_)))
    }

    /// The same with the chains of members that nothing calls.
    pub fn members(&self) -> Vec<Chain<'_, 's>> {
        self.outermost(&|node| match self.reader.shape(node) {
            Shape::Call(_) => true,
            Shape::Member(..) => !node.parent().is_some_and(|parent| {
                matches!(self.reader.shape(parent), Shape::Call(_))
                    && parent.child(0).is_some_and(|callee| callee.id() == node.id())
            }),
            _ => false,
        })
    }

    fn outermost(&self, begins: &dyn Fn(Node<'_>) -> bool) -> Vec<Chain<'_, 's>> {
        let mut found = Vec::new();
        let mut inner: HashSet<usize> = HashSet::new();
        for node in self.tree.nodes().filter(Node::is_named) {
            if inner.contains(&node.id()) || !begins(node) {
                continue;
            }
            let chain = self.chain(node);
            inner.extend(chain.links.iter().map(|link| link.node.id()));
            found.push(chain);
        }
        found
    }

    /// The chain that an expression is: without links where it is none.
    pub fn chain<'t>(&self, node: Node<'t>) -> Chain<'t, 's> {
        let mut links = Vec::new();
        let (mut root, mut at) = ("", node);
        while links.len() < MAX_LINKS {
            match self.reader.shape(at) {
                Shape::Same(inner) => at = inner,
                Shape::Member(of, name) => {
                    links.push(Link { name, arguments: None, node: at });
                    at = of;
                }
                Shape::Index(of, _) => {
                    links.push(Link { name: "[]", arguments: None, node: at });
                    at = of;
                }
                Shape::Call(Call { receiver, name, arguments, .. }) => {
                    let given = |given: Given<'t, 's>| Argument { name: given.name, value: given.value };
                    let arguments = Some(arguments.into_iter().map(given).collect());
                    match receiver {
                        Some(of) => {
                            links.push(Link { name, arguments, node: at });
                            at = of;
                        }
                        None => {
                            links.push(Link { name: "", arguments, node: at });
                            root = name;
                            break;
                        }
                    }
                }
                Shape::Name(name) => {
                    root = name;
                    break;
                }
                _ => break,
            }
        }
        links.reverse();
        Chain { root, links, node, start: at }
    }

    /// What the names stand for.
    pub fn names(&self) -> Names<'_, 's> {
        let mut names = Names::default();
        for node in self.tree.nodes().filter(Node::is_named) {
            match self.reader.deed(node) {
                Deed::Bind(pairs) => {
                    for (target, value) in pairs {
                        self.bind(&mut names, target, Some(value));
                    }
                }
                Deed::Spread(targets, value) => {
                    for (n, target) in targets.into_iter().enumerate() {
                        self.bind(&mut names, target, (n == 0).then_some(value));
                    }
                }
                Deed::Add(target, _) | Deed::Loop(target, _) => self.bind(&mut names, target, None),
                Deed::Function(function) => {
                    for parameter in function.parameters {
                        self.bind(&mut names, parameter.target, None);
                    }
                }
                Deed::Return(_) | Deed::None => {}
            }
            if let (Some(written), Some(name)) = (field(node, "type"), self.typed_name(node)) {
                names.types.insert(name, self.text(written).trim_start_matches(':').trim());
            }
            for import in imports::read(&self.reader, node) {
                names.imports.insert(import.local.clone(), import);
            }
        }
        names
    }

    fn typed_name(&self, node: Node<'_>) -> Option<&'s str> {
        let named = field(node, "pattern").or_else(|| field(node, "name")).or_else(|| parts(node).next())?;
        match self.reader.shape(named) {
            Shape::Name(name) => Some(name),
            _ => None,
        }
    }

    fn bind<'t>(&self, names: &mut Names<'t, 's>, target: Node<'t>, value: Option<Node<'t>>) {
        match self.reader.shape(target) {
            Shape::Name(name) | Shape::Member(_, name) => names.bound.entry(name).or_default().push(value),
            Shape::Same(inner) => self.bind_flat(names, inner, value),
            Shape::Record(entries) => {
                for (_, inner) in entries {
                    self.bind_flat(names, inner, None);
                }
            }
            Shape::List(items) => {
                for inner in items {
                    self.bind_flat(names, inner, None);
                }
            }
            _ => {}
        }
    }

    fn bind_flat<'t>(&self, names: &mut Names<'t, 's>, target: Node<'t>, value: Option<Node<'t>>) {
        if let Shape::Name(name) | Shape::Member(_, name) = self.reader.shape(target) {
            names.bound.entry(name).or_default().push(value);
        }
    }

    /// The whole number that an expression is, also through names that are bound to one and only once.
    pub fn number<'t>(&'t self, names: &Names<'t, 's>, node: Node<'t>) -> Option<u64> {
        let mut at = node;
        for _ in 0..=2 * MAX_HOPS {
            match at.kind() {
                "number" | "integer" | "int_literal" | "integer_literal" => {
                    return whole(self.reader.text(at));
                }
                "string" => return self.plain(at)?.parse().ok(),
                _ => {}
            }
            at = match self.reader.shape(at) {
                Shape::Same(inner) => inner,
                Shape::Name(name) | Shape::Member(_, name) => names.only(name)?,
                _ => return None,
            };
        }
        None
    }

    /// The text that an expression is, with a NUL for each part that is not known; `None` where it is no text.
    pub fn string<'t>(&'t self, names: &Names<'t, 's>, node: Node<'t>) -> Option<String> {
        let mut text = String::new();
        let mut open = vec![(node, 0_usize)];
        let mut steps = 0;
        let mut any = false;
        while let Some((at, hops)) = open.pop() {
            steps += 1;
            if steps > 256 {
                return None;
            }
            match self.reader.shape(at) {
                Shape::Text(part) => {
                    any = true;
                    text += &part;
                }
                Shape::Joined(pieces) => {
                    any = true;
                    open.extend(pieces.into_iter().rev().map(|piece| (piece, hops)));
                }
                Shape::Same(inner) => open.push((inner, hops)),
                Shape::Name(name) | Shape::Member(_, name) if hops < MAX_HOPS => match names.only(name) {
                    Some(value) => open.push((value, hops + 1)),
                    None => text.push(HOLE),
                },
                Shape::Either(either) => match either.into_iter().find_map(|one| self.plain(one)) {
                    Some(known) => text += &known,
                    None => text.push(HOLE),
                },
                _ => text.push(HOLE),
            }
        }
        any.then_some(text)
    }

    /// The text between quotes, without any parts to fill in.
    pub fn plain(&self, node: Node<'_>) -> Option<String> {
        match self.reader.shape(node) {
            Shape::Text(text) => Some(text.into_owned()),
            Shape::Joined(pieces) => {
                let texts = pieces.into_iter().map(|piece| match self.reader.shape(piece) {
                    Shape::Text(text) => Some(text),
                    _ => None,
                });
                texts.collect::<Option<String>>()
            }
            _ => None,
        }
    }

    /// The fields of a record, also through a name that is bound to one and only once. Those that come out of another
    /// record have no name.
    pub fn record<'t>(&'t self, names: &Names<'t, 's>, node: Node<'t>) -> Option<Vec<Argument<'t, 's>>> {
        let mut at = node;
        for _ in 0..=2 * MAX_HOPS {
            at = match self.reader.shape(at) {
                Shape::Record(entries) => {
                    let argument = |(name, value)| Argument { name, value };
                    return Some(entries.into_iter().map(argument).collect());
                }
                Shape::Same(inner) => inner,
                Shape::Name(name) => names.only(name)?,
                _ => return None,
            };
        }
        None
    }

    /// How many items a list written out has.
    pub fn items<'t>(&'t self, names: &Names<'t, 's>, node: Node<'t>) -> Option<usize> {
        let mut at = node;
        for _ in 0..=2 * MAX_HOPS {
            at = match self.reader.shape(at) {
                Shape::List(items) => {
                    let spread = |n: &Node<'_>| matches!(n.kind(), "spread_element" | "list_splat");
                    return (!items.iter().any(spread)).then_some(items.len());
                }
                Shape::Same(inner) => inner,
                Shape::Name(name) => names.only(name)?,
                _ => return None,
            };
        }
        None
    }

    /// Every string of the text that is not a part of another: its bytes and what it says.
    pub fn strings<'t>(&'t self, names: &Names<'t, 's>) -> Vec<(Range<usize>, String)> {
        let mut found = Vec::new();
        let mut nodes = self.tree.nodes();
        while let Some(node) = nodes.next() {
            let is_string = match self.reader.shape(node) {
                Shape::Text(_) => node.is_named(),
                Shape::Joined(_) => true,
                _ => false,
            };
            if is_string {
                nodes.skip_children();
                if let Some(text) = self.string(names, node) {
                    found.push((node.byte_range(), text));
                }
            }
        }
        found
    }

    /// The nodes around a node, the nearest first.
    pub fn around<'t>(&self, node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(node.parent(), Node::parent)
    }

    /// Whether a node is a function.
    pub fn is_function(&self, node: Node<'_>) -> bool {
        matches!(self.reader.deed(node), Deed::Function(_))
            || matches!(node.kind(), "method" | "function_item")
    }
}

impl<'t, 's> Names<'t, 's> {
    /// A chain's names from the module on, joined by dots: `datetime.datetime.now` for `dt.now()` after
    /// `from datetime import datetime as dt`. What was not imported is as written.
    pub fn path(&self, chain: &Chain<'t, 's>) -> String {
        let mut path = match self.import(chain.root) {
            Some(Import { module, item: Some(item), .. }) => format!("{module}.{item}"),
            Some(Import { module, item: None, .. }) => module.clone(),
            None => chain.root.to_owned(),
        };
        for link in chain.links.iter().filter(|link| !link.name.is_empty()) {
            path.push('.');
            path += link.name;
        }
        path
    }

    /// What a name is bound to, where that happens once and to something that is written out.
    pub fn only(&self, name: &str) -> Option<Node<'t>> {
        match self.bound.get(name)?.as_slice() {
            [Some(value)] => Some(*value),
            _ => None,
        }
    }

    /// Everything that a name is bound to and that is written out.
    pub fn all(&self, name: &str) -> impl Iterator<Item = Node<'t>> {
        self.bound.get(name).into_iter().flatten().filter_map(|value| *value)
    }

    /// The type that a name is written with.
    pub fn written_type(&self, name: &str) -> Option<&'s str> {
        self.types.get(name).copied()
    }

    /// The import that a name comes from.
    pub fn import(&self, name: &str) -> Option<&Import> {
        self.imports.get(name)
    }

    /// Every import.
    pub fn imports(&self) -> impl Iterator<Item = &Import> {
        self.imports.values()
    }
}

/// A whole number in any of the forms of the languages.
fn whole(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let plain = plain.trim_end_matches(['n', 'u', 'i', 'L']);
    if let Ok(number) = plain.parse() {
        return Some(number);
    }
    let float: f64 = plain.parse().ok().filter(|_| plain.contains(['e', 'E']))?;
    (float.fract() == 0.0 && (0.0..1e15).contains(&float)).then_some(float as u64)
}

#[cfg(test)]
mod tests;
