//! Projects of .NET: their assemblies, what they reference and the properties they set.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage::survey::{Survey, below, place};
use crate::read::xml;

/// Properties by name.
pub(super) type Properties = BTreeMap<String, String>;

/// A project.
pub(super) struct Project {
    pub(super) path: RepoPath,
    pub(super) assembly: String,
    namespace: String,
    pub(super) is_test: bool,
    references: Vec<String>,
    pub(super) properties: Properties,
    /// The file of shared properties that it takes in.
    pub(super) shared: Option<RepoPath>,
}

impl Project {
    /// The name of the type that a file declares by convention.
    pub(super) fn type_of(&self, path: &RepoPath) -> String {
        let inside = below(self.path.dir(), path.as_str()).unwrap_or(path.as_str());
        let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
        format!("{}.{}", self.namespace, stem.replace('/', "."))
    }
}

/// The projects of a tree. One that can't be read counts as one that sets nothing.
pub(super) fn read(survey: &Survey<'_>) -> Vec<Project> {
    let of = |path: &RepoPath| matches!(path.extension(), "csproj" | "fsproj" | "vbproj");
    survey.files.iter().filter(|path| of(path)).map(|path| project(survey, path)).collect()
}

fn project(survey: &Survey<'_>, path: &RepoPath) -> Project {
    let shared = ancestors(path.dir()).find_map(|dir| survey.first(dir, &["Directory.Build.props"]));
    let mut read = shared.as_ref().map(|path| contents(survey, path)).unwrap_or_default();
    let own = contents(survey, path);
    read.properties.extend(own.properties);
    read.packages.extend(own.packages);
    let stem = path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem).to_owned();
    let named =
        |name: &str| read.properties.get(name).filter(|value| !value.contains('$') && !value.is_empty());
    let assembly = named("AssemblyName").cloned().unwrap_or_else(|| stem.clone());
    let namespace = named("RootNamespace").cloned().unwrap_or_else(|| stem.replace([' ', '-'], "_"));
    let said = read.properties.get("IsTestProject").map(|value| value.eq_ignore_ascii_case("true"));
    let is_test = said.unwrap_or_else(|| {
        let own = stem.to_lowercase();
        let packages =
            ["microsoft.net.test.sdk", "coverlet.msbuild", "coverlet.collector", "mstest", "tunit"];
        let named = ["test", "tests", "unittests", "integrationtests", "specs"]
            .iter()
            .any(|end| own.rsplit('.').next() == Some(end));
        named || own_packages(&read.packages, &packages)
    });
    let references = own.references.iter().filter_map(|named| place(path.dir(), &named.replace('\\', "/")));
    Project {
        path: path.clone(),
        assembly,
        namespace,
        is_test,
        references: references.collect(),
        properties: read.properties,
        shared,
    }
}

fn own_packages(packages: &BTreeSet<String>, known: &[&str]) -> bool {
    known.iter().any(|known| packages.contains(*known))
}

#[derive(Default)]
struct Contents {
    properties: Properties,
    packages: BTreeSet<String>,
    references: Vec<String>,
}

fn contents(survey: &Survey<'_>, path: &RepoPath) -> Contents {
    let mut found = Contents::default();
    let Ok(Some(text)) = survey.tree.text(path) else { return found };
    let Ok(document) = xml::parse(text.trim_start_matches('\u{feff}')) else { return found };
    for group in document.root_element().children().filter(roxmltree::Node::is_element) {
        for node in group.children().filter(roxmltree::Node::is_element) {
            let name = node.tag_name().name();
            match (group.tag_name().name(), name) {
                ("PropertyGroup", _) => {
                    found
                        .properties
                        .insert(name.to_owned(), node.text().unwrap_or_default().trim().to_owned());
                }
                ("ItemGroup", "PackageReference") => {
                    found.packages.extend(node.attribute("Include").map(str::to_lowercase));
                }
                ("ItemGroup", "ProjectReference") => {
                    found.references.extend(node.attribute("Include").map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    found
}

/// A project and those that it references, directly or not.
pub(super) fn reached<'p>(project: &'p Project, all: &'p [Project]) -> Vec<&'p Project> {
    let by_path: BTreeMap<&str, &Project> =
        all.iter().map(|project| (project.path.as_str(), project)).collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![project];
    let mut found = Vec::new();
    while let Some(project) = open.pop() {
        if seen.insert(project.path.as_str()) {
            open.extend(project.references.iter().filter_map(|path| by_path.get(path.as_str()).copied()));
            found.push(project);
        }
    }
    found
}
