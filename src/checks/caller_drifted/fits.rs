//! Whether a call fits the parameters of what it calls.

use std::fmt;

use crate::checks::sources::Family;
use crate::read::symbols::{Call, Definition, Parameter, Passing};

/// Why a call does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// A required parameter gets nothing.
    Missing(String),
    /// More arguments by place than there is room for: how many there is room for.
    TooMany(usize),
    /// An argument by a name that no parameter has.
    Unnamed(String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) if name.is_empty() => write!(f, "needs one more argument"),
            Self::Missing(name) => write!(f, "needs `{name}`"),
            Self::TooMany(0) => write!(f, "takes no arguments"),
            Self::TooMany(1) => write!(f, "takes one argument"),
            Self::TooMany(most) => write!(f, "takes {most} arguments"),
            Self::Unnamed(name) => write!(f, "has no parameter `{name}`"),
        }
    }
}

/// What is wrong with a call, if anything is.
pub(super) fn misfit(family: Family, parameters: &[Parameter], call: &Call) -> Option<Misfit> {
    if family == Family::Python { by_name(parameters, call) } else { by_place(parameters, call) }
}

fn by_place(parameters: &[Parameter], call: &Call) -> Option<Misfit> {
    if call.spreads {
        return None;
    }
    let may_be_left_out = |p: &Parameter| p.is_optional || p.written_type == "void";
    let needed = parameters.iter().rposition(|p| !may_be_left_out(p)).map_or(0, |at| at + 1);
    if call.positional < needed {
        return Some(Misfit::Missing(parameters[call.positional].name.clone()));
    }
    let takes_rest = parameters.iter().any(|p| p.passing == Passing::Rest);
    (call.positional > parameters.len() && !takes_rest).then_some(Misfit::TooMany(parameters.len()))
}

fn by_name(parameters: &[Parameter], call: &Call) -> Option<Misfit> {
    let has = |passing: Passing| parameters.iter().any(|p| p.passing == passing);
    let places: Vec<&Parameter> =
        parameters.iter().filter(|p| matches!(p.passing, Passing::Positional | Passing::Either)).collect();
    if call.positional > places.len() && !has(Passing::Rest) {
        return Some(Misfit::TooMany(places.len()));
    }
    let named = |p: &Parameter| matches!(p.passing, Passing::Either | Passing::Named);
    let unknown = call.named.iter().find(|name| !parameters.iter().any(|p| named(p) && p.name == **name));
    if let Some(name) = unknown.filter(|_| !has(Passing::NamedRest)) {
        return Some(Misfit::Unnamed(name.clone()));
    }
    if call.spreads {
        return None;
    }
    let by_place = |p: &Parameter| places.iter().take(call.positional).any(|given| std::ptr::eq(*given, p));
    let open = parameters
        .iter()
        .find(|p| !(p.is_optional || by_place(p) || named(p) && call.named.contains(&p.name)));
    open.map(|p| Misfit::Missing(p.name.clone()))
}

/// The parameters of a function that a call of its name meets as they are written.
pub(super) fn plain(definition: &Definition) -> Option<&[Parameter]> {
    let sees = definition.written_type.is_empty() && !definition.is_conditional;
    let keeps = definition.decorators.iter().all(|decorator| keeps_signature(decorator));
    definition.parameters.as_deref().filter(|_| sees && keeps)
}

/// Decorators that leave the parameters as they are.
fn keeps_signature(decorator: &str) -> bool {
    const KEEPING: [&str; 11] = [
        "abstractmethod",
        "asynccontextmanager",
        "cache",
        "classmethod",
        "contextmanager",
        "final",
        "lru_cache",
        "no_type_check",
        "override",
        "staticmethod",
        "deprecated",
    ];
    let name = decorator.split('(').next().unwrap_or_default();
    KEEPING.contains(&name.rsplit('.').next().unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::symbols;
    use crate::read::syntax::Language;

    fn wrong(language: Language, family: Family, text: &str) -> Vec<String> {
        let names = symbols::read(language, text).unwrap();
        let parameters = names.definitions[0].parameters.as_deref().unwrap();
        let said = |call| misfit(family, parameters, call).map_or("fits".to_owned(), |m| m.to_string());
        names.calls.iter().map(said).collect()
    }

    #[test]
    fn python_fits_by_place_and_by_name() {
        let text = "def f(a, b, c=1, *, d, e=2): pass\nf(1, 2, d=3)\nf(1, b=2, d=3)\nf(1, d=3)\nf(1, 2, 3, 4, d=5)\n\
                    f(1, 2, d=3, g=4)\nf(*x)\nf(1, 2)\nf(**x, g=1)\n";
        assert_eq!(
            wrong(Language::Python, Family::Python, text),
            [
                "fits",
                "fits",
                "needs `b`",
                "takes 3 arguments",
                "has no parameter `g`",
                "fits",
                "needs `d`",
                "has no parameter `g`"
            ]
        );
    }

    #[test]
    fn typescript_fits_by_place() {
        let text = "function f(a: A, b = 1, c?: C) {}\nf(1); f(); f(1, 2, 3); f(1, 2, 3, 4); f(...x);";
        assert_eq!(
            wrong(Language::TypeScript, Family::Script, text),
            ["fits", "needs `a`", "fits", "takes 3 arguments", "fits"]
        );
        let text = "function f(a: A, ...rest: B[]) {}\nf(1, 2, 3); f();";
        assert_eq!(wrong(Language::TypeScript, Family::Script, text), ["fits", "needs `a`"]);
    }

    #[test]
    fn go_fits_by_place_and_by_what_another_call_gives() {
        let text = "package p\nfunc f(a, b int, c ...string) { f(1, 2); f(1); f(g()); f(1, 2, x...) }\n";
        assert_eq!(wrong(Language::Go, Family::Go, text)[..2], ["fits", "needs `b`"]);
        assert!(!wrong(Language::Go, Family::Go, text)[2..].iter().any(|said| said.starts_with("takes")));
    }
}
