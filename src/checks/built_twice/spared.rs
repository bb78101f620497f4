//! Functions and files that are alike for a reason.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::alike::functions::Function;

/// Names by which a framework or a language calls: every file has one of its own.
const CALLED_BY_NAME: [&str; 40] = [
    "DELETE",
    "GET",
    "HEAD",
    "OPTIONS",
    "PATCH",
    "POST",
    "PUT",
    "__init__",
    "action",
    "build",
    "configure",
    "constructor",
    "default",
    "down",
    "downgrade",
    "execute",
    "generateMetadata",
    "generateStaticParams",
    "getServerSideProps",
    "getStaticPaths",
    "getStaticProps",
    "handle",
    "handler",
    "index",
    "init",
    "initialize",
    "install",
    "invoke",
    "loader",
    "main",
    "mount",
    "new",
    "register",
    "render",
    "run",
    "setup",
    "start",
    "up",
    "upgrade",
    "validate",
];
/// Words of file names that tell variants of one thing.
const VARIANTS: [&str; 44] = [
    "aio", "amd64", "android", "arm64", "async", "asyncio", "browser", "bsd", "cjs", "client", "cloud",
    "darwin", "desktop", "edge", "electron", "esm", "freebsd", "gnu", "ios", "legacy", "linux", "local",
    "macos", "mobile", "msvc", "native", "netbsd", "node", "nodejs", "openbsd", "posix", "python2",
    "python3", "react", "server", "solaris", "svelte", "sync", "unix", "vue", "wasm", "web", "win32",
    "windows",
];

/// Whether the function says something of its own: long enough, and no list of entries, fields or texts.
pub(super) fn has_content(function: &Function, least: usize) -> bool {
    let name = function.name.as_str();
    let is_test =
        ["test", "Test", "Benchmark", "Example", "bench_", "it_"].iter().any(|t| name.starts_with(t));
    function.tokens >= least
        && function.names.len() >= 4
        && !is_test
        && !CALLED_BY_NAME.contains(&name)
        && function.entries * 12 < function.tokens
        && function.sets * 10 < function.tokens
        && function.literals.len() * 8 < function.tokens
}

/// Whether two functions are one method of two classes, or the same thing waiting and not waiting.
pub(super) fn are_siblings(new: &Function, old: &Function) -> bool {
    let are_methods = !new.class.is_empty() && !old.class.is_empty();
    let bare = |name: &str| name.to_lowercase().replace("async", "").replace("sync", "").replace('_', "");
    let (one, two) = (bare(&new.name), bare(&old.name));
    let waits = one != two && (one.strip_prefix('a') == Some(&two) || two.strip_prefix('a') == Some(&one));
    let versions = unnumbered(&one) == unnumbered(&two) && one != two;
    are_methods && new.class != old.class && one == two || new.is_async != old.is_async || waits || versions
}

fn unnumbered(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().trim_end_matches('v').to_owned()
}

/// Whether most strings and numbers of the new function stand in the old one. Siblings by design differ there.
pub(super) fn shares_literals(new: &Function, old: &Function) -> bool {
    let shared = new.literals.intersection(&old.literals).count();
    let all = new.literals.len().max(old.literals.len());
    shared * 2 >= all
}

/// Whether two files are one thing for two platforms or of two versions, or one is named after the other.
pub(super) fn are_variants(one: &RepoPath, two: &RepoPath) -> bool {
    if one == two {
        return false;
    }
    // `cart copy.ts` beside `cart.ts` is told as the copy that it is.
    let stem = |path: &RepoPath| path.name().split('.').next().unwrap_or_default().to_owned();
    let (first, second) = (stem(one), stem(two));
    if one.dir() == two.dir() && (first.starts_with(&second) || second.starts_with(&first)) {
        return true;
    }
    let words = |path: &RepoPath| -> Vec<String> {
        let lower = path.as_str().to_lowercase();
        let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        parts.collect()
    };
    let (one, two) = (words(one), words(two));
    let (set_one, set_two): (BTreeSet<&String>, BTreeSet<&String>) =
        (one.iter().collect(), two.iter().collect());
    let mut differing = set_one.symmetric_difference(&set_two).peekable();
    let is_version = |word: &str| {
        let rest = word.strip_prefix('v').unwrap_or(word);
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) || matches!(word, "alpha" | "beta")
    };
    differing.peek().is_some() && differing.all(|word| VARIANTS.contains(&word.as_str()) || is_version(word))
}

/// Whether the new file lies in a folder that is new as a whole and has a namesake beside the old one: a package that
/// was made from another.
pub(super) fn is_copied_folder(change: &Change, new: &RepoPath, old: &RepoPath) -> bool {
    new.dir() != old.dir() && change.base.under(new.dir()).next().is_none() && new.name() == old.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_a_file_are_told_from_other_files() {
        let are = |one: &str, two: &str| are_variants(&one.parse().unwrap(), &two.parse().unwrap());
        for (one, two) in [
            ("a/lock_windows.go", "a/lock_linux.go"),
            ("src/Button.ios.tsx", "src/Button.tsx"),
            ("api/v1/user.py", "api/v2/user.py"),
            ("client/async_client.py", "client/client.py"),
        ] {
            assert!(are(one, two), "{one} {two}");
        }
        assert!(are("src/cart copy.ts", "src/cart.ts"));
        assert!(!are("src/a.ts", "src/b.ts") && !are("src/a.ts", "src/a.ts"));
    }
}
