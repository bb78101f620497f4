//! Facts about the evaluator.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn read(files: &[(&str, &str)]) -> Value {
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let known = |package: &str, name: &str| {
        (package == "tool" && name == "defaults").then(|| Value::List(vec![Value::Text("known".into())]))
    };
    config(World { tree: &tree, known: &known }, &files[0].0.parse().unwrap()).unwrap().unwrap()
}

fn texts(value: &Value, keys: &[&str]) -> Vec<String> {
    value.at(keys).unwrap().texts().unwrap()
}

#[test]
fn constants_spreads_and_templates_are_followed() {
    let value = read(&[(
        "c.js",
        "const dirs = ['a', `b/${'c'}`];\nmodule.exports = async () => ({ list: [...dirs, 'd' + 'e'], n: -10 });",
    )]);
    assert_eq!(texts(&value, &["list"]), ["a", "b/c", "de"]);
    assert_eq!(value.get("n"), Some(Value::Number(-10.0)));
}

#[test]
fn helpers_of_the_tools_and_imports_of_the_tree_are_followed() {
    let value = read(&[
        (
            "pkg/vitest.config.ts",
            "import { defineConfig, mergeConfig } from 'vitest/config';\nimport shared, { extra } from '../shared.js';\n\
             import { defaults } from 'tool';\n\
             export default mergeConfig(shared, defineConfig(({ mode }) => {\n  const more = [...defaults, extra];\n  \
             return { test: { exclude: more } } as Config;\n}));",
        ),
        (
            "shared.ts",
            "export const extra = 'x' satisfies string;\nexport default { test: { exclude: ['s'] } };",
        ),
    ]);
    assert_eq!(texts(&value, &["test", "exclude"]), ["s", "known", "x"]);
}

#[test]
fn what_only_a_run_could_tell_is_unknown_and_leaves_the_rest_alone() {
    let value = read(&[(
        "c.mjs",
        "import plugin from 'plugin';\nexport default { plugins: [plugin()], ...(process.env.CI && { reporters: ['x'] }), \
         test: { include: load(), exclude: ['a'] } };",
    )]);
    assert_eq!(value.at(&["test", "include"]), Some(Value::Unknown("load()".into())));
    assert_eq!(texts(&value, &["test", "exclude"]), ["a"]);
    assert!(matches!(value.get("reporters"), Some(Value::Either(_))));
}

#[test]
fn a_constant_that_is_written_to_is_what_was_written() {
    let value = read(&[(
        "c.js",
        "const list = ['a'];\nlist.push('b', 'c');\nconst config = { test: { list } };\n\
         config.test.other = 'x,y'.split(',');\nconfig.test.list.push('d');\nmodule.exports = config;",
    )]);
    assert_eq!(texts(&value, &["test", "list"]), ["a", "b", "c", "d"]);
    assert_eq!(texts(&value, &["test", "other"]), ["x", "y"]);
}

#[test]
fn a_constant_that_is_written_to_in_another_way_is_unknown() {
    let list = |change: &str| {
        let text = format!("const list = ['a'];\n{change};\nmodule.exports = {{ list }};");
        read(&[("c.js", &text)]).get("list").unwrap().texts()
    };
    assert!(list("list.push(process.env.X)").is_err());
    assert!(list("list.push(...more)").is_err());
    assert!(list("list.splice(0, 1)").is_err());
    assert!(list("list[0] = 'b'").is_err());
    assert!(list("list.length = 0").is_err());
}

#[test]
fn a_condition_leaves_both_values_open_and_equal_ones_are_one() {
    let value = read(&[("c.js", "module.exports = { a: ci ? 1 : 1, b: ci ? 1 : 2 };")]);
    assert_eq!(value.get("a"), Some(Value::Number(1.0)));
    assert!(matches!(value.get("b"), Some(Value::Either(_))));
}

#[test]
fn paths_are_seen_from_the_file() {
    let value = read(&[(
        "pkg/c.cjs",
        "const path = require('path');\nmodule.exports = { root: path.resolve(__dirname, '..'), src: path.join(__dirname, 'src') };",
    )]);
    assert_eq!(value.get("root"), Some(Value::Text(ROOT.into())));
    assert_eq!(value.get("src"), Some(Value::Text(format!("{ROOT}/pkg/src"))));
}

#[test]
fn an_import_that_goes_in_circles_ends() {
    let value =
        read(&[("a.js", "module.exports = require('./b')"), ("b.js", "module.exports = require('./a')")]);
    assert!(matches!(value, Value::Unknown(_)));
}

#[test]
fn functions_are_followed_with_their_arguments() {
    let value = read(&[
        (
            "c.js",
            "const { make } = require('./make');\nmodule.exports = make(__dirname, { folders: ['a', 'b'] });",
        ),
        (
            "make.js",
            "function make(root, { folders, extra = ['x'], ...rest }) {\n  const kept = folders.filter((f) => f !== 'b');\n  \
             return { root, list: [...kept.map((f) => `${f}/**`), ...extra], rest };\n}\nmodule.exports = { make };",
        ),
    ]);
    assert_eq!(texts(&value, &["list"]), ["a/**", "x"]);
    assert_eq!(value.get("root"), Some(Value::Text(ROOT.into())));
}

#[test]
fn files_read_by_hand_and_parts_exported_one_by_one_are_followed() {
    let value = read(&[
        (
            "c.js",
            "const fs = require('fs');\nconst shared = require('./shared');\n\
             module.exports = { ...JSON.parse(fs.readFileSync(__dirname + '/base.json', 'utf8')), b: shared.b };",
        ),
        ("base.json", r#"{"a": ["x"]}"#),
        ("shared.js", "exports.b = ['y'];\nexports.c = 1;"),
    ]);
    assert_eq!((texts(&value, &["a"]), texts(&value, &["b"])), (vec!["x".to_owned()], vec!["y".to_owned()]));
}

#[test]
fn a_condition_that_is_known_decides() {
    let value = read(&[(
        "c.js",
        "const mode = 'test';\nmodule.exports = () => { if (mode === 'other') { return { a: 1 }; } return { a: 2 }; };",
    )]);
    assert_eq!(value.get("a"), Some(Value::Number(2.0)));
}

/// Each call doubles what it was given: more than a test would see the end of.
#[test]
fn what_grows_without_end_is_unknown() {
    let calls = "f(".repeat(60) + "['a']" + &")".repeat(60);
    let value =
        read(&[("c.js", &format!("const f = (x) => [...x, ...x];\nmodule.exports = {{ a: {calls} }};"))]);
    assert!(value.get("a").unwrap().texts().is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_evaluator_panic(text in "(const a = |module.exports = |\\{|\\}|\\[|\\]|\\(|\\)|=>|a|,|:|\\.\\.\\.|'b'|;|\\?|`|\\$\\{){0,40}") {
        let tree = Tree::of_files([("c.ts", text.as_bytes())]);
        let _ = config(World { tree: &tree, known: &|_, _| None }, &"c.ts".parse().unwrap());
    }
}
