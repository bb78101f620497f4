//! Which file of a tree a report's path stands for.

use super::*;
use crate::read::coverage_report::Lines;

fn tree(paths: &[&str]) -> Tree {
    Tree::of_files(paths.iter().map(|path| (*path, &b"x"[..])))
}

fn report(format: Format, paths: &[&str]) -> Report {
    let file = FileCoverage::of_lines(Lines::from([(1, true)]));
    Report::new(format, paths.iter().map(|path| ((*path).to_owned(), file.clone())).collect())
}

/// The tree's file for each of the report's paths; `-` where there is none.
fn placed(format: Format, paths: &[&str], files: &[&str]) -> Vec<String> {
    let tree = tree(files);
    let one = |path: &&str| {
        let all = report(format, paths).on(&tree);
        if all.unmapped.iter().any(|p| p == path) {
            return "-".to_owned();
        }
        // Which file it is, is told by marking this path alone.
        let mut report = report(format, paths);
        for (name, coverage) in &mut report.files {
            coverage.measured.lines = Some(super::super::Ratio { hit: u64::from(name == path), found: 1 });
        }
        let mapped = report.on(&tree);
        let marked = mapped.files.iter().find(|(_, c)| c.measured.lines.is_none_or(|l| l.hit == 1));
        marked.map_or_else(|| "?".to_owned(), |(path, _)| path.to_string())
    };
    paths.iter().map(one).collect()
}

#[test]
fn fronts_of_other_machines_are_taken_off() {
    let files = ["src/a.js", "src/b/c.js", "x/src/a.js", "index.js"];
    for front in [
        "/home/runner/work/x/x/",
        "/app/",
        "./",
        "",
        "D:\\a\\x\\x\\",
        "C:\\Users\\me\\repo\\",
        "file:///builds/g/p/",
        "webpack://shop/./",
    ] {
        let mut paths =
            vec![format!("{front}src/a.js"), format!("{front}src/b/c.js"), format!("{front}index.js")];
        if front.contains('\\') {
            paths.iter_mut().for_each(|path| *path = path.replace('/', "\\"));
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        assert_eq!(placed(Format::Lcov, &paths, &files), ["src/a.js", "src/b/c.js", "index.js"], "{front}");
    }
}

#[test]
fn a_single_path_below_a_known_checkout_folder_is_certain() {
    let files = ["src/a.js", "packages/z/src/a.js"];
    assert_eq!(placed(Format::Lcov, &["/home/runner/work/x/x/src/a.js"], &files), ["src/a.js"]);
    assert_eq!(placed(Format::Lcov, &["D:\\a\\x\\x\\src\\a.js"], &files), ["src/a.js"]);
    assert_eq!(placed(Format::Lcov, &["/app/src/a.js"], &files), ["-"]);
}

#[test]
fn a_report_written_in_a_package_is_placed_there_by_all_of_its_files() {
    let files =
        ["src/index.js", "packages/a/src/index.js", "packages/a/src/only.js", "packages/b/src/index.js"];
    let found = placed(Format::Lcov, &["src/index.js", "src/only.js"], &files);
    assert_eq!(found, ["packages/a/src/index.js", "packages/a/src/only.js"]);
    // Alone, it stands where it is written.
    assert_eq!(placed(Format::Lcov, &["src/index.js"], &files), ["src/index.js"]);
    assert_eq!(placed(Format::Lcov, &["src/index.js"], &files[1..]), ["-"]);
}

#[test]
fn what_is_not_in_the_tree_is_not_put_onto_a_file_of_the_same_name() {
    let files = ["src/a.js", "src/b.js", "lib/util.js", "packages/z/src/gone.js"];
    let paths = ["/r/src/a.js", "/r/src/b.js", "/r/dist/lib/util.js", "/usr/lib/util.js"];
    assert_eq!(placed(Format::Lcov, &paths, &files), ["src/a.js", "src/b.js", "-", "-"]);
    let paths = ["src/a.js", "src/b.js", "src/gone.js"];
    assert_eq!(placed(Format::Lcov, &paths, &files), ["src/a.js", "src/b.js", "-"]);
    let paths = ["/r/node_modules/x/src/a.js", "/venv/lib/python3.11/site-packages/src/b.js"];
    assert_eq!(placed(Format::Lcov, &paths, &files), ["-", "-"]);
}

#[test]
fn cobertura_paths_are_relative_to_one_of_its_sources() {
    let mut report = report(Format::Cobertura, &["a.py", "sub/b.py"]);
    report.roots = vec!["/home/runner/work/x/x/app".into(), "/home/runner/work/x/x/lib".into()];
    let mapped = report.on(&tree(&["app/a.py", "lib/sub/b.py", "a.txt", "docs/a.py"]));
    assert_eq!(mapped.files.keys().map(RepoPath::as_str).collect::<Vec<_>>(), ["app/a.py", "lib/sub/b.py"]);
}

#[test]
fn go_import_paths_are_found_by_the_modules_of_the_tree() {
    let go_mod = &b"// a shop\nmodule github.com/o/shop // v2\n\ngo 1.22\n"[..];
    let tree = Tree::of_files([
        ("go.mod", go_mod),
        ("cart/cart.go", b""),
        ("tools/go.mod", b"module github.com/o/shop/tools\n"),
        ("tools/gen/gen.go", b""),
        ("other/gone.go", b""),
    ]);
    let paths =
        ["github.com/o/shop/cart/cart.go", "github.com/o/shop/tools/gen/gen.go", "github.com/o/shop/gone.go"];
    let mapped = report(Format::Go, &paths).on(&tree);
    assert_eq!(
        mapped.files.keys().map(RepoPath::as_str).collect::<Vec<_>>(),
        ["cart/cart.go", "tools/gen/gen.go"]
    );
    assert_eq!(mapped.unmapped, [paths[2]]);
    // Without its manifest a module is known by the end that its paths share with the tree.
    let found = placed(Format::Go, &paths[..1], &["cart/cart.go", "x.go"]);
    assert_eq!(found, ["cart/cart.go"]);
}

#[test]
fn java_and_kotlin_sources_are_found_below_their_source_roots() {
    let files = [
        "app/src/main/java/com/x/Cart.java",
        "app/src/main/kotlin/price/Price.kt",
        "lib/src/main/java/com/x/Main.java",
        "app/src/main/java/com/x/Main.java",
    ];
    let paths = ["com/x/Cart.java", "com/x/price/Price.kt", "com/x/Main.java", "lib!com/x/Main.java"];
    let found = placed(Format::Jacoco, &paths, &files);
    assert_eq!(found[..2], files[..2]);
    assert_eq!(found[3], files[2]);
    assert_eq!(placed(Format::Jacoco, &["com/y/Cart.java", "x/Cart.java"], &files), ["-", files[0]]);
}

#[test]
fn two_names_of_one_file_are_merged() {
    let mut report = report(Format::Lcov, &["src/a.js", "src\\a.js"]);
    report.files[1].1 = FileCoverage::of_lines(Lines::from([(1, false), (2, true), (3, false)]));
    let mapped = report.on(&tree(&["src/a.js"]));
    let file = mapped.files.values().next().unwrap();
    assert_eq!(file.lines, Some([(1, true), (2, true), (3, false)].into()));
    assert_eq!(file.measured.lines, Some(super::super::Ratio { hit: 2, found: 3 }));
}

#[test]
fn many_files_of_one_name_are_placed_by_the_others_and_quickly() {
    let names: Vec<String> = (0..400).map(|n| format!("packages/p{n}/src/index.js")).collect();
    let mut files: Vec<&str> = names.iter().map(String::as_str).collect();
    files.push("packages/p7/src/only.js");
    let found = placed(Format::Lcov, &["src/index.js", "src/only.js"], &files);
    assert_eq!(found, ["packages/p7/src/index.js", "packages/p7/src/only.js"]);
}

proptest::proptest! {
    #[test]
    fn any_path_is_placed_without_a_panic(paths: Vec<String>, odd in "[a./\\\\:!-]{0,30}", root in "[a./\\\\:]{0,9}") {
        let tree = tree(&["a/a.a", "a.a", "a"]);
        for format in [Format::Lcov, Format::Go, Format::Jacoco, Format::Cobertura] {
            let mut all: Vec<&str> = paths.iter().map(String::as_str).collect();
            all.push(&odd);
            let mut report = report(format, &all);
            report.roots = vec![root.clone()];
            let mapped = report.on(&tree);
            proptest::prop_assert!(mapped.unmapped.len() + mapped.files.len() <= all.len());
        }
    }
}
