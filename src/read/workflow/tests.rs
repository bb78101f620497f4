//! Facts about reading workflows.

use super::*;
use proptest::prelude::*;

const CI: &str = r#"name: CI
on:
  push: { branches: [main] }
  pull_request:
    paths-ignore: ["docs/**"]
defaults: { run: { working-directory: web } }
jobs:
  test:
    needs: lint
    if: ${{ github.event_name == 'pull_request' }}
    strategy:
      matrix:
        node: [18, 20]
        os: ${{ fromJSON(needs.lint.outputs.os) }}
        include: [{ node: 22 }]
    continue-on-error: ${{ matrix.experimental }}
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - name: Test
        continue-on-error: true
        run: |
          npm ci
          npm test
        working-directory: cli

  lint:
    uses: ./.github/workflows/lint.yml
"#;

#[test]
fn a_workflow_is_read_with_its_places() {
    let ci = parse(CI).unwrap();
    assert_eq!(ci.name.as_deref(), Some("CI"));
    assert_eq!(ci.triggers[1].event, "pull_request");
    assert_eq!(ci.triggers[1].paths_ignore, ["docs/**"]);
    let test = &ci.jobs[0];
    assert_eq!((test.id.as_str(), test.needs.as_slice()), ("test", &["lint".to_owned()][..]));
    assert_eq!((test.lines.first, test.lines.last), (8, 25));
    assert_eq!(test.matrix[0].values, Some(vec!["18".into(), "20".into()]));
    assert_eq!((test.matrix.len(), &test.matrix[1].values), (2, &None));
    assert!(matches!(test.continue_on_error.as_ref().unwrap().value, Flag::Expression(_)));
    let step = &test.steps[1];
    assert_eq!((step.lines.first, step.lines.last), (20, 25));
    assert_eq!(step.continue_on_error.as_ref().unwrap().value, Flag::On);
    let run = step.run.as_ref().unwrap();
    assert_eq!((run.value.as_str(), run.lines.first, run.text_line), ("npm ci\nnpm test\n", 22, 23));
    assert_eq!((step.directory.as_deref(), test.directory.as_deref()), (Some("cli"), Some("web")));
    assert_eq!(ci.jobs[1].uses.as_deref(), Some("./.github/workflows/lint.yml"));
}

#[test]
fn the_short_forms_of_on_are_read() {
    for on in ["push", "[push, pull_request]", "\n  - push\n  - pull_request"] {
        let ci = parse(&format!("on: {on}\njobs: {{ a: {{ steps: [] }} }}\n")).unwrap();
        assert_eq!(ci.triggers[0].event, "push", "{on}");
    }
}

#[test]
fn what_is_no_workflow_is_refused() {
    for text in ["", "a: b\n", "jobs: []\n", "jobs:\n", "- a\n"] {
        assert!(matches!(parse(text), Err(Unreadable::Shape(_))), "{text:?}");
    }
    assert!(matches!(parse("jobs: [\n"), Err(Unreadable::Yaml(_))));
}

#[test]
fn a_composite_action_has_steps() {
    let action = "runs:\n  using: composite\n  steps:\n    - run: npm test\n      shell: bash\n";
    assert_eq!(parse_action(action).unwrap()[0].run.as_ref().unwrap().value, "npm test");
    assert_eq!(parse_action("runs: { using: node20, main: x.js }").unwrap(), []);
}

proptest! {
    #[test]
    fn any_shape_is_read_without_panic(lines in prop::collection::vec(
        "( {0,4}(on|jobs|test|steps|- run|if|strategy|matrix|needs):? ?[a-z|\\[{&*]{0,3})", 0..14)) {
        let _ = parse(&lines.join("\n"));
        let _ = parse_action(&lines.join("\n"));
    }
}
