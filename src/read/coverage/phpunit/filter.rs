//! The folders and files of a filter, as PHPUnit walks them.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::Element;
use crate::change::Kind;
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage::shell_glob;
use crate::read::coverage::survey::{Survey, below, place};
use crate::undecided::Undecided;

/// More folders than this are not walked for one pattern.
const MAX_FOLDERS: usize = 20_000;

/// What is included, less what is excluded, in whichever order the file has them.
pub(super) struct Filter<'s, 't> {
    survey: &'s Survey<'t>,
    dir: &'s str,
    /// Since version 11 `**` stands for any number of folders.
    deep: bool,
    folders: Vec<String>,
    include: BTreeSet<RepoPath>,
    exclude: BTreeSet<RepoPath>,
    listed: bool,
    failed: Option<Undecided>,
}

impl<'s, 't> Filter<'s, 't> {
    /// A filter whose paths are seen from the folder of the configuration.
    pub(super) fn new(survey: &'s Survey<'t>, dir: &'s str, major: Option<u32>) -> Self {
        Filter {
            survey,
            dir,
            deep: major.is_none_or(|major| major >= 11),
            folders: Vec::new(),
            include: BTreeSet::new(),
            exclude: BTreeSet::new(),
            listed: false,
            failed: None,
        }
    }

    /// Takes in the folders and files of a section.
    pub(super) fn take(&mut self, element: Element, section: Node<'_, '_>) {
        for node in section.children().filter(Node::is_element) {
            let name = node.tag_name().name();
            let text: String = node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect();
            // Since 12.3 a folder may be a source of issues without being one of coverage.
            let silent = node.attribute("includeInCodeCoverage") == Some("false");
            let files = match name {
                "directory" if !text.is_empty() => {
                    let suffix = node.attribute("suffix").unwrap_or(".php");
                    let prefix = node.attribute("prefix").unwrap_or_default();
                    self.walked(self.dir, text.trim(), prefix, suffix)
                }
                "file" if !text.is_empty() => self.file(text.trim()).into_iter().collect(),
                _ => continue,
            };
            self.listed |= element == Element::Include;
            match element {
                Element::Exclude => self.exclude.extend(files),
                Element::Include if silent => self.exclude.extend(files),
                Element::Include => self.include.extend(files),
            }
        }
    }

    /// Takes in a folder that a flag names.
    pub(super) fn include_folder(&mut self, dir: &str, named: &str) {
        let files = self.walked(dir, named, "", ".php");
        self.include.extend(files);
        self.listed = true;
    }

    /// Whether anything is listed for inclusion.
    pub(super) fn includes(&self) -> bool {
        self.listed
    }

    /// What is left.
    pub(super) fn files(self) -> Result<BTreeSet<RepoPath>, Undecided> {
        match self.failed {
            Some(undecided) => Err(undecided),
            None => Ok(self.include.difference(&self.exclude).cloned().collect()),
        }
    }

    fn file(&self, named: &str) -> Option<RepoPath> {
        let path: RepoPath = place(self.dir, named)?.parse().ok()?;
        (self.survey.tree.entry(&path)?.kind == Kind::File).then_some(path)
    }

    /// The files below the folders that a path names whose names begin and end so. Hidden folders are passed over.
    fn walked(&mut self, dir: &str, named: &str, prefix: &str, suffix: &str) -> Vec<RepoPath> {
        let Some(place) = place(dir, named) else { return Vec::new() };
        let folders = self.matching(&place);
        let mut found = Vec::new();
        // A folder that is a file counts as that file, whatever its name.
        if let Ok(path) = place.parse::<RepoPath>()
            && self.survey.tree.entry(&path).is_some_and(|entry| entry.kind == Kind::File)
        {
            found.push(path);
        }
        for folder in folders {
            let inside = |path: &&RepoPath| {
                let shown = below(&folder, path.as_str()).is_some_and(|inside| {
                    let folders = inside.rsplit_once('/').map_or("", |(folders, _)| folders);
                    !folders.split('/').any(|part| part.starts_with('.'))
                });
                let file = || self.survey.tree.entry(path).is_some_and(|entry| entry.kind == Kind::File);
                path.name().starts_with(prefix) && path.name().ends_with(suffix) && shown && file()
            };
            found.extend(self.survey.tree.under(&folder).filter(inside).cloned());
        }
        found
    }

    /// The folders that a path with wildcards names; the path itself where it has none.
    fn matching(&mut self, place: &str) -> Vec<String> {
        if !place.contains(['*', '?', '[']) {
            return vec![place.to_owned()];
        }
        let Some(regex) = shell_glob::regex(place, self.deep) else {
            self.failed =
                Some(Undecided::new(format!("holds the folder {place:?}, whose pattern is not read")));
            return Vec::new();
        };
        if self.folders.is_empty() {
            let mut all = BTreeSet::new();
            for path in &self.survey.files {
                for dir in ancestors(path.dir()) {
                    if dir.is_empty() || !all.insert(dir) {
                        break;
                    }
                }
            }
            self.folders = all.into_iter().map(str::to_owned).collect();
        }
        self.folders.iter().filter(|folder| regex.is_match(folder)).take(MAX_FOLDERS).cloned().collect()
    }
}
