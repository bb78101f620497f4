//! Functions by their syntax: local names by their order, literals by their kind, all else as written.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::hashed;
use crate::read::syntax::{self, Language, Node, children};

/// So many tokens make a shingle.
const SHINGLE: usize = 3;

/// A function with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name; empty where it has none.
    pub name: String,
    /// The class, type or `impl` that it belongs to; empty where it belongs to none.
    pub class: String,
    /// Its bytes.
    pub range: Range<usize>,
    /// How many tokens its parameters and body have, without types where they are optional.
    pub tokens: usize,
    /// Names of properties, of types and of functions that it calls, each once.
    pub names: BTreeSet<String>,
    /// The words of its strings and its numbers, each once.
    pub literals: BTreeSet<String>,
    /// Marks that tell branches of a table: `case`, arms, entries of literals.
    pub entries: usize,
    /// Fields of its own object that it sets.
    pub sets: usize,
    /// Whether it is marked as asynchronous.
    pub is_async: bool,
    shingles: Vec<u64>,
}

impl Function {
    /// How alike two functions are: shared shingles over all, from 0 to 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        let shared = super::shared(&self.shingles, &other.shingles);
        let all = self.shingles.len() + other.shingles.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }
}

const FUNCTIONS: [&str; 11] = [
    "arrow_function",
    "function_declaration",
    "function_definition",
    "function_expression",
    "function_item",
    "generator_function",
    "generator_function_declaration",
    "method",
    "method_declaration",
    "method_definition",
    "singleton_method",
];
const CLASSES: [&str; 9] = [
    "abstract_class_declaration",
    "class",
    "class_declaration",
    "class_definition",
    "impl_item",
    "interface_declaration",
    "module",
    "singleton_class",
    "trait_item",
];
/// Where names are bound: the kind of node and the field that holds them.
const BINDERS: [(&str, &str); 26] = [
    ("arrow_function", "parameter"),
    ("as_pattern", "alias"),
    ("assignment", "left"),
    ("block", "parameters"),
    ("catch_clause", "parameter"),
    ("closure_expression", "parameters"),
    ("const_spec", "name"),
    ("do_block", "parameters"),
    ("exception_variable", ""),
    ("for_expression", "pattern"),
    ("for_in_clause", "left"),
    ("for_in_statement", "left"),
    ("for_statement", "left"),
    ("function_definition", "parameters"),
    ("lambda", "parameters"),
    ("let_condition", "pattern"),
    ("let_declaration", "pattern"),
    ("match_arm", "pattern"),
    ("named_expression", "name"),
    ("parameter", "pattern"),
    ("parameter_declaration", "name"),
    ("range_clause", "left"),
    ("short_var_declaration", "left"),
    ("var_spec", "name"),
    ("variable_declarator", "name"),
    ("required_parameter", "pattern"),
];

/// The functions of a tree that have a name, in the order of the text. Those inside of others are part of them.
pub fn of(language: Language, root: Node<'_>, text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut nodes = syntax::below(root);
    let mut classes: Vec<(usize, String)> = Vec::new();
    while let Some(node) = nodes.next() {
        while classes.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
            classes.pop();
        }
        if CLASSES.contains(&node.kind()) && node.is_named() && node.parent().is_some() {
            let name = ["name", "type"].iter().find_map(|field| node.child_by_field_name(field));
            classes.push((node.end_byte(), name.map_or("", |n| syntax::text(n, text)).to_owned()));
        }
        if !FUNCTIONS.contains(&node.kind()) {
            continue;
        }
        let (Some(name), Some(_)) = (name(node), node.child_by_field_name("body")) else { continue };
        let class = match node.child_by_field_name("receiver").filter(|_| language == Language::Go) {
            Some(receiver) => syntax::text(receiver, text).to_owned(),
            None => classes.last().map(|(_, name)| name.clone()).unwrap_or_default(),
        };
        found.push(read(node, syntax::text(name, text).to_owned(), class, text));
        nodes.skip_children();
    }
    found
}

/// The name of a function, its own or that of what holds it.
fn name(node: Node<'_>) -> Option<Node<'_>> {
    if let Some(name) = node.child_by_field_name("name") {
        return Some(name);
    }
    let holder = node.parent()?;
    let field = match holder.kind() {
        "variable_declarator" | "public_field_definition" => "name",
        "field_definition" => "property",
        "pair" => "key",
        _ => return None,
    };
    holder.child_by_field_name(field)
}

fn read(node: Node<'_>, name: String, class: String, text: &str) -> Function {
    let locals = locals(node, text);
    let mut function = Function {
        name,
        class,
        range: node.byte_range(),
        tokens: 0,
        names: BTreeSet::new(),
        literals: BTreeSet::new(),
        entries: 0,
        sets: 0,
        is_async: children(node).any(|n| n.kind() == "async"),
        shingles: Vec::new(),
    };
    let mut row: Vec<u64> = Vec::new();
    let mut order: HashMap<&str, usize> = HashMap::new();
    for part in ["parameters", "parameter", "body"].iter().filter_map(|field| node.child_by_field_name(field))
    {
        let mut nodes = syntax::below(part);
        while let Some(node) = nodes.next() {
            let word = || syntax::text(node, text);
            match node.kind() {
                "type_annotation" | "type_arguments" | "type_parameters" | "comment" | "line_comment"
                | "block_comment" => {
                    nodes.skip_children();
                    continue;
                }
                // Python's annotations; elsewhere the word names a keyword.
                "type" if node.is_named() => {
                    nodes.skip_children();
                    continue;
                }
                "case_clause" | "switch_case" | "expression_case" | "match_arm" | "when" | "pair" => {
                    function.entries += 1
                }
                "assignment" | "assignment_expression" => {
                    function.sets += usize::from(sets_field(node, text))
                }
                _ => {}
            }
            if node.child_count() > 0 && !is_literal(node.kind()) {
                continue;
            }
            let kind = node.kind();
            let hash = if is_literal(kind) {
                if !matches!(word(), "0" | "1" | "" | "2") {
                    function.literals.insert(word().trim_matches(['"', '\'', '`']).to_owned());
                }
                // A template holds code besides its words.
                if matches!(kind, "template_string" | "string")
                    && children(node)
                        .any(|n| n.kind().contains("substitution") || n.kind() == "interpolation")
                {
                    hashed("template")
                } else {
                    nodes.skip_children();
                    hashed(if kind.contains("string") || kind == "jsx_text" { "text" } else { "number" })
                }
            } else if !node.is_named() {
                if matches!(kind, ";" | ",") {
                    continue;
                }
                hashed(kind)
            } else if is_name(kind) {
                let name = word();
                if kind.contains("identifier")
                    && !kind.starts_with("property")
                    && !kind.starts_with("field")
                    && locals.contains(name)
                {
                    let next = order.len();
                    hashed(("local", *order.entry(name).or_insert(next)))
                } else {
                    function.names.insert(name.to_owned());
                    hashed(("name", name))
                }
            } else {
                hashed((kind, word()))
            };
            row.push(hash);
        }
    }
    function.tokens = row.len();
    function.shingles = row.windows(SHINGLE).map(hashed).collect();
    function.shingles.sort_unstable();
    function
}

fn is_literal(kind: &str) -> bool {
    matches!(
        kind,
        "string"
            | "template_string"
            | "string_fragment"
            | "string_content"
            | "jsx_text"
            | "string_literal"
            | "raw_string_literal"
            | "interpreted_string_literal"
            | "char_literal"
            | "rune_literal"
            | "number"
            | "integer"
            | "float"
            | "integer_literal"
            | "float_literal"
            | "int_literal"
    )
}

fn is_name(kind: &str) -> bool {
    kind.ends_with("identifier")
        || kind.ends_with("identifier_pattern")
        || matches!(kind, "constant" | "instance_variable" | "simple_symbol")
}

/// The names that a function binds: parameters and local variables, those of inner functions too.
fn locals<'t>(function: Node<'_>, text: &'t str) -> BTreeSet<&'t str> {
    let mut found = BTreeSet::new();
    let names = |node: Node<'_>, found: &mut BTreeSet<&'t str>| {
        let mut nodes = syntax::below(node);
        while let Some(node) = nodes.next() {
            match node.kind() {
                // What is reached through a dot is no name of its own, and a default is an expression.
                "attribute"
                | "member_expression"
                | "selector_expression"
                | "call"
                | "subscript"
                | "type"
                | "type_annotation"
                | "field_expression"
                | "scoped_identifier" => nodes.skip_children(),
                "identifier" | "shorthand_property_identifier_pattern" | "shorthand_field_identifier" => {
                    found.insert(syntax::text(node, text));
                }
                _ => {}
            }
        }
    };
    if let Some(parameters) = function.child_by_field_name("parameters") {
        names(parameters, &mut found);
    }
    for node in syntax::below(function) {
        for (kind, field) in BINDERS {
            if kind == node.kind()
                && let Some(bound) = node.child_by_field_name(field)
            {
                names(bound, &mut found);
            }
        }
    }
    found
}

/// Whether an assignment sets a field of the function's own object.
fn sets_field(assignment: Node<'_>, text: &str) -> bool {
    let left = assignment.child_by_field_name("left").map_or("", |left| syntax::text(left, text));
    ["this.", "self.", "@"].iter().any(|own| left.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::parse;
    use proptest::prelude::*;

    fn first(language: Language, text: &str) -> Function {
        let tree = parse(language, text).unwrap();
        of(language, tree.root(), text).remove(0)
    }

    #[test]
    fn renamed_locals_types_and_other_literals_leave_functions_alike() {
        let one = first(
            Language::TypeScript,
            "function total(items: Item[]) { let sum = 0; for (const item of items) { sum += item.price * 1.19; } return round(sum); }",
        );
        let two = first(
            Language::JavaScript,
            "const cost = (rows) => { let all = 0; for (const row of rows) { all += row.price * 1.07; } return round(all); };",
        );
        assert_eq!((two.name.as_str(), one.tokens), ("cost", two.tokens));
        assert!(one.likeness(&two) > 0.999);
        let other = first(
            Language::JavaScript,
            "function total(items) { let sum = 0; for (const item of items) { sum += item.weight * 1.19; } return floor(sum); }",
        );
        assert!(one.likeness(&other) < 0.85, "{}", one.likeness(&other));
        assert!(one.names.contains("price") && one.names.contains("round") && !one.names.contains("sum"));
    }

    #[test]
    fn functions_of_every_language_have_their_names_and_classes() {
        let names = |language, text: &str| {
            let tree = parse(language, text).unwrap();
            let all = of(language, tree.root(), text);
            all.into_iter().map(|f| format!("{}.{}", f.class, f.name)).collect::<Vec<_>>()
        };
        assert_eq!(
            names(Language::Python, "class A:\n    def f(self):\n        def g(): pass\n\ndef h(): pass\n"),
            ["A.f", ".h"]
        );
        assert_eq!(names(Language::Rust, "impl A { fn f(&self) {} }\nfn g() {}\n"), ["A.f", ".g"]);
        assert_eq!(names(Language::Go, "package a\nfunc (t *T) F() {}\nfunc G() {}\n"), ["(t *T).F", ".G"]);
        assert_eq!(names(Language::Ruby, "class A\n  def f\n    1\n  end\nend\n"), ["A.f"]);
        assert_eq!(
            names(Language::JavaScript, "class A { f() {} g = () => {} }\nlist.map((x) => x);\n"),
            ["A.f", "A.g"]
        );
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_full_for_itself(one in "[a-f=+(); ]{0,60}", two in "[a-f=+(); ]{0,60}") {
            let [a, b] = [one, two].map(|body| {
                let text = format!("function x(a) {{ {body} }}");
                let tree = parse(Language::JavaScript, &text).unwrap();
                of(Language::JavaScript, tree.root(), &text)
            });
            if let (Some(a), Some(b)) = (a.first(), b.first()) {
                prop_assert_eq!(a.likeness(b), b.likeness(a));
                prop_assert!(a.tokens < SHINGLE || (a.likeness(a) - 1.0).abs() < 1e-9);
            }
        }
    }
}
