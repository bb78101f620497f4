//! The exported declarations of a Go file, with types in one spelling.

use std::ops::Range;

use crate::read::syntax::{self, Language, Node, children, parts, text};
use crate::undecided::Undecided;

/// Types nested deeper are written as a blank.
const MAX_DEPTH: usize = 32;

/// The declarations at the top of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The name in its `package` clause.
    pub package: String,
    /// Whether it is built on some systems only, or never: a build constraint in its text.
    pub is_constrained: bool,
    /// Whether the grammar accepts the whole text.
    pub is_sound: bool,
    /// Its declarations in their order; those of types that are not exported too.
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The type that it belongs to, of a method or field.
    pub owner: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The bytes of its name.
    pub range: Range<usize>,
}

/// What a declaration is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A function, a method, or a method that an interface asks for.
    Function(Signature),
    /// A type.
    Type(Form),
    /// A field of a struct, with its type.
    Field(String),
    /// A constant or variable.
    Value,
}

/// The shape of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A struct or interface whose members are all written here.
    Whole,
    /// A struct or interface that takes members from others.
    Embedding,
    /// Another name for a type.
    Alias,
    /// Made from a named type, whose members it may have.
    Named,
    /// Made from a basic type, a list, a map, a channel, a function.
    Plain,
}

/// The types of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Of the parameters; a variadic one begins with `...`.
    pub parameters: Vec<String>,
    /// Of the results.
    pub results: Vec<String>,
    /// The names of its type parameters.
    pub generics: Vec<String>,
}

impl Item {
    /// The name as others write it, with its type.
    pub fn path(&self) -> String {
        self.owner.as_ref().map_or_else(|| self.name.clone(), |owner| format!("{owner}.{}", self.name))
    }

    /// Whether other packages can name it.
    pub fn is_exported(&self) -> bool {
        let capital = |name: &str| name.starts_with(char::is_uppercase);
        capital(&self.name) && self.owner.as_deref().is_none_or(capital)
    }
}

/// Reads the declarations of a text.
pub fn read(source: &str) -> Result<File, Undecided> {
    let tree = syntax::parse(Language::Go, source)?;
    let root = tree.root();
    let mut file = File { is_sound: tree.is_sound(), ..File::default() };
    file.is_constrained = children(root).take_while(|n| n.kind() == "comment").any(|n| {
        let text = text(n, source);
        text.starts_with("//go:build") || text.starts_with("// +build")
    });
    let mut reader = Reader { source, items: Vec::new() };
    for node in parts(root) {
        match node.kind() {
            "package_clause" => {
                file.package = parts(node).next().map_or("", |n| text(n, source)).to_owned();
            }
            "function_declaration" => reader.function(node, None),
            "method_declaration" => {
                if let Some(owner) = receiver(node, source) {
                    reader.function(node, Some(owner));
                }
            }
            "type_declaration" => parts(node).for_each(|spec| reader.type_spec(spec)),
            "const_declaration" | "var_declaration" => reader.values(node),
            _ => {}
        }
    }
    file.items = reader.items;
    Ok(file)
}

/// The name of the type that a method is of.
fn receiver<'s>(method: Node<'_>, source: &'s str) -> Option<&'s str> {
    let list = method.child_by_field_name("receiver")?;
    let name = syntax::below(list).find(|n| n.kind() == "type_identifier")?;
    Some(text(name, source))
}

struct Reader<'s> {
    source: &'s str,
    items: Vec<Item>,
}

impl<'s> Reader<'s> {
    fn add(&mut self, owner: Option<&str>, name: Node<'_>, kind: Kind) {
        let (owner, range) = (owner.map(str::to_owned), name.byte_range());
        self.items.push(Item { owner, name: text(name, self.source).to_owned(), kind, range });
    }

    fn function(&mut self, node: Node<'_>, owner: Option<&str>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let mut signature = Signature {
            parameters: types(node.child_by_field_name("parameters"), self.source, 0),
            results: results(node, self.source, 0),
            generics: Vec::new(),
        };
        let list = node.child_by_field_name("type_parameters").into_iter().flat_map(parts);
        signature.generics = list.flat_map(names).map(|n| text(n, self.source).to_owned()).collect();
        self.add(owner, name, Kind::Function(signature));
    }

    fn type_spec(&mut self, spec: Node<'_>) {
        let (Some(name), Some(shape)) = (spec.child_by_field_name("name"), spec.child_by_field_name("type"))
        else {
            return;
        };
        let owner = text(name, self.source);
        let form = match (spec.kind(), shape.kind()) {
            ("type_alias", _) => Form::Alias,
            (_, "struct_type" | "interface_type") => self.members(owner, shape),
            (_, "type_identifier" | "qualified_type" | "generic_type") => {
                let basic = is_basic(text(shape, self.source));
                if basic { Form::Plain } else { Form::Named }
            }
            _ => Form::Plain,
        };
        self.add(None, name, Kind::Type(form));
    }

    fn members(&mut self, owner: &str, shape: Node<'_>) -> Form {
        let mut form = Form::Whole;
        let list = parts(shape).find(|n| n.kind() == "field_declaration_list");
        for member in list.into_iter().flat_map(parts).chain(parts(shape)) {
            match member.kind() {
                "field_declaration" => {
                    let written = member.child_by_field_name("type").map(|n| written(n, self.source, 0));
                    let fields = names(member);
                    if fields.is_empty() {
                        form = Form::Embedding;
                    }
                    for name in fields {
                        self.add(Some(owner), name, Kind::Field(written.clone().unwrap_or_default()));
                    }
                }
                "method_elem" => self.function(member, Some(owner)),
                "field_declaration_list" => {}
                _ => form = Form::Embedding,
            }
        }
        form
    }

    fn values(&mut self, declaration: Node<'_>) {
        let specs = parts(declaration).flat_map(|n| {
            let inner: Vec<_> = if n.kind() == "var_spec_list" { parts(n).collect() } else { vec![n] };
            inner
        });
        for name in specs.flat_map(names).filter(|n| n.kind() == "identifier") {
            self.add(None, name, Kind::Value);
        }
    }
}

/// Whether a type's name is one of the language's own for plain values.
pub fn is_basic(name: &str) -> bool {
    const BASIC: [&str; 20] = [
        "bool",
        "byte",
        "complex128",
        "complex64",
        "float32",
        "float64",
        "int",
        "int16",
        "int32",
        "int64",
        "int8",
        "rune",
        "string",
        "uint",
        "uint16",
        "uint32",
        "uint64",
        "uint8",
        "uintptr",
        "unsafe.Pointer",
    ];
    BASIC.contains(&name)
}

fn names(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children_by_field_name("name", &mut cursor).filter(|n| n.is_named()).collect()
}

/// The types of a list of parameters, one for each name.
fn types(list: Option<Node<'_>>, source: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for node in list.into_iter().flat_map(parts) {
        let dots = if node.kind() == "variadic_parameter_declaration" { "..." } else { "" };
        let written = node.child_by_field_name("type").map_or(String::new(), |n| written(n, source, depth));
        let count = names(node).len().max(1);
        found.extend(std::iter::repeat_n(format!("{dots}{written}"), count));
    }
    found
}

fn results(function: Node<'_>, source: &str, depth: usize) -> Vec<String> {
    match function.child_by_field_name("result") {
        None => Vec::new(),
        Some(list) if list.kind() == "parameter_list" => types(Some(list), source, depth),
        Some(single) => vec![written(single, source, depth)],
    }
}

/// A type in one spelling: without the package that a name comes from, without names of parameters and comments.
fn written(node: Node<'_>, source: &str, depth: usize) -> String {
    if depth > MAX_DEPTH {
        return "_".to_owned();
    }
    match node.kind() {
        "comment" | "tag" => String::new(),
        "qualified_type" => node.child_by_field_name("name").map_or("", |n| text(n, source)).to_owned(),
        "parenthesized_type" => {
            parts(node).next().map_or(String::new(), |inner| written(inner, source, depth + 1))
        }
        "interface_type" if parts(node).next().is_none() => "any".to_owned(),
        "function_type" => {
            let parameters = types(node.child_by_field_name("parameters"), source, depth + 1);
            let results = results(node, source, depth + 1);
            format!("func({}) ({})", parameters.join(", "), results.join(", "))
        }
        _ if node.child_count() == 0 => text(node, source).trim().to_owned(),
        _ => {
            let inner = children(node).map(|n| written(n, source, depth + 1));
            inner.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signature(source: &str) -> Signature {
        let file = read(&format!("package a\n{source}\n")).unwrap();
        match &file.items[0].kind {
            Kind::Function(signature) => signature.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_signature_is_the_same_however_it_is_spelled() {
        let plain = signature("func F(a int, b int, c func(int) error, d any) (string, error) {}");
        let other =
            signature("func F(x, y int, c func(n int) (err error), d interface{}) (s string, err error) {}");
        assert_eq!(plain, other);
        assert_eq!(plain.parameters, ["int", "int", "func(int) (error)", "any"]);
        assert_eq!(signature("func F(a ...io.Reader)").parameters, ["...Reader"]);
        assert_eq!(signature("func F[K, V any](m map[K]V)").generics, ["K", "V"]);
    }

    #[test]
    fn members_stand_with_their_types() {
        let source = "package a\n\ntype T struct {\n\tA, B int `json:\"a\"`\n\tinner bool\n}\n\nfunc (t *T) M() {}\n\n\
                      type I interface {\n\tDo(string) error\n}\n\ntype E struct{ T }\n\nvar (\n\tX = 1\n\tY int\n)\n\n\
                      type N = T\ntype O T\ntype P []string\n";
        let file = read(source).unwrap();
        let exported: Vec<String> = file.items.iter().filter(|i| i.is_exported()).map(Item::path).collect();
        assert_eq!(exported, ["T.A", "T.B", "T", "T.M", "I.Do", "I", "E", "X", "Y", "N", "O", "P"]);
        let form = |name: &str| {
            let item = file.items.iter().find(|i| i.owner.is_none() && i.name == name).unwrap();
            match item.kind {
                Kind::Type(form) => form,
                _ => panic!("{name} is no type"),
            }
        };
        assert_eq!(
            ["T", "E", "N", "O", "P"].map(form),
            [Form::Whole, Form::Embedding, Form::Alias, Form::Named, Form::Plain]
        );
    }

    #[test]
    fn build_constraints_are_seen_and_broken_text_is_no_panic() {
        assert!(read("//go:build linux\n\npackage a\n").unwrap().is_constrained);
        assert!(!read("package a\n\n//go:build linux\n").unwrap().is_constrained);
        let file = read("package a\nfunc F(\ntype T struct {\n").unwrap();
        assert!(!file.is_sound);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,120}", words in "(func F|type T |struct|interface|[(){}\\[\\]*,]| |\n|int){0,60}") {
            let _ = (read(&text), read(&words));
        }
    }
}
