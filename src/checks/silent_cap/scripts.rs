//! Requests in shell scripts and in the steps of workflows: `gh api`, `curl` and the like.

use crate::ids::RepoPath;
use crate::read::{shell, workflow};
use crate::span::line_start;

use super::facts::{Service, services};
use super::graphql;
use super::requests::{beyond, in_address};
use super::{Found, Sort};

/// The requests of a script or workflow; `None` for other files.
pub(super) fn find(path: &RepoPath, text: &str) -> Option<Vec<Found>> {
    if workflow::is_workflow(path) {
        // What a workflow that can't be read would run is not known; other rules tell that it can't be read.
        let jobs = workflow::parse(text).map(|workflow| workflow.jobs).unwrap_or_default();
        let steps = jobs.iter().flat_map(|job| &job.steps);
        let runs = steps.filter_map(|step| step.run.as_ref());
        return Some(runs.flat_map(|run| in_script(&run.value, run.text_line, text)).collect());
    }
    matches!(path.extension(), "sh" | "bash" | "zsh").then(|| in_script(text, 1, text))
}

fn in_script(script: &str, first_line: usize, text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for command in shell::commands(script) {
        let spoken_to =
            services().iter().filter_map(|service| asked(service, &command.words).map(|a| (service, a)));
        for (service, (parameter, count, max)) in spoken_to {
            let line = first_line + command.line - 1;
            let start = line_start(text, line);
            let end = line_start(text, line + 1).max(start);
            let shown = text[start..end].trim_end();
            let indent = shown.len() - shown.trim_start().len();
            found.push(Found {
                service,
                sort: Sort::Beyond { parameter, count, max },
                range: start + indent..start + shown.len(),
                shown: String::new(),
            });
        }
    }
    found
}

fn asked(service: &Service, words: &[String]) -> Option<(String, u64, u64)> {
    if words.iter().any(|word| word == "--paginate") {
        return None;
    }
    let speaks = service.command.as_ref().is_some_and(|command| {
        let command: Vec<&str> = command.split(' ').collect();
        words.len() > command.len() && words.iter().zip(&command).all(|(word, part)| word == part)
    });
    if !speaks {
        return words.iter().find_map(|word| in_address(service, word));
    }
    words.iter().find_map(|word| beyond(service, word).or_else(|| graphql::beyond(service, word))).or_else(
        || {
            // `-F per_page=500`
            words.iter().find_map(|word| beyond(service, &format!("?{word}")))
        },
    )
}
