//! A project put together from its file, its profiles and its parents.

use std::collections::BTreeMap;

use super::dom::{Dom, merged};
use super::model::{Execution, Model, Part, Plugin, Profile};
use super::{Given, Project};

/// Expressions in expressions beyond this are not followed, nor those that add more text than this.
const MAX_EXPRESSIONS: usize = 12;
const MAX_TEXT: usize = 64 * 1024;

/// The project at the start of a chain of parents.
pub(super) fn project(chain: &[&Model], given: &Given, wants: fn(&Dom) -> bool) -> Project {
    let own = chain[0];
    let mut whole = Part::default();
    for model in chain.iter().rev() {
        let part = with_profiles(model, given, wants);
        whole = inherited(part, whole);
    }
    let group = chain
        .iter()
        .find_map(|model| model.group.clone().or_else(|| model.parent.as_ref().map(|p| p.group.clone())));
    let group = group.unwrap_or_default();
    let version = chain.iter().find_map(|model| model.version.clone()).unwrap_or_default();
    let mut values = whole.properties.clone();
    for (name, value) in [
        ("artifactId", own.artifact.as_str()),
        ("groupId", &group),
        ("version", &version),
        ("packaging", &own.packaging),
        ("basedir", "."),
        ("build.directory", "target"),
        ("build.outputDirectory", "target/classes"),
        ("build.sourceDirectory", "src/main/java"),
    ] {
        values.insert(format!("project.{name}"), value.to_owned());
    }
    values.insert("basedir".to_owned(), ".".to_owned());
    values.extend(given.properties.clone());
    let text = |text: &str| interpolated(text, &values);
    let managed: Vec<Plugin> = whole.managed.into_iter().map(|plugin| spelled(plugin, &text)).collect();
    let plugins = whole.plugins.into_iter().map(|plugin| {
        let plugin = spelled(plugin, &text);
        match managed.iter().find(|m| same(m, &plugin)) {
            Some(weaker) => plugin_over(plugin, weaker.clone()),
            None => plugin,
        }
    });
    Project {
        dir: own.path.dir().to_owned(),
        files: chain.iter().map(|model| model.path.clone()).collect(),
        artifact: text(&own.artifact),
        packaging: own.packaging.clone(),
        source_directory: whole.source_directory.as_deref().map(text),
        plugins: plugins.collect(),
        managed,
        dependencies: whole.dependencies.iter().map(|d| [text(&d[0]), text(&d[1]), text(&d[2])]).collect(),
        properties: values.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        group,
    }
}

fn with_profiles(model: &Model, given: &Given, wants: fn(&Dom) -> bool) -> Part {
    let by_property = |profile: &Profile| match &profile.property {
        Some((name, value)) => match name.strip_prefix('!') {
            Some(name) => !given.properties.contains_key(name),
            None => given.properties.get(name).is_some_and(|known| value.as_ref().is_none_or(|v| v == known)),
        },
        None => false,
    };
    let named = |profile: &Profile| given.profiles.contains(&profile.id) || by_property(profile);
    let any = model.profiles.iter().any(named);
    let mut part = model.part.clone();
    for profile in &model.profiles {
        let off = given.profiles.iter().any(|p| p.strip_prefix(['!', '-']) == Some(&profile.id));
        let active = named(profile) || (profile.by_default && !any) || wants(&profile.dom);
        if active && !off {
            part = injected(profile.part.clone(), part);
        }
    }
    part
}

/// A profile over its project.
fn injected(stronger: Part, weaker: Part) -> Part {
    combined(stronger, weaker)
}

/// A project over its parent: what says that it is not inherited stays above.
fn inherited(own: Part, mut above: Part) -> Part {
    let handed = |plugins: Vec<Plugin>| {
        let plugins = plugins.into_iter().map(|mut plugin| {
            let by_plugin = plugin.inherited;
            plugin.executions.retain(|execution| execution.inherited.unwrap_or(by_plugin));
            if !by_plugin {
                plugin.configuration = None;
            }
            plugin
        });
        plugins.filter(|plugin| plugin.inherited || !plugin.executions.is_empty()).collect::<Vec<_>>()
    };
    above.plugins = handed(above.plugins);
    above.managed = handed(above.managed);
    combined(own, above)
}

fn combined(stronger: Part, weaker: Part) -> Part {
    let mut properties = weaker.properties;
    properties.extend(stronger.properties);
    let mut dependencies = stronger.dependencies;
    for dependency in weaker.dependencies {
        if !dependencies.iter().any(|known| known[..2] == dependency[..2]) {
            dependencies.push(dependency);
        }
    }
    Part {
        properties,
        plugins: plugins_over(stronger.plugins, weaker.plugins),
        managed: plugins_over(stronger.managed, weaker.managed),
        dependencies,
        source_directory: stronger.source_directory.or(weaker.source_directory),
    }
}

fn same(a: &Plugin, b: &Plugin) -> bool {
    a.group == b.group && a.artifact == b.artifact
}

fn plugins_over(stronger: Vec<Plugin>, weaker: Vec<Plugin>) -> Vec<Plugin> {
    let mut found: Vec<Plugin> = Vec::new();
    let mut rest = weaker;
    for plugin in stronger {
        match rest.iter().position(|w| same(w, &plugin)) {
            Some(at) => found.push(plugin_over(plugin, rest.remove(at))),
            None => found.push(plugin),
        }
    }
    found.extend(rest);
    found
}

fn plugin_over(stronger: Plugin, weaker: Plugin) -> Plugin {
    let mut executions: Vec<Execution> = Vec::new();
    let mut rest = weaker.executions;
    for execution in stronger.executions {
        let Some(at) = rest.iter().position(|w| w.id == execution.id) else {
            executions.push(execution);
            continue;
        };
        let below = rest.remove(at);
        let mut goals = execution.goals;
        goals.extend(below.goals.into_iter().filter(|goal| !goals.contains(goal)).collect::<Vec<_>>());
        executions.push(Execution {
            id: execution.id,
            phase: execution.phase.or(below.phase),
            goals,
            configuration: merged(execution.configuration, below.configuration.as_ref()),
            inherited: execution.inherited.or(below.inherited),
        });
    }
    executions.extend(rest);
    Plugin {
        configuration: merged(stronger.configuration, weaker.configuration.as_ref()),
        executions,
        ..stronger
    }
}

fn spelled(mut plugin: Plugin, text: &impl Fn(&str) -> String) -> Plugin {
    plugin.group = text(&plugin.group);
    plugin.artifact = text(&plugin.artifact);
    if let Some(configuration) = &mut plugin.configuration {
        configuration.map(text);
    }
    for execution in &mut plugin.executions {
        execution.phase = execution.phase.as_deref().map(text);
        execution.goals.iter_mut().for_each(|goal| *goal = text(goal));
        if let Some(configuration) = &mut execution.configuration {
            configuration.map(text);
        }
    }
    plugin
}

/// The text with its expressions replaced, those without a value left.
fn interpolated(text: &str, values: &BTreeMap<String, String>) -> String {
    replaced(text, values, 0, &mut MAX_TEXT.clone())
}

fn replaced(text: &str, values: &BTreeMap<String, String>, depth: usize, budget: &mut usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else { break };
        let name = &rest[at + 2..at + end];
        let known =
            values.get(name).or_else(|| values.get(&format!("project.{}", name.strip_prefix("pom.")?)));
        match known {
            Some(value) if depth < MAX_EXPRESSIONS && *budget > value.len() => {
                *budget -= value.len() + 1;
                out.push_str(&replaced(value, values, depth + 1, budget));
            }
            _ => out.push_str(&rest[at..=at + end]),
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}
