//! What scripts that run around tests do to the outcome: a process ended early, assertions replaced.

use super::deed::{self, Deed, Weight};
use super::helpers::Around;
use super::place::{Place, Reached, SCRIPT, reached};
use super::python::shortened;
use super::script_fakes;
use crate::ids::RepoPath;
use crate::read::syntax::{self, Language, Node, below, parts, text};
use crate::undecided::Undecided;

/// Hooks that run in every run of the file.
const HOOKS: [&str; 8] =
    ["before", "after", "beforeAll", "afterAll", "beforeEach", "afterEach", "globalSetup", "globalTeardown"];

pub(super) fn read(path: &RepoPath, source: &str, around: Around) -> Result<Vec<Deed>, Undecided> {
    let Some(language) = Language::of(path) else { return Ok(Vec::new()) };
    let tree = syntax::parse(language, source)?;
    let file = File { source, around, root: tree.root() };
    if around == Around::Tests && !file.holds_tests() {
        // A script that nothing but Node.js runs ends itself as it likes.
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for node in tree.nodes() {
        match node.kind() {
            "call_expression" => {
                found.extend(file.exit(node));
                found.extend(script_fakes::extended(&file, node));
            }
            "assignment_expression" => {
                found.extend(file.code(node));
                found.extend(script_fakes::assigned(&file, node));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// A parsed script.
pub(super) struct File<'t, 's> {
    pub(super) source: &'s str,
    around: Around,
    root: Node<'t>,
}

impl<'t, 's> File<'t, 's> {
    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        text(node, self.source)
    }

    fn holds_tests(&self) -> bool {
        const TESTS: [&str; 5] = ["it", "test", "describe", "suite", "context"];
        below(self.root).filter(|n| n.kind() == "call_expression").any(|call| {
            let callee = call.child_by_field_name("function").map_or("", |callee| self.text(callee));
            TESTS.contains(&callee.split('.').next().unwrap_or_default())
        })
    }

    /// Where a node runs in every run, in words, with its conditions weighed; nothing where it may not run at all.
    pub(super) fn when(&self, node: Node<'t>) -> Option<(String, Reached)> {
        let mut hook = None;
        let place = SCRIPT.place(node, self.source, |function| {
            let name = self.hook(function);
            hook = hook.or(name);
            name.is_some()
        });
        let Place { function: None, conditions } = place else { return None };
        let at = match hook {
            None => "when the file is loaded".to_owned(),
            Some("exit") => "when the process ends".to_owned(),
            Some("export") => "around all tests".to_owned(),
            Some(hook) => format!("in `{hook}`"),
        };
        Some((at, reached(&conditions, self.source)))
    }

    /// What calls a function in every run: a hook of the file, the end of the process, the runner itself.
    fn hook(&self, function: Node<'t>) -> Option<&'s str> {
        let outer = function.parent()?;
        if self.around == Around::Global {
            let exported = outer.kind() == "export_statement"
                || outer.kind() == "assignment_expression"
                    && outer.child_by_field_name("left").is_some_and(|l| self.text(l).contains("exports"));
            if exported {
                return Some("export");
            }
        }
        if outer.kind() == "parenthesized_expression" {
            // `(() => …)()` runs where it stands.
            return outer.parent().filter(|call| call.kind() == "call_expression").map(|_| "");
        }
        let call = outer.parent().filter(|_| outer.kind() == "arguments")?;
        let callee = self.text(call.child_by_field_name("function")?);
        if matches!(callee, "process.on" | "process.once") {
            let event = self.text(parts(outer).next()?);
            return matches!(event.trim_matches(['"', '\'', '`']), "exit" | "beforeExit").then_some("exit");
        }
        HOOKS.contains(&callee).then_some(callee)
    }

    fn exit(&self, call: Node<'t>) -> Option<Deed> {
        let callee = self.text(call.child_by_field_name("function")?);
        let code = parts(call.child_by_field_name("arguments")?).next();
        if !matches!(callee, "process.exit" | "process.reallyExit") || self.text(code?) != "0" {
            return None;
        }
        self.ended(call)
    }

    /// `process.exitCode = 0` where the process ends; earlier, runners set it again.
    fn code(&self, assignment: Node<'t>) -> Option<Deed> {
        let left = self.text(assignment.child_by_field_name("left")?);
        let right = self.text(assignment.child_by_field_name("right")?);
        let (at, _) = self.when(assignment)?;
        let late = ["when the process ends", "around all tests", "in `afterAll`", "in `after`"];
        if left != "process.exitCode" || right != "0" || !late.contains(&at.as_str()) {
            return None;
        }
        self.ended(assignment)
    }

    fn ended(&self, node: Node<'t>) -> Option<Deed> {
        let (at, reached) = self.when(node)?;
        let weight = match reached {
            Reached::Always => Weight::Block,
            Reached::Failed if at != "when the file is loaded" => Weight::Block,
            _ => return None,
        };
        Some(deed::ends(node.byte_range(), &shortened(self.text(node)), &at, weight))
    }
}

#[cfg(test)]
mod facts {
    use super::*;

    fn found(source: &str, around: Around) -> usize {
        read(&"a.ts".parse().unwrap(), source, around).unwrap().len()
    }

    #[test]
    fn a_process_that_ends_itself_is_known() {
        for source in [
            "process.exit(0);\n",
            "afterAll(() => { process.exit(0); });\n",
            "process.on('exit', () => { process.exitCode = 0; });\n",
            "process.on('exit', (code) => { if (code !== 0) process.reallyExit(0); });\n",
            "(async () => { await run(); process.exit(0); })();\n",
        ] {
            assert_eq!(found(source, Around::Setup), 1, "{source}");
        }
        assert_eq!(
            found("export default async () => { await stop(); process.exit(0); };\n", Around::Global),
            1
        );
        assert_eq!(found("it('a', () => {});\nafterAll(() => process.exit(0));\n", Around::Tests), 1);
    }

    #[test]
    fn ends_that_nothing_calls_or_that_pass_the_code_on_are_none() {
        for source in [
            "process.exit(1);\n",
            "process.exit();\n",
            "process.exit(code);\n",
            "process.exitCode = 0;\n",
            "function stop() { process.exit(0); }\n",
            "if (process.env.SKIP_DB) { process.exit(0); }\n",
            "process.on('SIGINT', () => process.exit(0));\n",
            "it('ends', () => { process.exit(0); });\n",
            "run().catch((error) => { console.error(error); process.exit(0); });\n",
        ] {
            assert_eq!(found(source, Around::Setup), 0, "{source}");
        }
        assert_eq!(found("assert.equal(1, 1);\nprocess.exit(0);\n", Around::Tests), 0);
    }
}
