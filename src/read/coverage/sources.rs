//! What counts as a source file for tools that judge the reports of others.

use super::starts::declares;
use super::survey::Survey;
use crate::ids::RepoPath;

/// The endings of the languages whose tools write coverage reports. Markup, styles, data and shell scripts are not
/// among them.
const ENDINGS: [&str; 55] = [
    "c", "cc", "cpp", "cxx", "m", "mm", "h", "hh", "hpp", "hxx", "inl", "cu", "java", "kt", "kts", "scala",
    "sc", "groovy", "clj", "cljs", "cljc", "cs", "vb", "fs", "go", "rs", "py", "pyw", "pyx", "rb", "rake",
    "php", "pl", "pm", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "swift",
    "dart", "ex", "exs", "erl", "hs", "ml", "lua", "r", "jl", "sol",
];

/// Whether a coverage report could speak of the file, by its name alone.
pub(super) fn is_source(path: &RepoPath) -> bool {
    !declares(path) && ENDINGS.contains(&path.extension().to_ascii_lowercase().as_str())
}

/// The source files below a folder.
pub(super) fn sources<'s, 't: 's>(
    survey: &'s Survey<'t>,
    dir: &'s str,
) -> impl Iterator<Item = &'t RepoPath> + 's {
    survey.under(dir).filter(|path| is_source(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_counts_and_what_only_describes_it_does_not() {
        let source = |path: &str| is_source(&path.parse().unwrap());
        for path in ["src/a.ts", "src/A.CPP", "lib/a.rb", "x/y.kt", "a.R"] {
            assert!(source(path), "{path}");
        }
        for path in ["README.md", "a.d.ts", "package.json", "style.css", "Makefile", "run.sh", "a.yml"] {
            assert!(!source(path), "{path}");
        }
    }
}
