//! Where values go: which environment variables, files and names reach which calls of a source file.
//!
//! Followed within a function and through one call to a function of the same file, over syntax trees. Branches are
//! read in the order of the text; a later assignment replaces an earlier one.

mod calls;
pub mod chain;
mod evaluate;
mod go;
pub mod imports;
mod javascript;
mod pass;
mod python;
mod ruby;
mod rust;
mod shape;
mod value;
mod walk;

use std::ops::Range;

use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

pub use crate::read::syntax::sources::{FILES, language};
pub use value::{Maker, Origin, Trace, Value};

/// What a value has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The arguments of a call of a function, a method or a macro.
    Call,
    /// The arguments of a constructor.
    Construct,
    /// A literal with named fields, each an argument.
    Record,
    /// A text put together from pieces, each an argument without a name.
    Text,
    /// An environment variable is read; it alone is the argument.
    Read,
}

/// Values of interest that have come somewhere.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What kind of place.
    pub kind: Kind,
    /// The called function as it is written, a name at a time; a name that is itself called ends in `()`.
    pub path: Vec<String>,
    /// Its bytes.
    pub range: Range<usize>,
    /// What came there.
    pub arguments: Vec<Argument>,
    /// The call through which the values came, where the place is in another function.
    pub through: Option<Range<usize>>,
}

/// One argument or field.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What it holds.
    pub value: Value,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Follows every origin that `wanted` asks for, and tells where it arrives, in the order of the text.
pub fn trace(
    language: Language,
    text: &str,
    wanted: &dyn Fn(&Origin) -> bool,
) -> Result<Vec<Arrival>, Undecided> {
    let tree = syntax::parse(language, text)?;
    walk::arrivals(&tree, language, text, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Language; 7] = [
        Language::JavaScript,
        Language::TypeScript,
        Language::Tsx,
        Language::Python,
        Language::Go,
        Language::Ruby,
        Language::Rust,
    ];

    fn environment(language: Language, text: &str) -> Vec<String> {
        let arrivals = trace(language, text, &|origin| matches!(origin, Origin::Environment(_))).unwrap();
        arrivals.iter().filter(|a| a.kind == Kind::Call).map(|a| a.path.join(".")).collect()
    }

    #[test]
    fn a_value_is_followed_to_the_calls_that_it_reaches_and_to_no_other() {
        let text = "const a = process.env.A;\nlet b = [a, 1];\nf(b[0]);\ng(b[1]);\nb = 2;\nh(b);\n";
        assert_eq!(environment(Language::JavaScript, text), ["f"]);
    }

    #[test]
    fn an_arrival_through_a_call_names_the_call() {
        let text = "def f(x):\n    g(x)\n\nf(os.environ['A'])\n";
        let arrivals = trace(Language::Python, text, &|o| matches!(o, Origin::Environment(_))).unwrap();
        let through = arrivals.iter().find(|a| a.through.is_some()).unwrap();
        assert_eq!((through.path.join("."), &text[through.range.clone()]), ("g".to_owned(), "g(x)"));
        assert_eq!(&text[through.through.clone().unwrap()], "f(os.environ['A'])");
    }

    #[test]
    fn a_field_that_a_later_function_sets_is_known_before_it() {
        let text = "function a() { f(this.k); }\nfunction b(k) { this.k = process.env.A + k; }\n";
        assert_eq!(environment(Language::JavaScript, text), ["f"]);
    }

    #[test]
    fn the_glob_of_files_lists_every_language() {
        let endings = FILES.strip_prefix("**/*.{").unwrap().strip_suffix('}').unwrap();
        let known: Vec<Language> =
            endings.split(',').filter_map(|e| language(&format!("a.{e}").parse().unwrap())).collect();
        assert_eq!(known.len(), endings.split(',').count());
        assert!(ALL.iter().all(|language| known.contains(language)));
    }

    #[test]
    fn long_chains_and_deep_calls_end() {
        let chain = format!("f(x{});\n", ".a()".repeat(3_000));
        let deep = format!("{}process.env.A{};\n", "f(".repeat(200), ")".repeat(200));
        let sum = format!("f(process.env.A{});\n", " + x".repeat(5_000));
        for text in [chain, deep, sum] {
            let _decided = trace(Language::JavaScript, &text, &|_| true);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_followed_or_undecided(
            words in "([(){}\\[\\]<>`'\"$:;=.,\n a-c]|def |func |fn |function |class |return |process\\.env|os\\.environ|=> |for |in |of |let |const ){0,120}",
        ) {
            for language in ALL {
                let _decided = trace(language, &words, &|_| true);
            }
        }
    }
}
