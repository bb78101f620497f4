//! A new file beside its original under a copy's name.

use std::sync::LazyLock;

use regex::Regex;

use super::RULE;
use crate::change::{Change, Kind, Status};
use crate::checks::{Finding, Wanted, product};
use crate::ids::RepoPath;
use crate::read::alike::lines;
use crate::span::{Location, Side};

/// Written text that people copy, as a glob over whole paths.
pub(super) const FILES: &str = "**/*.{c,cc,cpp,cs,css,dart,ex,exs,go,h,hpp,java,js,jsx,kt,less,md,mjs,php,py,rb,rs,scala,\
    scss,sh,sql,svelte,swift,tf,toml,ts,tsx,vue,yaml,yml}";
const EXTENSIONS: [&str; 34] = [
    "c", "cc", "cpp", "cs", "css", "dart", "ex", "exs", "go", "h", "hpp", "java", "js", "jsx", "kt", "less",
    "md", "mjs", "php", "py", "rb", "rs", "scala", "scss", "sh", "sql", "svelte", "swift", "tf", "toml",
    "ts", "tsx", "vue", "yaml",
];

/// From here on the new file is a copy of the other one.
const ALIKE: f64 = 0.6;
/// Shorter files are alike by chance.
const MIN_LINES: usize = 8;

/// What tells a copy by its name, a whole word at the stem's end. The last ones may be names of their own.
static COPY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?<stem>.+?)(?: copy(?: \d+)?| ?\(\d+\)|[-_. ](?:copy|backup|bak|old|orig|original|new|final|fixed|updated|improved|refactored|rewrite|temp|tmp|v[2-9]|[2-9])|(?-i:[2-9]|New|Old|Copy|Final|Fixed|Backup))$",
    )
    .expect("a literal pattern compiles")
});

/// The name of the file that this one is a copy of, if its name tells the truth.
fn original(path: &RepoPath) -> Option<RepoPath> {
    let extension = path.extension();
    let name = path.name();
    let stem = name.strip_suffix(extension)?.strip_suffix('.')?;
    // A single letter before a number is the number's own: `v2`.
    let stem = &COPY.captures(stem)?["stem"];
    if stem.len() < 2 {
        return None;
    }
    let dir = path.dir();
    let slash = if dir.is_empty() { "" } else { "/" };
    format!("{dir}{slash}{stem}.{extension}").parse().ok()
}

/// New files with a copy's name, each with what it may be a copy of.
fn pairs(change: &Change) -> impl Iterator<Item = (&RepoPath, RepoPath)> {
    let added = change.files.iter().filter(|file| file.status == Status::Added);
    added.filter_map(|file| {
        let copy = file.head.as_ref()?;
        let is_text = EXTENSIONS.contains(&copy.extension()) || copy.extension() == "yml";
        let original = original(copy)
            .filter(|path| is_text && change.head.contains(path) && change.base.contains(path))?;
        let is_file = change.head.entry(&original).is_some_and(|entry| entry.kind == Kind::File);
        let counts = product::kind(copy).is_none() && !product::is_material(copy);
        (is_file && counts && !is_series(change, copy, &original)).then_some((copy, original))
    })
}

/// Whether the folder has further versions of the same stem: then a number is how things are named there.
fn is_series(change: &Change, copy: &RepoPath, original: &RepoPath) -> bool {
    let stem = |path: &RepoPath| path.name().split('.').next().unwrap_or_default().to_owned();
    let front = stem(original);
    let numbered = |path: &&RepoPath| {
        let rest = stem(path);
        let rest = rest.strip_prefix(&front).unwrap_or_default().trim_start_matches(['_', '-', 'v', ' ']);
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
    };
    let same_folder = |path: &&RepoPath| path.dir() == copy.dir();
    change.head.under(copy.dir()).filter(same_folder).filter(numbered).count() > 1
}

/// The originals, which no change need have touched.
pub(super) fn originals(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    wanted.head.extend(pairs(change).map(|(_, original)| original));
    wanted
}

pub(super) fn find(change: &Change) -> Vec<Finding> {
    let found = pairs(change).filter_map(|(copy, original)| {
        let new = change.text(Side::Head, copy).ok()??;
        let old = change.text(Side::Head, &original).ok()??;
        let (new_lines, old_lines) = (lines::written(new), lines::written(old));
        let likeness = lines::likeness(&new_lines, &old_lines);
        if likeness < ALIKE || new_lines.len() < MIN_LINES {
            return None;
        }
        let percent = (likeness * 100.0).floor();
        let headline = format!("`{}` is a copy of `{}`, which is still there", copy.name(), original.name());
        let at = Location::file(Side::Head, copy).label("new");
        let finding = Finding::new(&RULE, at, headline, original.as_str()).explain(format!(
            "{percent} % of their lines are the same, and the name is that of a copy. Whatever uses the original does \
             not see what changed in the copy; the version control keeps the old text without it.",
        ));
        Some(finding.related(Location::file(Side::Head, &original).label("the original")).note())
    });
    found.take(super::MAX_NOTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_copies_are_told_from_other_names() {
        let of = |path: &str| original(&path.parse().unwrap()).map(|p| p.to_string());
        for (copy, whole) in [
            ("src/cart copy.ts", "src/cart.ts"),
            ("cart_v2.py", "cart.py"),
            ("cart.new.js", "cart.js"),
            ("a/cart_final.rb", "a/cart.rb"),
            ("a/cart-backup.go", "a/cart.go"),
            ("cart (1).css", "cart.css"),
            ("cart2.py", "cart.py"),
            ("CartNew.tsx", "Cart.tsx"),
        ] {
            assert_eq!(of(copy).as_deref(), Some(whole), "{copy}");
        }
        for path in ["src/cart.ts", "renew.py", "threshold.go", "copy.ts", "new.js", "v2.py", "fold.rs"] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
