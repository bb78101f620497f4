//! The marks of comments and strings, language by language.

use crate::ids::RepoPath;

/// How a string opens and ends.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// Whether `\` takes the next character out of play.
    pub(super) escapes: bool,
    /// Whether it may hold newlines.
    pub(super) lines: bool,
    /// Whether `${ … }` in it is code.
    pub(super) template: bool,
}

/// The marks of one language. Longer marks stand before their own prefixes.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) line: &'static [&'static str],
    pub(super) block: &'static [(&'static str, &'static str)],
    pub(super) quotes: &'static [Quote],
    /// Whether block comments nest.
    pub(super) nested: bool,
    /// Whether a line comment needs white space before it.
    pub(super) spaced: bool,
    pub(super) heredoc: bool,
    pub(super) regex: bool,
    pub(super) rust: bool,
}

const fn quote(mark: &'static str, lines: bool) -> Quote {
    Quote { open: mark, close: mark, escapes: true, lines, template: false }
}

const fn raw(mark: &'static str, lines: bool) -> Quote {
    Quote { escapes: false, ..quote(mark, lines) }
}

const NONE: Language = Language {
    line: &[],
    block: &[],
    quotes: &[],
    nested: false,
    spaced: false,
    heredoc: false,
    regex: false,
    rust: false,
};

const SLASHES: &[&str] = &["//"];
const STARS: &[(&str, &str)] = &[("/*", "*/")];
const PLAIN: &[Quote] = &[quote("\"", false), quote("'", false)];
const TRIPLE: &[Quote] = &[quote("\"\"\"", true), quote("\"", false), quote("'", false)];

const C: Language = Language { line: SLASHES, block: STARS, quotes: PLAIN, ..NONE };
const JVM: Language = Language { quotes: TRIPLE, ..C };
const NESTING: Language = Language { nested: true, ..JVM };
const RUST: Language =
    Language { nested: true, rust: true, quotes: &[quote("\"", true), quote("'", false)], ..C };
const GO: Language = Language { quotes: &[raw("`", true), quote("\"", false), quote("'", false)], ..C };
const SCRIPT: Language = Language {
    quotes: &[Quote { template: true, ..quote("`", true) }, quote("\"", false), quote("'", false)],
    regex: true,
    ..C
};
/// A single-file component: markup around script and style.
const COMPONENT: Language = Language { block: &[("<!--", "-->"), ("/*", "*/")], quotes: &[], ..SCRIPT };
const CSS: Language = Language { line: &[], ..C };
const PHP: Language = Language { line: &["//", "#"], heredoc: true, quotes: STRINGS, ..C };
const STRINGS: &[Quote] = &[quote("\"", true), quote("'", true)];
const PYTHON: Language = Language {
    line: &["#"],
    quotes: &[quote("\"\"\"", true), quote("'''", true), quote("\"", false), quote("'", false)],
    ..NONE
};
const RUBY: Language = Language { line: &["#"], quotes: PLAIN, spaced: true, heredoc: true, ..NONE };
const SHELL: Language = Language {
    line: &["#"],
    quotes: &[quote("\"", true), raw("'", true)],
    spaced: true,
    heredoc: true,
    ..NONE
};
/// Data and build files, in which an apostrophe opens nothing.
const HASH: Language = Language { line: &["#"], spaced: true, ..NONE };
const TOML: Language = Language {
    line: &["#"],
    quotes: &[quote("\"\"\"", true), raw("'''", true), quote("\"", false), raw("'", false)],
    ..NONE
};
const ELIXIR: Language = Language { line: &["#"], quotes: TRIPLE, ..NONE };
const MARKUP: Language = Language { block: &[("<!--", "-->")], ..NONE };
const SQL: Language = Language { line: &["--"], block: STARS, quotes: &[raw("'", true)], ..NONE };
const LUA: Language = Language {
    line: &["--"],
    block: &[("--[[", "]]")],
    quotes: &[Quote { close: "]]", ..raw("[[", true) }, quote("\"", false), quote("'", false)],
    ..NONE
};
const HASKELL: Language =
    Language { line: &["--"], block: &[("{-", "-}")], nested: true, quotes: &[quote("\"", false)], ..NONE };

/// The language of a file by its name.
pub(super) fn of(path: &RepoPath) -> Option<&'static Language> {
    let by_name = match path.name() {
        "Dockerfile" | "Makefile" | "GNUmakefile" | "Justfile" | "justfile" | "CMakeLists.txt" => Some(&HASH),
        "Gemfile" | "Rakefile" | "Podfile" => Some(&RUBY),
        "Jenkinsfile" => Some(&JVM),
        _ => None,
    };
    by_name.or_else(|| by_extension(&path.extension().to_ascii_lowercase()))
}

fn by_extension(extension: &str) -> Option<&'static Language> {
    Some(match extension {
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => &SCRIPT,
        "vue" | "svelte" | "astro" => &COMPONENT,
        "py" | "pyi" | "pyx" | "bzl" | "star" => &PYTHON,
        "rs" => &RUST,
        "go" => &GO,
        "java" | "groovy" | "gradle" => &JVM,
        "kt" | "kts" | "scala" | "swift" | "dart" => &NESTING,
        "c" | "h" | "cc" | "cpp" | "cxx" | "hh" | "hpp" | "m" | "mm" | "cs" | "proto" | "zig" | "sol" => &C,
        "jsonc" | "json5" => &C,
        "css" => &CSS,
        "scss" | "less" | "sass" => &C,
        "php" => &PHP,
        "rb" | "rake" | "gemspec" => &RUBY,
        "sh" | "bash" | "zsh" | "ksh" => &SHELL,
        "ex" | "exs" => &ELIXIR,
        "toml" => &TOML,
        "yml" | "yaml" | "mk" | "cmake" | "tf" | "hcl" | "ini" | "cfg" | "conf" | "properties" | "r"
        | "pl" | "pm" | "jl" | "nix" | "graphql" | "gql" | "ps1" => &HASH,
        "html" | "htm" | "xml" | "svg" | "csproj" | "xaml" => &MARKUP,
        "sql" => &SQL,
        "lua" => &LUA,
        "hs" => &HASKELL,
        _ => return None,
    })
}
