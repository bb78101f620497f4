//! What Gradle runs: the tasks that a command names, with the filters and groups that scripts set for them.

use super::Selected;
use super::classes::{Source, named, pattern, sources};
use super::filter::{Filter, Names};
use super::launch::{Launch, is_open};
use crate::ids::folder::below;
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::gradle::{self, Action, Item, Project};
use crate::read::json::Value;

const VALUED: [&str; 10] = ["I", "P", "b", "c", "console", "exclude-task", "max-workers", "p", "tests", "x"];

/// What each command that starts Gradle runs; where none runs tests, what `gradle check` would.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let builds = gradle::builds(survey.tree);
    let projects: Vec<&Project> = builds.iter().flat_map(|build| &build.projects).collect();
    if projects.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for launch in launches {
        let Some(words) = launch.behind(&["gradle", "gradlew"]) else { continue };
        let options = Options::read(words, &VALUED, Until::End);
        if options.on("dry-run") || options.on("m") {
            continue;
        }
        for mut selected in of_command(survey, &projects, launch.dir, &options) {
            let mut choosing = options
                .rest
                .iter()
                .map(String::as_str)
                .chain(options.values("x"))
                .chain(options.values("tests"));
            selected.open |= choosing.any(is_open);
            found.push(launch.starts(selected));
        }
    }
    if found.is_empty() {
        let check = Options::read(&["check".to_owned()], &VALUED, Until::End);
        found = of_command(survey, &projects, "", &check);
    }
    found
}

fn of_command(survey: &Survey<'_>, projects: &[&Project], dir: &str, options: &Options) -> Vec<Selected> {
    let home = options.value("p").and_then(|to| place(dir, to)).unwrap_or_else(|| dir.to_owned());
    let left_out: Vec<&str> = options.values("x").chain(options.values("exclude-task")).collect();
    let is_out = |project: &Project, task: &str| {
        left_out.iter().any(|out| match out.rsplit_once(':') {
            Some((path, name)) => {
                name == task && path.trim_start_matches(':') == project.path.trim_start_matches(':')
            }
            None => *out == task,
        })
    };
    let mut found = Vec::new();
    for project in projects {
        let own = sources(survey, &project.dir);
        if own.is_empty() || !(home.is_empty() || project.dir == home || below(&home, &project.dir).is_some())
        {
            continue;
        }
        let mut selected = Selected::new("gradle", &project.dir);
        selected.config.extend(project.script.iter().cloned());
        let mut names = Names::default();
        for word in &options.rest {
            let (path, task) = word.rsplit_once(':').unwrap_or(("", word));
            if !path.is_empty() && path.trim_start_matches(':') != project.path.trim_start_matches(':') {
                continue;
            }
            let all = matches!(task, "check" | "build" | "buildNeeded" | "allTests" | "verify");
            let testing = all || task.to_lowercase().contains("test");
            if !testing {
                continue;
            }
            let sets: Vec<&str> = own.iter().map(|source| source.set).collect();
            let exact = sets.contains(&task);
            let of_task = |source: &&Source<'_>| {
                // Tasks that are named after no source set, such as Android's, may run any of them.
                (!exact || source.set == task) && !is_out(project, source.set) && !is_out(project, task)
            };
            let task = Task::of(project, if exact { task } else { "test" });
            selected.config.extend(task.at.iter().cloned());
            if task.off && !all {
                continue;
            }
            let taken =
                own.iter().filter(of_task).filter(|source| source.set != "test" || task.takes(source));
            selected.files.extend(taken.map(|source| source.path.clone()));
            names.groups.extend(task.groups);
            names.not_groups.extend(task.not_groups);
        }
        let only: Vec<_> = options.values("tests").filter_map(named).collect();
        let by_class = |class: &str| {
            let class = class.replace('/', ".");
            only.is_empty()
                || only.iter().any(|regex| {
                    regex.is_match(&class)
                        || regex.as_str().contains(class.rsplit('.').next().unwrap_or_default())
                })
        };
        let classes: Vec<&Source<'_>> = own.iter().filter(|source| by_class(source.class)).collect();
        selected.files.retain(|path| classes.iter().any(|source| source.path == path));
        selected.filter = Filter::Names(Box::new(names));
        selected.config.dedup();
        found.push(selected);
    }
    found
}

/// What a project's scripts say of one task.
#[derive(Default)]
struct Task {
    off: bool,
    included: Vec<Pattern>,
    excluded: Vec<Pattern>,
    groups: Vec<String>,
    not_groups: Vec<String>,
    /// The scripts that say it.
    at: Vec<crate::ids::RepoPath>,
}

enum Pattern {
    Path(crate::read::glob::Glob),
    Name(regex::Regex),
}

impl Pattern {
    fn fits(&self, source: &Source<'_>) -> bool {
        match self {
            Self::Path(glob) => glob.is_match(source.class),
            Self::Name(regex) => regex.is_match(&source.class.replace('/', ".")),
        }
    }
}

impl Task {
    fn of(project: &Project, name: &str) -> Self {
        let mut found = Self::default();
        for item in &project.items {
            let Some(inner) = inner(item, name) else { continue };
            // What hangs on a condition is for the run to decide.
            if item.within.iter().any(|frame| frame.conditional) {
                continue;
            }
            found.take(item, &inner);
        }
        found
    }

    fn take(&mut self, item: &Item, inner: &[&str]) {
        let values = match &item.action {
            Action::Call(_, values, _) => {
                values.iter().flat_map(|value| value.texts().unwrap_or_default()).collect()
            }
            Action::Set(_, value) | Action::Add(_, value) => value.texts().unwrap_or_default(),
            Action::Unread(_) => return,
        };
        let paths = || values.iter().filter_map(|text| pattern(text)).map(Pattern::Path);
        let classes = || values.iter().filter_map(|text| named(text)).map(Pattern::Name);
        let known = match inner {
            ["enabled"] => {
                if let Action::Set(_, Value::Bool(on)) = &item.action {
                    self.off = !on;
                }
                true
            }
            ["exclude" | "excludes"] => {
                self.excluded.extend(paths());
                true
            }
            ["include" | "includes"] => {
                self.included.extend(paths());
                true
            }
            [.., "excludeTestsMatching"] => {
                self.excluded.extend(classes());
                true
            }
            [.., "includeTestsMatching"] => {
                self.included.extend(classes());
                true
            }
            [.., "excludeTags" | "excludeCategories" | "excludeGroups"] => {
                self.not_groups.extend(values.iter().cloned());
                true
            }
            [.., "includeTags" | "includeCategories" | "includeGroups"] => {
                self.groups.extend(values.iter().cloned());
                true
            }
            _ => false,
        };
        if known && !self.at.contains(&item.at) {
            self.at.push(item.at.clone());
        }
    }

    fn takes(&self, source: &Source<'_>) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.fits(source));
        !self.off && (self.included.is_empty() || any(&self.included)) && !any(&self.excluded)
    }
}

/// The words of an item behind those that name the task, where it configures that task or all of its kind.
fn inner<'i>(item: &'i Item, task: &str) -> Option<Vec<&'i str>> {
    let name = match &item.action {
        Action::Set(name, _) | Action::Add(name, _) | Action::Call(name, ..) => name.as_str(),
        Action::Unread(_) => return None,
    };
    const BETWEEN: [&str; 8] =
        ["configureEach", "configure", "all", "named", "withType", "getByName", "register", "tasks"];
    let mut words: Vec<&str> = Vec::new();
    let mut found = false;
    for frame in &item.within {
        for word in frame.name.split('.') {
            if !found && word == task {
                found = true;
                words.clear();
            } else {
                words.push(word);
            }
        }
        if !found
            && frame.name.starts_with("task")
            && (frame.given(task) || task == "test" && frame.given("Test"))
        {
            found = true;
            words.clear();
        }
    }
    for word in name.split('.') {
        if !found && word == task {
            found = true;
            words.clear();
        } else {
            words.push(word);
        }
    }
    found.then(|| words.into_iter().filter(|word| !BETWEEN.contains(word)).collect())
}
