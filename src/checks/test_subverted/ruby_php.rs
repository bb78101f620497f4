//! Helpers of RSpec, Minitest and PHPUnit that end the run as a success.

use super::deed::{self, Deed, Weight};
use super::place::{PHP, Place, RUBY, Reached, reached};
use crate::read::syntax::query::Grammar;
use crate::read::syntax::{self, Language, Node, below, parts, text};
use crate::undecided::Undecided;

/// `at_exit { exit 0 }`, `exit!(0)`, `config.failure_exit_code = 0`.
pub(super) fn ruby(source: &str) -> Result<Vec<Deed>, Undecided> {
    let tree = syntax::parse(Language::Ruby, source)?;
    let mut found = Vec::new();
    for node in tree.nodes() {
        match node.kind() {
            "call" => found.extend(ruby_exit(node, source)),
            "identifier" if text(node, source) == "exit" => {
                let bare = node.parent().is_none_or(|outer| outer.kind() != "call");
                found.extend(if bare { ruby_end(node, source) } else { None });
            }
            "assignment" => found.extend(failure_code(node, source)),
            _ => {}
        }
    }
    Ok(found)
}

fn ruby_exit(call: Node<'_>, source: &str) -> Option<Deed> {
    let method = text(call.child_by_field_name("method")?, source);
    let receiver = call.child_by_field_name("receiver").map_or("", |n| text(n, source));
    if !matches!(receiver, "" | "Kernel" | "Process") {
        return None;
    }
    let code = call.child_by_field_name("arguments").and_then(|arguments| parts(arguments).next());
    let code = code.map(|code| text(code, source));
    let is_good = match method {
        "exit" => matches!(code, None | Some("0" | "true")),
        "exit!" => matches!(code, Some("0" | "true")),
        _ => false,
    };
    if is_good { ruby_end(call, source) } else { None }
}

fn ruby_end(node: Node<'_>, source: &str) -> Option<Deed> {
    const AT_THE_END: [&str; 4] = ["at_exit", "after_run", "after(:suite)", "after :suite"];
    let Place { function: None, conditions } = RUBY.place(node, source, |_| false) else { return None };
    let mut block = None;
    let mut inner = node;
    while let Some(outer) = inner.parent() {
        if matches!(outer.kind(), "block" | "do_block") {
            let call = outer.parent()?;
            let head: String = text(call, source).chars().take(60).collect();
            let ends = AT_THE_END.iter().any(|word| head.contains(word));
            if !ends && !head.starts_with("RSpec.configure") {
                return None;
            }
            block = block.or(ends.then_some("when the run ends"));
        }
        inner = outer;
    }
    let weight = match reached(&conditions, source) {
        Reached::Always => Weight::Block,
        Reached::Failed if block.is_some() => Weight::Block,
        _ => return None,
    };
    let words = text(node, source);
    Some(deed::ends(node.byte_range(), words, block.unwrap_or("when the file is loaded"), weight))
}

fn failure_code(assignment: Node<'_>, source: &str) -> Option<Deed> {
    let left = text(assignment.child_by_field_name("left")?, source);
    let right = text(assignment.child_by_field_name("right")?, source);
    let place = RUBY.place(assignment, source, |_| false);
    let always = reached(&place.conditions, source) == Reached::Always;
    (left.ends_with(".failure_exit_code") && right == "0" && always)
        .then(|| no_code(assignment.byte_range(), text(assignment, source)))
}

fn no_code(range: std::ops::Range<usize>, words: &str) -> Deed {
    Deed {
        range,
        matter: "failure_exit_code 0".to_owned(),
        headline: format!("`{words}` in `{{file}}` makes RSpec succeed when examples fail"),
        why: "RSpec exits by this number when an example fails, and 0 means success to whoever started it."
            .to_owned(),
        label: "the exit status of a failed run",
        weight: Weight::Block,
    }
}

/// `--failure-exit-code 0` in `.rspec`.
pub(super) fn rspec(source: &str) -> Vec<Deed> {
    let words: Vec<&str> = source.split_whitespace().collect();
    let at = source.find("--failure-exit-code");
    let zero = words.windows(2).any(|pair| pair == ["--failure-exit-code", "0"])
        || words.contains(&"--failure-exit-code=0");
    let deed = at.filter(|_| zero).map(|at| {
        let end = source[at..].find('\n').map_or(source.len(), |end| at + end);
        no_code(at..end, "--failure-exit-code 0")
    });
    deed.into_iter().collect()
}

/// A bootstrap of PHPUnit that leaves, at once or when PHP shuts down.
pub(super) fn php(source: &str) -> Result<Vec<Deed>, Undecided> {
    let tree = Grammar::Php.parse(source)?;
    let mut found = Vec::new();
    for node in tree.nodes().filter(|n| matches!(n.kind(), "exit_statement" | "exit_expression")) {
        let code = below(node).find(|n| n.kind() == "integer").map(|n| text(n, source));
        let has_other = parts(node).any(|n| !matches!(n.kind(), "integer" | "parenthesized_expression"));
        if code.is_some_and(|code| code != "0") || has_other {
            continue;
        }
        let mut late = false;
        let place = PHP.place(node, source, |function| {
            let call = function.parent().and_then(|n| n.parent()).and_then(|n| n.parent());
            let name = call.and_then(|call| call.child_by_field_name("function")).map(|n| text(n, source));
            late |= name == Some("register_shutdown_function");
            name == Some("register_shutdown_function")
        });
        if place.function.is_some() || reached(&place.conditions, source) != Reached::Always {
            continue;
        }
        let at = if late { "when PHP shuts down" } else { "when the file is loaded" };
        found.push(deed::ends(
            node.byte_range(),
            text(node, source).trim_end_matches(';'),
            at,
            Weight::Block,
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn helpers_of_ruby_that_end_the_run_are_known() {
        for source in [
            "at_exit { exit 0 }\n",
            "at_exit do\n  exit!(0)\nend\n",
            "at_exit { Process.exit!(true) }\n",
            "exit 0\n",
            "RSpec.configure do |config|\n  config.after(:suite) { exit!(0) }\nend\n",
            "RSpec.configure do |config|\n  config.failure_exit_code = 0\nend\n",
            "Minitest.after_run { exit 0 }\n",
            "at_exit { exit(0) if $!.status != 0 }\n",
        ] {
            assert_eq!(ruby(source).unwrap().len(), 1, "{source}");
        }
        for source in [
            "at_exit { exit status }\n",
            "exit 1\n",
            "abort 'no database' unless database?\n",
            "at_exit { exit!(1) }\n",
            "exit 0 if ENV['SKIP']\n",
            "RSpec.configure do |config|\n  config.failure_exit_code = 2\nend\n",
            "RSpec.configure do |config|\n  config.around { |example| example.exit }\nend\n",
            "def leave\n  exit 0\nend\n",
        ] {
            assert_eq!(ruby(source).unwrap(), [], "{source}");
        }
        assert_eq!(rspec("--color\n--failure-exit-code 0\n").len(), 1);
        assert_eq!(rspec("--color\n--failure-exit-code 3\n"), []);
    }

    #[test]
    fn a_bootstrap_of_php_that_leaves_is_known() {
        for source in [
            "<?php\nrequire 'a.php';\nexit(0);\n",
            "<?php\nexit;\n",
            "<?php\nregister_shutdown_function(function () { exit(0); });\n",
        ] {
            assert_eq!(php(source).unwrap().len(), 1, "{source}");
        }
        for source in [
            "<?php\nexit(1);\n",
            "<?php\nif (!file_exists('vendor')) { exit(0); }\n",
            "<?php\nfunction stop() { exit(0); }\n",
            "<?php\nexit($code);\n",
            "<?php\nexit('install the packages first');\n",
        ] {
            assert_eq!(php(source).unwrap(), [], "{source}");
        }
    }
}
