//! `TestMain` of Go that throws away what the tests came to.

use super::deed::{self, Deed, Weight};
use super::place::{GO, Reached, reached};
use crate::read::syntax::{self, Language, Node, below, parts, text};
use crate::undecided::Undecided;

pub(super) fn read(source: &str) -> Result<Vec<Deed>, Undecided> {
    let tree = syntax::parse(Language::Go, source)?;
    let mut found = Vec::new();
    for function in parts(tree.root()).filter(|n| n.kind() == "function_declaration") {
        let name = function.child_by_field_name("name").map_or("", |n| text(n, source));
        if !matches!(name, "TestMain" | "init") {
            continue;
        }
        let Some(body) = function.child_by_field_name("body") else { continue };
        if name == "TestMain" {
            found.extend(never_run(function, body, source));
        }
        for call in below(body).filter(|n| n.kind() == "call_expression") {
            found.extend(exit(call, name, source));
        }
    }
    Ok(found)
}

fn exit(call: Node<'_>, name: &str, source: &str) -> Option<Deed> {
    let callee = call.child_by_field_name("function")?;
    let code = parts(call.child_by_field_name("arguments")?).next()?;
    if text(callee, source) != "os.Exit" || text(code, source) != "0" {
        return None;
    }
    // What a deferred function does is done in every run.
    let place = GO.place(call, source, |function| {
        function.kind() == "func_literal"
            && function.parent().and_then(|call| call.parent()).is_some_and(|n| n.kind() == "defer_statement")
    });
    let around = place.function?;
    if around.child_by_field_name("name").is_none_or(|n| text(n, source) != name) {
        return None;
    }
    let weight = match reached(&place.conditions, source) {
        Reached::Always => Weight::Block,
        Reached::Failed if name == "TestMain" && follows_the_run(around, call, source) => Weight::Block,
        _ => return None,
    };
    Some(deed::ends(call.byte_range(), "os.Exit(0)", &format!("in `{name}`"), weight))
}

fn follows_the_run(function: Node<'_>, call: Node<'_>, source: &str) -> bool {
    below(function).filter(|n| n.kind() == "call_expression" && n.end_byte() <= call.start_byte()).any(|n| {
        n.child_by_field_name("function").is_some_and(|callee| text(callee, source).ends_with(".Run"))
    })
}

/// A `TestMain` that never touches what it is given.
fn never_run(function: Node<'_>, body: Node<'_>, source: &str) -> Option<Deed> {
    let parameter = parts(function.child_by_field_name("parameters")?).next()?;
    let given = parameter.child_by_field_name("type").map_or("", |n| text(n, source));
    let name = parameter.child_by_field_name("name").map_or("_", |n| text(n, source));
    let uses = below(body).any(|n| n.kind() == "identifier" && text(n, source) == name);
    // One that ends the process itself is told by its end.
    let ends = below(body).any(|n| {
        n.kind() == "call_expression"
            && n.child_by_field_name("function")
                .is_some_and(|f| matches!(text(f, source), "os.Exit" | "panic"))
    });
    (given == "*testing.M" && !uses && !ends).then(|| Deed {
        range: function.byte_range(),
        matter: "never runs TestMain".to_owned(),
        headline: "`TestMain` in `{file}` runs no test of its package".to_owned(),
        why:
            "Go hands the tests to `TestMain`, which returns without `m.Run()`: the package passes untested."
                .to_owned(),
        label: "no test is run",
        weight: Weight::Block,
    })
}

#[cfg(test)]
mod facts {
    use super::*;

    fn found(body: &str) -> usize {
        read(&format!("package a\n\nfunc TestMain(m *testing.M) {{\n{body}\n}}\n")).unwrap().len()
    }

    #[test]
    fn a_test_main_that_drops_the_code_is_known() {
        for body in [
            "m.Run()\nos.Exit(0)",
            "_ = m.Run()\ncleanup()\nos.Exit(0)",
            "defer os.Exit(0)\nm.Run()",
            "code := m.Run()\nif code != 0 {\nos.Exit(0)\n}",
            "os.Exit(0)",
            "",
        ] {
            assert_eq!(found(body), 1, "{body}");
        }
    }

    #[test]
    fn a_test_main_that_passes_the_code_on_or_asks_first_is_none() {
        for body in [
            "os.Exit(m.Run())",
            "m.Run()",
            "code := m.Run()\nstop()\nos.Exit(code)",
            "if os.Getenv(\"HELPER\") == \"1\" {\nserve()\nos.Exit(0)\n}\nos.Exit(m.Run())",
            "code := m.Run()\nif code != 0 {\nos.Exit(code)\n}\nos.Exit(0)",
            "if code := m.Run(); code != 0 {\nos.Exit(code)\n} else {\nos.Exit(0)\n}",
            "code := m.Run()\nif code == 0 {\nos.Exit(0)\n}\nos.Exit(code)",
            "if testing.Short() {\nos.Exit(0)\n}\nos.Exit(m.Run())",
            "goleak.VerifyTestMain(m)",
            "if len(os.Args) > 3 {\nmain()\nos.Exit(0)\n}\nos.Exit(m.Run())",
            "if !dockerUp() {\nfmt.Println(\"no docker\")\nos.Exit(0)\n}\nos.Exit(m.Run())",
        ] {
            assert_eq!(found(body), 0, "{body}");
        }
        assert_eq!(read("package a\n\nfunc TestChild(t *testing.T) {\n\tos.Exit(0)\n}\n").unwrap(), []);
    }
}
