//! The items of a Rust file with who may see them, by `syn`: modules, imports, types with their members, functions.

use std::ops::Range;

use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::{self, Attribute, Fields, FnArg, GenericParam, Item as Syntax, UseTree};
use crate::read::rust::{self, File as Parsed};
use crate::undecided::Undecided;

use super::rust_types::spelled;

/// Modules nested deeper in one file are not read.
const MAX_DEPTH: usize = 32;

/// What one file declares, modules with braces included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its named items.
    pub items: Vec<Item>,
    /// Its imports, one for each name or `*`.
    pub uses: Vec<Use>,
    /// The methods of its `impl` blocks.
    pub methods: Vec<Method>,
    /// The modules of the file in which a macro writes items; the empty path is the file itself.
    pub open: Vec<Vec<String>>,
}

/// What holds of every declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The modules with braces that it stands in, outermost first.
    pub module: Vec<String>,
    /// Whether it is plainly `pub`.
    pub is_public: bool,
    /// Whether it or a module around it is behind a `cfg`.
    pub is_conditional: bool,
    /// Whether its documentation is hidden: public by name only.
    pub is_hidden: bool,
    /// The bytes of its name.
    pub range: Range<usize>,
}

/// An item with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Where it stands, and who sees it.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// The derives and attributes on it that may write methods: all but the compiler's own.
    pub makers: Vec<String>,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Function(Signature),
    /// A struct with its public fields.
    Struct(Vec<Member>),
    /// An enum with its variants.
    Enum(Vec<Member>),
    /// A trait.
    Trait {
        /// Its methods.
        methods: Vec<(Member, Signature)>,
        /// The names of the traits that it asks for.
        above: Vec<String>,
    },
    /// A module: with braces here, in a file of its own, or in a file that an attribute names.
    Module(Body),
    /// A type alias.
    Alias,
    /// A constant, a static, a union.
    Other,
}

/// Where a module's items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Here.
    Braces,
    /// In the file of its name.
    File,
    /// In a file that an attribute names.
    Elsewhere,
}

/// A part of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name; a number in a tuple.
    pub name: String,
    /// The type of a field; how many and which values a variant holds.
    pub written: String,
    /// The bytes of its name.
    pub range: Range<usize>,
}

/// A function of an `impl` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The name of the type.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The trait that asks for it, of a block that implements one.
    pub of_trait: Option<String>,
    /// Where it stands, and who sees it.
    pub place: Place,
    /// Its types.
    pub signature: Signature,
}

/// The types of a function in one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// How `self` is taken; empty where it is not.
    pub receiver: String,
    /// Of the parameters beside `self`.
    pub parameters: Vec<String>,
    /// Of the result; empty for none.
    pub result: String,
    /// The names of its type and constant parameters.
    pub generics: Vec<String>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is `unsafe`.
    pub is_unsafe: bool,
}

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The path before the name.
    pub path: Vec<String>,
    /// The name there; `None` for `*`.
    pub item: Option<String>,
    /// The name here; empty for `*` and `_`.
    pub local: String,
    /// Where it stands, and who sees it.
    pub place: Place,
}

/// Reads a text; `None` where it is no Rust.
pub fn read(text: &str) -> Result<Option<File>, Undecided> {
    let read = rust::with_file(text, |file| {
        let mut reader = Reader { file, text, out: File::default() };
        let own = &file.syntax.attrs;
        let top =
            Around { module: Vec::new(), is_conditional: is_conditional(own), is_hidden: is_hidden(own) };
        reader.items(&file.syntax.items, &top);
        reader.out
    })?;
    Ok(read.ok())
}

/// What stands around items.
#[derive(Clone)]
struct Around {
    module: Vec<String>,
    is_conditional: bool,
    is_hidden: bool,
}

struct Reader<'f> {
    file: &'f Parsed,
    text: &'f str,
    out: File,
}

impl Reader<'_> {
    fn items(&mut self, items: &[Syntax], around: &Around) {
        for item in items {
            self.item(item, around);
        }
    }

    fn item(&mut self, item: &Syntax, around: &Around) {
        match item {
            Syntax::Fn(f) => {
                let kind = Kind::Function(self.signature(&f.sig));
                self.add(&f.sig.ident, around, &f.vis, &f.attrs, kind);
            }
            Syntax::Struct(s) => {
                let kind = Kind::Struct(self.fields(&s.fields));
                self.add(&s.ident, around, &s.vis, &s.attrs, kind);
            }
            Syntax::Enum(e) => {
                let open = e.variants.iter().filter(|v| !is_hidden(&v.attrs) && !is_conditional(&v.attrs));
                let variants = open.map(|v| self.member(&v.ident, self.variant(&v.fields))).collect();
                self.add(&e.ident, around, &e.vis, &e.attrs, Kind::Enum(variants));
            }
            Syntax::Trait(t) => {
                let above = t.supertraits.iter().filter_map(|bound| match bound {
                    syn::TypeParamBound::Trait(of) => of.path.segments.last().map(|last| name(&last.ident)),
                    _ => None,
                });
                let kind = Kind::Trait { methods: self.asked(t), above: above.collect() };
                self.add(&t.ident, around, &t.vis, &t.attrs, kind);
            }
            Syntax::Type(t) => self.add(&t.ident, around, &t.vis, &t.attrs, Kind::Alias),
            Syntax::TraitAlias(t) => self.add(&t.ident, around, &t.vis, &t.attrs, Kind::Alias),
            Syntax::Const(c) => self.add(&c.ident, around, &c.vis, &c.attrs, Kind::Other),
            Syntax::Static(s) => self.add(&s.ident, around, &s.vis, &s.attrs, Kind::Other),
            Syntax::Union(u) => self.add(&u.ident, around, &u.vis, &u.attrs, Kind::Other),
            Syntax::Mod(m) => self.module(m, around),
            Syntax::Use(u) => {
                let place = self.place(u.span(), around, &u.vis, &u.attrs);
                self.uses(&u.tree, Vec::new(), &place, 0);
            }
            Syntax::Impl(block) => self.methods(block, around),
            Syntax::Macro(m) if m.ident.is_none() => self.out.open.push(around.module.clone()),
            _ => {}
        }
    }

    fn module(&mut self, module: &syn::ItemMod, around: &Around) {
        let named = module.attrs.iter().any(|a| a.path().is_ident("path") || a.path().is_ident("cfg_attr"));
        let body = match &module.content {
            _ if named => Body::Elsewhere,
            Some(_) => Body::Braces,
            None => Body::File,
        };
        self.add(&module.ident, around, &module.vis, &module.attrs, Kind::Module(body));
        if let Some((_, items)) = &module.content
            && around.module.len() < MAX_DEPTH
        {
            let mut inside = around.clone();
            inside.module.push(name(&module.ident));
            inside.is_conditional |= is_conditional(&module.attrs);
            inside.is_hidden |= is_hidden(&module.attrs);
            self.items(items, &inside);
        }
    }

    fn place(
        &self,
        span: proc_macro2::Span,
        around: &Around,
        visibility: &syn::Visibility,
        attributes: &[Attribute],
    ) -> Place {
        Place {
            module: around.module.clone(),
            is_public: matches!(visibility, syn::Visibility::Public(_)),
            is_conditional: around.is_conditional || is_conditional(attributes),
            is_hidden: around.is_hidden || is_hidden(attributes),
            range: self.file.range(span),
        }
    }

    fn add(
        &mut self,
        ident: &syn::Ident,
        around: &Around,
        visibility: &syn::Visibility,
        attributes: &[Attribute],
        kind: Kind,
    ) {
        let place = self.place(ident.span(), around, visibility, attributes);
        self.out.items.push(Item { name: name(ident), place, kind, makers: makers(attributes) });
    }

    fn written(&self, node: &impl Spanned) -> String {
        spelled(self.text.get(self.file.range(node.span())).unwrap_or_default())
    }

    fn member(&self, ident: &syn::Ident, written: String) -> Member {
        Member { name: name(ident), written, range: self.file.range(ident.span()) }
    }

    /// The fields that others can name.
    fn fields(&self, fields: &Fields) -> Vec<Member> {
        let open = |f: &&syn::Field| {
            matches!(f.vis, syn::Visibility::Public(_)) && !is_hidden(&f.attrs) && !is_conditional(&f.attrs)
        };
        let named = fields.iter().enumerate().filter(|(_, f)| open(f));
        named
            .map(|(at, f)| match &f.ident {
                Some(ident) => self.member(ident, self.written(&f.ty)),
                None => Member {
                    name: at.to_string(),
                    written: self.written(&f.ty),
                    range: self.file.range(f.ty.span()),
                },
            })
            .collect()
    }

    /// The shape of a variant: the names of its fields, or their number.
    fn variant(&self, fields: &Fields) -> String {
        match fields {
            Fields::Unit => String::new(),
            Fields::Unnamed(list) => format!("({})", list.unnamed.len()),
            Fields::Named(list) => {
                let mut names: Vec<String> =
                    list.named.iter().filter_map(|f| f.ident.as_ref().map(name)).collect();
                names.sort();
                format!("{{{}}}", names.join(","))
            }
        }
    }

    fn asked(&self, of: &syn::ItemTrait) -> Vec<(Member, Signature)> {
        let methods = of.items.iter().filter_map(|item| match item {
            syn::TraitItem::Fn(f) if !is_hidden(&f.attrs) && !is_conditional(&f.attrs) => Some(f),
            _ => None,
        });
        methods.map(|f| (self.member(&f.sig.ident, String::new()), self.signature(&f.sig))).collect()
    }

    fn methods(&mut self, block: &syn::ItemImpl, around: &Around) {
        let syn::Type::Path(path) = &*block.self_ty else { return };
        let Some(owner) = path.path.segments.last().map(|last| name(&last.ident)) else { return };
        let of_trait =
            block.trait_.as_ref().and_then(|of| of.0.segments.last()).map(|last| name(&last.ident));
        let mut inside = around.clone();
        inside.is_conditional |= is_conditional(&block.attrs);
        inside.is_hidden |= is_hidden(&block.attrs);
        // A block that implements a trait without a method of its own is known by the trait's name alone.
        for item in &block.items {
            if let syn::ImplItem::Fn(f) = item {
                let place = self.place(f.sig.ident.span(), &inside, &f.vis, &f.attrs);
                let (owner, of_trait) = (owner.clone(), of_trait.clone());
                let signature = self.signature(&f.sig);
                self.out.methods.push(Method { owner, name: name(&f.sig.ident), of_trait, place, signature });
            }
        }
    }

    fn signature(&self, of: &syn::Signature) -> Signature {
        let mut receiver = String::new();
        let mut parameters = Vec::new();
        for input in &of.inputs {
            match input {
                FnArg::Receiver(own) => receiver = spelled_receiver(&self.written(own)),
                FnArg::Typed(typed) => parameters.push(self.written(&*typed.ty)),
            }
        }
        let generics = of.generics.params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(t) => Some(name(&t.ident)),
            GenericParam::Const(c) => Some(name(&c.ident)),
            GenericParam::Lifetime(_) => None,
        });
        let result = match &of.output {
            syn::ReturnType::Default => String::new(),
            syn::ReturnType::Type(_, of) => self.written(&**of),
        };
        Signature {
            receiver,
            parameters,
            result: if result == "( )" { String::new() } else { result },
            generics: generics.collect(),
            is_async: of.asyncness.is_some(),
            is_unsafe: matches!(of.safety, syn::Safety::Unsafe(_)),
        }
    }

    fn uses(&mut self, tree: &UseTree, mut path: Vec<String>, place: &Place, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match tree {
            UseTree::Path(part) => {
                path.push(name(&part.ident));
                self.uses(&part.tree, path, place, depth + 1);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.uses(tree, path.clone(), place, depth + 1));
            }
            UseTree::Glob(_) => self.taken(path, None, String::new(), place, place.range.clone()),
            UseTree::Name(only) => {
                let local = name(&only.ident);
                self.taken(path, Some(local.clone()), local, place, self.file.range(only.ident.span()));
            }
            UseTree::Rename(renamed) => {
                let range = self.file.range(renamed.rename.span());
                self.taken(path, Some(name(&renamed.ident)), name(&renamed.rename), place, range);
            }
        }
    }

    fn taken(
        &mut self,
        mut path: Vec<String>,
        item: Option<String>,
        local: String,
        place: &Place,
        range: Range<usize>,
    ) {
        // `use a::b::{self}` takes `b` itself.
        let is_self = item.as_deref() == Some("self");
        let item = if is_self { path.pop() } else { item };
        let local = match local.as_str() {
            "self" => item.clone().unwrap_or_default(),
            "_" => String::new(),
            _ => local,
        };
        self.out.uses.push(Use { path, item, local, place: Place { range, ..place.clone() } });
    }
}

/// A name as it is used elsewhere: `r#type` and `type` are one.
fn name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// `mut self` takes what `self` takes.
fn spelled_receiver(written: &str) -> String {
    written.strip_prefix("mut self").map_or_else(|| written.to_owned(), |rest| format!("self{rest}"))
}

fn makers(attributes: &[Attribute]) -> Vec<String> {
    const OWN: [&str; 22] = [
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "Deserialize",
        "Eq",
        "Error",
        "Hash",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Serialize",
        "allow",
        "cfg",
        "cfg_attr",
        "deprecated",
        "doc",
        "expect",
        "must_use",
        "non_exhaustive",
        "repr",
        "serde",
    ];
    let mut found = Vec::new();
    for attribute in attributes {
        match &attribute.meta {
            syn::Meta::List(list) if attribute.path().is_ident("derive") => {
                let tokens = list.tokens.to_string();
                let names =
                    tokens.split(',').map(|path| path.rsplit("::").next().unwrap_or(path).trim().to_owned());
                found.extend(names);
            }
            _ => found.extend(attribute.path().segments.last().map(|last| name(&last.ident))),
        }
    }
    found.retain(|name| !name.is_empty() && !OWN.contains(&name.as_str()));
    found
}

fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg"))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| match &a.meta {
        syn::Meta::List(list) => a.path().is_ident("doc") && list.tokens.to_string().contains("hidden"),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
