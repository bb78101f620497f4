//! One `pom.xml` as it is written.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::dom::{Dom, merged};
use crate::ids::RepoPath;
use crate::read::xml;
use crate::undecided::Undecided;

/// A plugin with its configuration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plugin {
    /// Its group; Maven's own where none is named.
    pub group: String,
    /// Its name.
    pub artifact: String,
    /// The configuration of every execution.
    pub configuration: Option<Dom>,
    /// When its goals run.
    pub executions: Vec<Execution>,
    pub(super) inherited: bool,
}

/// One run of some goals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Execution {
    /// Its name; `default` where none is given.
    pub id: String,
    /// The phase it is bound to, where one is named; `none` for no phase.
    pub phase: Option<String>,
    /// Its goals.
    pub goals: Vec<String>,
    /// Its own configuration.
    pub configuration: Option<Dom>,
    pub(super) inherited: Option<bool>,
}

impl Plugin {
    /// The configuration of one execution, with that of the plugin.
    pub fn configured(&self, execution: &Execution) -> Dom {
        merged(execution.configuration.clone(), self.configuration.as_ref()).unwrap_or_default()
    }

    fn of(node: Node<'_, '_>) -> Self {
        let text = |name| xml::text(node, name);
        let executions = xml::child(node, "executions");
        Self {
            group: text("groupId").unwrap_or("org.apache.maven.plugins").to_owned(),
            artifact: text("artifactId").unwrap_or_default().to_owned(),
            configuration: xml::child(node, "configuration").map(Dom::of),
            executions: executions
                .iter()
                .flat_map(|e| xml::children(*e, "execution"))
                .map(Execution::of)
                .collect(),
            inherited: text("inherited") != Some("false"),
        }
    }
}

impl Execution {
    fn of(node: Node<'_, '_>) -> Self {
        let text = |name| xml::text(node, name);
        let goals = xml::child(node, "goals");
        Self {
            id: text("id").unwrap_or("default").to_owned(),
            phase: text("phase").map(str::to_owned),
            goals: goals
                .iter()
                .flat_map(|g| xml::children(*g, "goal"))
                .filter_map(|g| g.text())
                .map(|g| g.trim().to_owned())
                .collect(),
            configuration: xml::child(node, "configuration").map(Dom::of),
            inherited: text("inherited").map(|text| text != "false"),
        }
    }
}

/// The parent that a project names.
#[derive(Debug, Clone)]
pub(super) struct Parent {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) relative: String,
}

/// What a project and a profile both have.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) properties: BTreeMap<String, String>,
    pub(super) plugins: Vec<Plugin>,
    pub(super) managed: Vec<Plugin>,
    pub(super) dependencies: Vec<[String; 3]>,
    pub(super) source_directory: Option<String>,
}

/// A profile.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) id: String,
    pub(super) by_default: bool,
    /// The property that activates it, with its value; a name that starts with `!` activates it by its absence.
    pub(super) property: Option<(String, Option<String>)>,
    pub(super) part: Part,
    /// The whole profile.
    pub(super) dom: Dom,
}

/// A file.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) path: RepoPath,
    pub(super) parent: Option<Parent>,
    pub(super) group: Option<String>,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) packaging: String,
    pub(super) part: Part,
    pub(super) profiles: Vec<Profile>,
}

/// Reads a file.
pub(super) fn read(path: &RepoPath, text: &str) -> Result<Model, Undecided> {
    let document =
        xml::parse(text.trim_start_matches('\u{feff}')).map_err(|why| Undecided::new(why).at(path))?;
    let root = document.root_element();
    let text = |name| xml::text(root, name).map(str::to_owned);
    let parent = xml::child(root, "parent").map(|node| {
        let text = |name| xml::text(node, name);
        Parent {
            group: text("groupId").unwrap_or_default().to_owned(),
            artifact: text("artifactId").unwrap_or_default().to_owned(),
            // An empty element says that the parent is not to be looked for in the tree.
            relative: match xml::child(node, "relativePath") {
                Some(relative) => {
                    relative.text().map(str::trim).filter(|t| !t.is_empty()).unwrap_or("\u{0}").to_owned()
                }
                None => "../pom.xml".to_owned(),
            },
        }
    });
    let profiles = xml::child(root, "profiles");
    Ok(Model {
        path: path.clone(),
        parent,
        group: text("groupId"),
        artifact: text("artifactId").unwrap_or_default(),
        version: text("version"),
        packaging: text("packaging").unwrap_or_else(|| "jar".to_owned()),
        part: part(root),
        profiles: profiles.iter().flat_map(|p| xml::children(*p, "profile")).map(profile).collect(),
    })
}

fn profile(node: Node<'_, '_>) -> Profile {
    let activation = xml::child(node, "activation");
    let property = activation.and_then(|a| xml::child(a, "property"));
    Profile {
        id: xml::text(node, "id").unwrap_or_default().to_owned(),
        by_default: activation.and_then(|a| xml::text(a, "activeByDefault")) == Some("true"),
        property: property.map(|p| {
            (xml::text(p, "name").unwrap_or_default().to_owned(), xml::text(p, "value").map(str::to_owned))
        }),
        part: part(node),
        dom: Dom::of(node),
    }
}

fn part(node: Node<'_, '_>) -> Part {
    let build = xml::child(node, "build");
    let plugins = |of: Option<Node<'_, '_>>| {
        let list = of.and_then(|of| xml::child(of, "plugins"));
        list.iter().flat_map(|list| xml::children(*list, "plugin")).map(Plugin::of).collect::<Vec<_>>()
    };
    let properties = xml::child(node, "properties");
    let properties = properties.iter().flat_map(|p| p.children()).filter(Node::is_element);
    let dependencies = xml::child(node, "dependencies");
    let dependency = |node: Node<'_, '_>| {
        let text = |name, other: &str| xml::text(node, name).unwrap_or(other).to_owned();
        [text("groupId", ""), text("artifactId", ""), text("scope", "compile")]
    };
    Part {
        properties: properties
            .map(|p| (p.tag_name().name().to_owned(), p.text().unwrap_or_default().trim().to_owned()))
            .collect(),
        plugins: plugins(build),
        managed: plugins(build.and_then(|build| xml::child(build, "pluginManagement"))),
        dependencies: dependencies
            .iter()
            .flat_map(|d| xml::children(*d, "dependency"))
            .map(dependency)
            .collect(),
        source_directory: build.and_then(|build| xml::text(build, "sourceDirectory")).map(str::to_owned),
    }
}
