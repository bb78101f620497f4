//! Where a source file reads environment variables, and whether it can do without each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::read::syntax::{self, Language, Node, children, parts};
use crate::undecided::Undecided;

use super::{is_object, is_variable_call, names};

mod usage;

use usage::Use;

/// A variable that a file reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Its name.
    pub name: String,
    /// The bytes of the reading expression.
    pub range: Range<usize>,
    /// Whether the file has something else to go by where the variable is not set: a default, a second choice, a
    /// condition that asks for it.
    pub is_optional: bool,
}

/// What a file has to do with the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// What it reads, in the order of the text.
    pub reads: Vec<Read>,
    /// The names that it sets itself.
    pub sets: BTreeSet<String>,
}

impl Reads {
    /// Whether it reads the name.
    pub fn reads(&self, name: &str) -> bool {
        self.reads.iter().any(|read| read.name == name)
    }

    /// The first read of each name of which every read is bare of anything else to go by, with names that are sound.
    pub fn needed(&self) -> Vec<&Read> {
        let mut seen = BTreeSet::new();
        let mut needed: Vec<&Read> = self.reads.iter().filter(|read| seen.insert(&read.name)).collect();
        needed.retain(|first| {
            let optional = self.reads.iter().any(|read| read.name == first.name && read.is_optional);
            !optional && names::is_sound(&first.name) && !self.sets.contains(&first.name)
        });
        needed
    }
}

/// One of these stands in whatever reads the environment, or reads it through a library's function.
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = ["env", "ENV", "Env", "decouple"];
    AhoCorasick::new(words).expect("the words are literals")
});

/// Whether a text may read the environment at all: worth a look before it is parsed.
pub fn may_read(text: &str) -> bool {
    WORDS.is_match(text)
}

/// What a text reads. One that the grammar rejects in part is read as far as it goes.
pub fn read(language: Language, text: &str) -> Result<Reads, Undecided> {
    if !may_read(text) {
        return Ok(Reads::default());
    }
    let tree = syntax::parse(language, text)?;
    let mut reader =
        Reader { language, text, objects: BTreeSet::new(), bound: BTreeMap::new(), found: Reads::default() };
    let mut nodes = tree.nodes();
    let words = Places::of(&WORDS, text);
    // What reads under a name of the file's own holds none of the words.
    let named = text.contains("decouple");
    while let Some(node) = nodes.next() {
        let is_silent = !named && reader.objects.is_empty() && !words.are_in(node);
        if is_silent || reader.is_test(node) {
            nodes.skip_children();
            continue;
        }
        reader.visit(node);
    }
    let Ok(bound) = AhoCorasick::new(reader.bound.keys()) else { return Ok(reader.found) };
    let bound = Places::of(&bound, text);
    let mut nodes = tree.nodes();
    while let Some(node) = nodes.next() {
        if !bound.are_in(node) {
            nodes.skip_children();
        } else if node.kind() == "identifier" {
            reader.mention(node);
        }
    }
    Ok(reader.found)
}

/// The bytes at which words stand, in order: what holds none of them need not be walked through.
struct Places(Vec<usize>);

impl Places {
    fn of(words: &AhoCorasick, text: &str) -> Self {
        Self(words.find_overlapping_iter(text).map(|found| found.start()).collect())
    }

    fn are_in(&self, node: Node<'_>) -> bool {
        let next = self.0.partition_point(|at| *at < node.start_byte());
        self.0.get(next).is_some_and(|at| *at < node.end_byte())
    }
}

struct Reader<'t> {
    language: Language,
    text: &'t str,
    /// The local names of the object that holds the environment.
    objects: BTreeSet<&'t str>,
    /// The variables of the environment that a local name holds.
    bound: BTreeMap<&'t str, BTreeSet<String>>,
    found: Reads,
}

impl<'t> Reader<'t> {
    fn of(&self, node: Node<'_>) -> &'t str {
        syntax::text(node, self.text)
    }

    fn is_script(&self) -> bool {
        matches!(self.language, Language::JavaScript | Language::TypeScript | Language::Tsx)
    }

    /// The words of a path, apart by dots, without white space.
    fn path(&self, node: Node<'_>) -> String {
        if node.byte_range().len() > 80 {
            return String::new();
        }
        let bare: String = self.of(node).chars().filter(|c| !c.is_whitespace() && *c != '!').collect();
        bare.replace("::", ".").replace("?.", ".")
    }

    fn is_environment(&self, node: Node<'_>) -> bool {
        let path = self.path(node);
        is_object(self.language, &path) || self.objects.contains(path.as_str())
    }

    /// Whether the node is a test inside of a file of the product.
    fn is_test(&self, node: Node<'_>) -> bool {
        self.language == Language::Rust
            && node.kind() == "mod_item"
            && node.child_by_field_name("name").is_some_and(|name| matches!(self.of(name), "tests" | "test"))
    }

    fn visit(&mut self, node: Node<'_>) {
        match node.kind() {
            "member_expression" => {
                let (Some(object), Some(name)) = (field(node, "object"), field(node, "property")) else {
                    return;
                };
                if self.is_environment(object) {
                    self.take(node, self.of(name).to_owned());
                }
            }
            "subscript_expression" => self.index(node, field(node, "object"), field(node, "index")),
            "subscript" => self.index(node, field(node, "value"), field(node, "subscript")),
            "element_reference" => {
                let mut inner = parts(node);
                let (object, index) = (inner.next(), inner.next());
                self.index(node, object, index);
            }
            "call_expression" | "call" => self.call(node),
            "macro_invocation" => self.macro_call(node),
            "variable_declarator" => {
                if let (Some(target), Some(value)) = (field(node, "name"), field(node, "value")) {
                    self.declared(target, value);
                }
            }
            "assignment" if self.language == Language::Python => {
                if let (Some(target), Some(value)) = (field(node, "left"), field(node, "right"))
                    && target.kind() == "identifier"
                    && self.is_environment(value)
                {
                    self.objects.insert(self.of(target));
                }
            }
            "import_statement" if self.is_script() => self.import(node),
            _ => {}
        }
    }

    fn index(&mut self, node: Node<'_>, object: Option<Node<'_>>, index: Option<Node<'_>>) {
        let (Some(object), Some(index)) = (object, index) else { return };
        if self.is_environment(object)
            && let Some(name) = self.literal(index)
        {
            self.take(node, name);
        }
    }

    /// The content of a string without holes.
    fn literal(&self, node: Node<'_>) -> Option<String> {
        if !matches!(
            node.kind(),
            "string"
                | "string_literal"
                | "interpreted_string_literal"
                | "raw_string_literal"
                | "template_string"
        ) {
            return None;
        }
        let text = self.of(node).trim_start_matches(['b', 'r', 'u']);
        let inner = text.trim_matches(['"', '\'', '`']);
        names::is_sound(inner).then(|| inner.to_owned())
    }

    fn call(&mut self, node: Node<'_>) {
        let path = match (field(node, "function"), field(node, "receiver"), field(node, "method")) {
            (Some(function), ..) => self.path(function),
            (None, Some(receiver), Some(method)) => format!("{}.{}", self.path(receiver), self.of(method)),
            _ => return,
        };
        let Some(arguments) = field(node, "arguments") else { return };
        let mut given = parts(arguments);
        let Some(name) = given.next().and_then(|first| self.literal(first)) else { return };
        let more = given.next();
        let sets = matches!(
            path.as_str(),
            "os.environ.setdefault"
                | "environ.setdefault"
                | "os.putenv"
                | "os.Setenv"
                | "Deno.env.set"
                | "env.set_var"
                | "std.env.set_var"
                | "ENV.store"
        );
        if sets {
            self.found.sets.insert(name);
            return;
        }
        let typed = self.language == Language::Python && path.starts_with("env.")
            || path == "config" && self.text.contains("decouple");
        let aliased = path.rsplit_once('.').is_some_and(|(object, method)| {
            matches!(method, "get" | "fetch") && self.objects.contains(object)
        });
        let path = path.strip_prefix("std.env.").map_or(path.clone(), |rest| format!("env.{rest}"));
        if !(is_variable_call(&path) || typed || aliased || path == "syscall.Getenv") {
            return;
        }
        let block = field(node, "block").is_some();
        let nothing = |node: Node<'_>| {
            matches!(node.kind(), "none" | "nil" | "null") || self.of(node) == "default=None"
        };
        let optional = block
            || path == "os.LookupEnv"
            || path == "option_env"
            || more.is_some_and(|more| !nothing(more));
        if optional {
            self.found.reads.push(Read { name, range: node.byte_range(), is_optional: true });
        } else {
            self.take(node, name);
        }
    }

    /// `env!("X")` and `option_env!("X")`.
    fn macro_call(&mut self, node: Node<'_>) {
        let Some(name) = field(node, "macro").map(|name| self.path(name)) else { return };
        if !matches!(name.as_str(), "env" | "std.env" | "option_env" | "std.option_env") {
            return;
        }
        let tokens = children(node).find(|n| n.kind() == "token_tree");
        let variable = tokens.and_then(|tokens| parts(tokens).next()).and_then(|first| self.literal(first));
        if let Some(variable) = variable {
            let is_optional = name.ends_with("option_env");
            self.found.reads.push(Read { name: variable, range: node.byte_range(), is_optional });
        }
    }

    /// `const { A, b: c } = process.env`, and the environment under another name.
    fn declared(&mut self, target: Node<'_>, value: Node<'_>) {
        let whole = self.is_environment(value);
        match target.kind() {
            "identifier" if whole => {
                self.objects.insert(self.of(target));
            }
            "object_pattern" if whole => {
                for entry in parts(target) {
                    let (key, local, has_default) = match entry.kind() {
                        "shorthand_property_identifier_pattern" => (entry, Some(entry), false),
                        "object_assignment_pattern" => match field(entry, "left") {
                            Some(left) => (left, Some(left), true),
                            None => continue,
                        },
                        "pair_pattern" => match (field(entry, "key"), field(entry, "value")) {
                            (Some(key), Some(value)) => {
                                (key, Some(value), value.kind() == "assignment_pattern")
                            }
                            _ => continue,
                        },
                        _ => continue,
                    };
                    let name = self.of(key).trim_matches(['"', '\'']).to_owned();
                    if let Some(local) = local {
                        self.bound.entry(self.of(local)).or_default().insert(name.clone());
                    }
                    let range = key.byte_range();
                    self.found.reads.push(Read { name, range, is_optional: has_default });
                }
            }
            "object_pattern" if self.path(value) == "process" => {
                let env = parts(target).find(|entry| self.of(*entry) == "env");
                self.objects.extend(env.map(|env| self.of(env)));
            }
            _ => {}
        }
    }

    /// SvelteKit hands out variables as imports; Node hands out the whole environment so.
    fn import(&mut self, node: Node<'_>) {
        let source =
            field(node, "source").map(|source| self.of(source).trim_matches(['"', '\''])).unwrap_or_default();
        let (fixed, whole) = (
            source.starts_with("$env/static/"),
            source.starts_with("$env/dynamic/") || source == "node:process",
        );
        if !fixed && !whole {
            return;
        }
        for specifier in syntax::below(node).filter(|n| n.kind() == "import_specifier") {
            let Some(name) = field(specifier, "name") else { continue };
            let local = field(specifier, "alias").unwrap_or(name);
            if fixed {
                let (name, range) = (self.of(name).to_owned(), specifier.byte_range());
                self.found.reads.push(Read { name, range, is_optional: false });
            } else if self.of(name) == "env" {
                self.objects.insert(self.of(local));
            }
        }
    }

    fn take(&mut self, node: Node<'_>, name: String) {
        match usage::of(self.language, self.text, node) {
            Use::Set => {
                self.found.sets.insert(name);
            }
            Use::Asked => {
                self.found.reads.push(Read { name, range: node.byte_range(), is_optional: true });
            }
            Use::Bound(local) => {
                self.bound.entry(self.of(local)).or_default().insert(name.clone());
                self.found.reads.push(Read { name, range: node.byte_range(), is_optional: false });
            }
            Use::Plain => {
                self.found.reads.push(Read { name, range: node.byte_range(), is_optional: false });
            }
        }
    }

    /// What is done with a local name is done with the variables that it holds.
    fn mention(&mut self, node: Node<'_>) {
        let Some(names) = self.bound.get(self.of(node)) else { return };
        if matches!(usage::of(self.language, self.text, node), Use::Asked) {
            for read in &mut self.found.reads {
                read.is_optional |= names.contains(&read.name);
            }
        }
    }
}

fn field<'n>(node: Node<'n>, name: &str) -> Option<Node<'n>> {
    node.child_by_field_name(name)
}

#[cfg(test)]
mod tests;
