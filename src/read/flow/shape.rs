//! What a node of a syntax tree is, said in one way for all languages.

use std::borrow::Cow;

use crate::read::syntax::{Language, Node, children, parts, text};

use super::{go, javascript, python, ruby, rust};

/// An expression.
pub(super) enum Shape<'t, 's> {
    Name(&'s str),
    Member(Node<'t>, &'s str),
    Index(Node<'t>, Node<'t>),
    /// A part of a text or list.
    Slice(Node<'t>),
    Call(Call<'t, 's>),
    Text(Cow<'s, str>),
    /// A text put together from pieces.
    Joined(Vec<Node<'t>>),
    List(Vec<Node<'t>>),
    /// Fields by their names; one without a name is another record taken in.
    Record(Vec<(Option<Cow<'s, str>>, Node<'t>)>),
    /// One of them.
    Either(Vec<Node<'t>>),
    /// The same value as another node.
    Same(Node<'t>),
    /// Truth values, numbers, comparisons, functions: nothing that could hold a text.
    Clean,
    Other,
}

/// A call as written: `receiver.name(arguments)`.
pub(super) struct Call<'t, 's> {
    pub(super) receiver: Option<Node<'t>>,
    pub(super) name: &'s str,
    pub(super) arguments: Vec<Given<'t, 's>>,
    pub(super) constructs: bool,
}

pub(super) struct Given<'t, 's> {
    pub(super) name: Option<Cow<'s, str>>,
    pub(super) value: Node<'t>,
}

/// What a node does to the names around it.
pub(super) enum Deed<'t, 's> {
    Function(Function<'t, 's>),
    /// Targets with their values.
    Bind(Vec<(Node<'t>, Node<'t>)>),
    /// Several targets take what one call gives.
    Spread(Vec<Node<'t>>, Node<'t>),
    /// Something is added to what the target holds.
    Add(Node<'t>, Node<'t>),
    /// The target takes each item in turn.
    Loop(Node<'t>, Node<'t>),
    Return(Node<'t>),
    None,
}

pub(super) struct Function<'t, 's> {
    pub(super) name: Option<&'s str>,
    pub(super) parameters: Vec<Parameter<'t>>,
    /// The expression that is its whole body.
    pub(super) gives: Option<Node<'t>>,
}

pub(super) struct Parameter<'t> {
    pub(super) target: Node<'t>,
    /// Of a type that can hold no secret.
    pub(super) clean: bool,
}

/// A language with the text of a tree.
#[derive(Clone, Copy)]
pub(super) struct Reader<'s> {
    pub(super) language: Language,
    pub(super) source: &'s str,
}

impl<'s> Reader<'s> {
    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        text(node, self.source)
    }

    pub(super) fn shape<'t>(&self, node: Node<'t>) -> Shape<'t, 's> {
        match self.language {
            Language::Python => python::shape(self, node),
            Language::Go => go::shape(self, node),
            Language::Ruby => ruby::shape(self, node),
            Language::Rust => rust::shape(self, node),
            Language::JavaScript | Language::TypeScript | Language::Tsx => javascript::shape(self, node),
        }
    }

    pub(super) fn deed<'t>(&self, node: Node<'t>) -> Deed<'t, 's> {
        match self.language {
            Language::Python => python::deed(self, node),
            Language::Go => go::deed(self, node),
            Language::Ruby => ruby::deed(self, node),
            Language::Rust => rust::deed(self, node),
            Language::JavaScript | Language::TypeScript | Language::Tsx => javascript::deed(self, node),
        }
    }

    /// The call of what stands in front of the arguments.
    pub(super) fn call<'t>(
        &self,
        callee: Node<'t>,
        arguments: Vec<Given<'t, 's>>,
        constructs: bool,
    ) -> Shape<'t, 's> {
        let (receiver, name) = match self.shape(callee) {
            Shape::Name(name) => (None, name),
            Shape::Member(of, name) => (Some(of), name),
            _ => (Some(callee), ""),
        };
        Shape::Call(Call { receiver, name, arguments, constructs })
    }
}

pub(super) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

pub(super) fn first(node: Node<'_>) -> Option<Node<'_>> {
    parts(node).next()
}

pub(super) fn same(node: Option<Node<'_>>) -> Shape<'_, 'static> {
    node.map_or(Shape::Other, Shape::Same)
}

pub(super) fn operator<'s>(reader: &Reader<'s>, node: Node<'_>) -> &'s str {
    field(node, "operator").map_or("", |operator| reader.text(operator))
}

/// Text between quotes: what is not a quote, as written.
pub(super) fn quoted<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    let mut content = children(node)
        .filter(|n| n.is_named() && !n.kind().ends_with("_start") && !n.kind().ends_with("_end"));
    let one = content.next();
    match (one, content.next()) {
        (None, _) => Shape::Text(Cow::Borrowed("")),
        (Some(one), None) => Shape::Text(Cow::Borrowed(reader.text(one))),
        _ => {
            let whole = children(node)
                .filter(|n| n.is_named() && !n.kind().ends_with("_start") && !n.kind().ends_with("_end"));
            Shape::Text(Cow::Owned(whole.map(|n| reader.text(n)).collect()))
        }
    }
}

pub(super) fn given<'t, 's>(value: Node<'t>) -> Given<'t, 's> {
    Given { name: None, value }
}
