//! Coverlet's filters, and those of Microsoft's collector.

use regex::{Regex, RegexBuilder};
use roxmltree::Node;

use crate::read::coverage::expression;
use crate::read::coverage::settings::untold;
use crate::read::javascript::ROOT;
use crate::read::xml;
use crate::undecided::Undecided;

/// What is kept of the modules, types and files.
#[derive(Default)]
pub(super) struct Filter {
    include: Vec<(Regex, Regex)>,
    exclude: Vec<(Regex, Regex)>,
    files: Vec<Regex>,
    files_kept: Vec<Regex>,
    modules: Vec<Regex>,
    modules_kept: Vec<Regex>,
    /// Whether the tests themselves are measured.
    pub(super) test_assembly: bool,
}

impl Filter {
    /// Coverlet's, from the values of its settings.
    pub(super) fn of_coverlet(value: &dyn Fn(&str) -> String) -> Result<Self, Undecided> {
        let list = |name: &str| -> Result<Vec<String>, Undecided> {
            let text = value(name);
            // A property may take in itself, which adds to what nothing else sets.
            let bare = text.replace(&format!("$({name})"), "");
            if bare.contains("$(") && name != "ExcludeByFile" {
                return Err(untold(name, &text));
            }
            Ok(items(&bare))
        };
        let types =
            |name: &str| Ok::<_, Undecided>(list(name)?.iter().filter_map(|text| of_type(text)).collect());
        Ok(Self {
            include: types("Include")?,
            exclude: types("Exclude")?,
            files: list("ExcludeByFile")?.iter().filter_map(|text| of_file(text)).collect(),
            test_assembly: value("IncludeTestAssembly").eq_ignore_ascii_case("true"),
            ..Self::default()
        })
    }

    /// Microsoft's, whose expressions are matched with the paths of modules and sources.
    pub(super) fn of_collector(collector: Node<'_, '_>) -> Result<Self, Undecided> {
        let settings =
            xml::child(collector, "Configuration").and_then(|node| xml::child(node, "CodeCoverage"));
        let list = |part: &str, kind: &str, item: &str| -> Result<Vec<Regex>, Undecided> {
            let part =
                settings.and_then(|node| xml::child(node, part)).and_then(|node| xml::child(node, kind));
            let texts =
                part.into_iter().flat_map(|node| xml::children(node, item)).filter_map(|node| node.text());
            texts.map(|text| expression::any_case(text.trim())).collect()
        };
        Ok(Self {
            modules: list("ModulePaths", "Exclude", "ModulePath")?,
            modules_kept: list("ModulePaths", "Include", "ModulePath")?,
            files: list("Sources", "Exclude", "Source")?,
            files_kept: list("Sources", "Include", "Source")?,
            test_assembly: true,
            ..Self::default()
        })
    }

    /// Whether a file of an assembly counts.
    pub(super) fn keeps(&self, assembly: &str, name: &str, path: &str) -> bool {
        let of_types =
            |all: &[(Regex, Regex)]| all.iter().any(|(m, t)| m.is_match(assembly) && t.is_match(name));
        // The C# compiler of a run knows absolute paths, with either kind of slash.
        let absolute = format!("{ROOT}/{path}");
        let windows = absolute.replace('/', "\\");
        let of_paths = |all: &[Regex]| all.iter().any(|r| r.is_match(&absolute) || r.is_match(&windows));
        let module = format!("{ROOT}/bin/{assembly}.dll");
        let of_modules =
            |all: &[Regex]| all.iter().any(|r| r.is_match(&module) || r.is_match(&module.replace('/', "\\")));
        (self.include.is_empty() || of_types(&self.include))
            && !of_types(&self.exclude)
            && (self.files_kept.is_empty() || of_paths(&self.files_kept))
            && !of_paths(&self.files)
            && (self.modules_kept.is_empty() || of_modules(&self.modules_kept))
            && !of_modules(&self.modules)
    }
}

/// The items of a list between commas, as MSBuild escapes them.
pub(super) fn items(text: &str) -> Vec<String> {
    let text = text.replace("%2c", ",").replace("%2C", ",").replace(';', ",");
    text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// `[Assembly]Namespace.Type`; what has another shape is passed over, as Coverlet does.
fn of_type(text: &str) -> Option<(Regex, Regex)> {
    let (module, name) = text.strip_prefix('[')?.split_once(']')?;
    let sound = !module.is_empty() && !name.is_empty() && !name.contains(['[', ']']);
    let wild = |text: &str| {
        let quoted = regex::escape(text).replace("\\*", ".*").replace("\\?", "?");
        Regex::new(&format!("^{quoted}$")).ok()
    };
    sound.then(|| Some((wild(module)?, wild(name)?)))?
}

/// A pattern over the whole path of a file without its drive: one that does not start with any folder names a place
/// outside of the repository, and matches nothing here.
fn of_file(text: &str) -> Option<Regex> {
    let bare = text.replace('\\', "/");
    let bare = bare.rsplit_once(')').map_or(bare.as_str(), |(_, rest)| rest);
    let any = bare.starts_with("**") || text.contains("$(");
    let mut out = String::from("^");
    let parts: Vec<&str> = bare.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if text.contains("$(") {
        out.push_str("(?:.*/)?");
    } else {
        out.push('/');
    }
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        match (*part, last) {
            ("**", true) => out.push_str(".*"),
            ("**", false) => out.push_str("(?:[^/]+/)*"),
            (part, last) => {
                out.push_str(&regex::escape(part).replace("\\*", "[^/]*"));
                out.push_str(if last { "$" } else { "/" });
            }
        }
    }
    any.then(|| RegexBuilder::new(&out).case_insensitive(true).build().ok())?
}
