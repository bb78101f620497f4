//! What of a Markdown text is prose, and what surrounds it.

use super::*;

fn texts(source: &str) -> Vec<String> {
    let found = sentences(source, Wrapping::Shown).into_iter();
    found.filter(|f| matches!(f.form, Form::Sentence | Form::Cell)).map(|f| f.text).collect()
}

#[test]
fn sentences_keep_their_line_and_lose_the_marks_around_them() {
    let found =
        sentences("# Title\n\n- **All tests pass.** And `x()` is new.\n- [x] Done\n", Wrapping::Shown);
    let found: Vec<_> = found.iter().map(|f| (f.line, f.text.as_str())).collect();
    let wanted = [(1, "Title"), (3, "All tests pass."), (3, "And `x()` is new."), (4, "Done")];
    assert_eq!(found, wanted);
}

#[test]
fn what_is_not_the_authors_prose_is_left_out() {
    for text in [
        "```\nAll tests pass\n```",
        "    All tests pass",
        "> All tests pass",
        "<!-- All tests pass -->",
        "- [ ] All tests pass",
        "- [ ] Plan\n  - All tests pass",
        "~~All tests pass~~",
        "<details>\n<summary>Original prompt</summary>\n\nAll tests pass\n\n</details>",
        "<!-- START COPILOT ORIGINAL PROMPT -->\n\nAll tests pass\n\n<!-- START COPILOT CODING AGENT TIPS -->",
        "<!-- an open comment\n\nAll tests pass",
        "![All tests pass](a.png)",
    ] {
        assert!(!texts(text).iter().any(|t| t.contains("tests pass")), "{text}");
    }
    assert!(
        !texts("## Original prompt\n\nAll tests pass\n\n### Details\n\nAll tests pass")
            .iter()
            .any(|t| t.contains("tests pass"))
    );
}

#[test]
fn a_foreign_section_ends_at_the_next_heading_of_its_level() {
    assert!(
        texts("## Issue\n\nIt fails.\n\n## Changes\n\nAll tests pass.").contains(&"All tests pass.".into())
    );
    let closed = "<details>\n<summary>Original prompt</summary>\n\nOld.\n\n</details>\n\nAll tests pass.";
    assert_eq!(texts(closed), ["All tests pass."]);
}

#[test]
fn a_short_line_before_a_capital_is_a_sentence_and_a_filled_one_is_not() {
    assert_eq!(texts("All tests pass\nCoverage is 90%"), ["All tests pass", "Coverage is 90%"]);
    assert_eq!(
        sentences("All tests pass in\nWindows too", Wrapping::Filled)[0].text,
        "All tests pass in Windows too"
    );
}

#[test]
fn plans_and_history_are_prose_without_claims() {
    let found = sentences("## Next steps\n\nAdd tests.\n\n## Changes\n\nAdd tests.", Wrapping::Shown);
    let claimable: Vec<bool> = found.iter().map(|f| f.claimable).collect();
    assert_eq!(claimable, [false, false, true, true]);
}

#[test]
fn a_fence_that_may_hold_an_output_and_the_rows_of_a_table_are_found_with_their_lines() {
    let forms = |source: &str| {
        let found = sentences(source, Wrapping::Shown).into_iter();
        found
            .filter(|f| matches!(f.form, Form::Output | Form::Row(_)))
            .map(|f| (f.line, f.text))
            .collect::<Vec<_>>()
    };
    assert_eq!(forms("Run:\n\n```\nTOTAL 1\nb\n```\n"), [(4, "TOTAL 1\nb\n".to_owned())]);
    for hidden in [
        "```rust\nTOTAL\n```",
        "> ```\n> TOTAL\n> ```",
        "## Before\n\n```\nTOTAL\n```",
        "- [ ] x\n  ```\n  TOTAL\n  ```",
    ] {
        assert_eq!(forms(hidden), [], "{hidden}");
    }
    let table = "| Metric | Coverage |\n|---|---|\n| Lines | 90% |\n| Branches | 80% |\n";
    assert_eq!(forms(table), [(3, "Lines | 90%".to_owned()), (4, "Branches | 80%".to_owned())]);
}

#[test]
fn a_block_of_code_keeps_its_mark_and_the_words_before_it() {
    let blocks = |source: &str| {
        let found = sentences(source, Wrapping::Shown).into_iter();
        found
            .filter_map(|f| match f.form {
                Form::Code(code) => Some((f.line, f.claimable, code.mark, code.lead, code.heading, f.text)),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let text = "## Details\n\nThe fix:\n\n```diff a.py\n+x\n```\n\n```py\ny\n```\n";
    let own = |line, mark: &str, lead: &str, text: &str| {
        (line, true, mark.to_owned(), lead.to_owned(), "Details".to_owned(), text.to_owned())
    };
    assert_eq!(blocks(text), [own(6, "diff a.py", "The fix:", "+x\n"), own(10, "py", "", "y\n")]);
    for hidden in [
        "<details>\n\nThe fix:\n\n```py\ny\n```\n</details>",
        "> ```py\n> y\n> ```",
        "- [ ] x\n  ```py\n  y\n  ```",
        "## Next steps\n\n```py\ny\n```",
    ] {
        assert_eq!(blocks(hidden), [], "{hidden}");
    }
}
