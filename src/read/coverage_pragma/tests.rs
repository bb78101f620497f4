//! What each tool hides, as the tools themselves were seen to hide it.

use proptest::prelude::*;

use super::*;

fn markers(path: &str, text: &str) -> Vec<Marker> {
    read(&path.parse().unwrap(), text, &Dialect::default()).unwrap()
}

/// The hidden lines of a text.
fn hidden(path: &str, text: &str) -> Vec<usize> {
    let count = text.lines().count();
    let all: BTreeSet<usize> = markers(path, text).iter().flat_map(|m| m.lines(count)).flatten().collect();
    all.into_iter().collect()
}

#[test]
fn a_python_comment_hides_its_statement_or_the_clause_whose_header_it_stands_in() {
    for (text, lines) in [
        ("x = 1  # pragma: no cover\ny = 2\n", &[1][..]),
        ("x = f(\n    1,  # pragma: no cover\n    2,\n)\ny = 2\n", &[1, 2, 3, 4]),
        ("def f(a):  # pragma: no cover\n    if a:\n        return 1\n    return 2\n\ng()\n", &[1, 2, 3, 4]),
        ("def f(\n    a,  # pragma: no cover\n):\n    return a\n\ng()\n", &[1, 2, 3, 4]),
        ("@wraps  # pragma: no cover\n@other\ndef f():\n    return 1\n", &[1, 2, 3, 4]),
        ("@wraps\ndef f(): ...  # pragma: no cover\ng()\n", &[1, 2]),
        ("@wraps\ndef f():  # pragma: no cover\n    return 1\n", &[1, 2, 3]),
        ("@wraps\n# pragma: no cover\ndef f():\n    return 1\n", &[1, 2, 3, 4]),
        ("if a:  # pragma: no cover\n    b()\nelse:\n    c()\n", &[1, 2]),
        ("if a:\n    b()\nelse:  # pragma: no cover\n    c()\n", &[3, 4]),
        ("if a:\n    b()\nelif c:  # pragma: no cover\n    d()\nelse:\n    e()\n", &[3, 4]),
        ("try:\n    a()\nexcept E as e:  # pragma: no cover\n    b()\n    c()\nd()\n", &[3, 4, 5]),
        ("try:  # pragma: no cover\n    a()\nfinally:\n    b()\n", &[1, 2]),
        ("class A:  # pragma: no cover\n    x = 1\n    def f(self):\n        pass\ny = 1\n", &[1, 2, 3, 4]),
        ("for x in y:  # pragma: nocover\n    a()\nelse:\n    b()\n", &[1, 2]),
        ("match x:\n    case 1:  # PRAGMA: NO COVER\n        a()\n    case _:\n        b()\n", &[2, 3]),
        ("# pragma: no cover\nx = 1\n", &[]),
        ("def f():\n    # pragma: no cover\n    return 1\n", &[]),
        ("s = '# pragma: no cover'\nt = \"\"\"\n# pragma: no cover\n\"\"\"\n", &[]),
        ("x = 1  # the pragma no-cover is gone\n", &[]),
    ] {
        assert_eq!(hidden("a.py", text), lines, "{text}");
    }
    assert_eq!(markers("a.py", "if a:  # pragma: no branch\n    b()\n")[0].hides, Hides::Branches);
}

#[test]
fn a_configured_expression_makes_a_python_comment_a_marker_and_can_unmake_the_default() {
    let text = "a()  # pragma: no cover\nb()  # not tested on mac\nraise NotImplementedError  # as planned\n";
    let read = |expressions: &[&str], replacing| -> usize {
        let expressions: Vec<String> = expressions.iter().map(|e| (*e).to_owned()).collect();
        let dialect = Dialect::default().excluding(&expressions, replacing);
        read(&"a.py".parse().unwrap(), text, &dialect).unwrap().len()
    };
    assert_eq!(read(&["# not tested on"], false), 2);
    assert_eq!(read(&["# not tested on"], true), 1);
    assert_eq!(read(&["raise NotImplementedError"], true), 0);
}

#[test]
fn istanbul_hides_the_node_behind_its_comment() {
    for (text, lines) in [
        ("/* istanbul ignore next */\nfunction f() {\n  a();\n}\ng();\n", &[2, 3, 4][..]),
        ("// istanbul ignore next: why\nexport function f() {\n  a();\n}\n", &[2, 3, 4]),
        ("/* istanbul ignore if */\nif (a) {\n  b();\n} else {\n  c();\n}\n", &[3, 4]),
        ("/* istanbul ignore else */\nif (a) {\n  b();\n} else {\n  c();\n}\n", &[4, 5, 6]),
        ("/* istanbul ignore else */\nif (a) {\n  b();\n}\n", &[]),
        ("class A {\n  /* istanbul ignore next */\n  m() {\n    a();\n  }\n  n() {}\n}\n", &[3, 4, 5]),
        (
            "switch (a) {\n  case 1:\n    b();\n  /* istanbul ignore next */\n  default:\n    c();\n}\n",
            &[5, 6],
        ),
        ("a.sort(/* istanbul ignore next */ (b, c) =>\n  b - c,\n);\n", &[2]),
        ("const f = a || /* istanbul ignore next */ b;\n", &[]),
        ("const o = {\n  /* istanbul ignore next */\n  a: 1,\n};\n", &[]),
        ("function f() {\n  a();\n  /* istanbul ignore next */\n}\ng();\n", &[]),
        ("const s = '/* istanbul ignore next */';\nf();\n", &[]),
        ("/* see istanbul ignore next */\nf();\n", &[]),
        ("/* istanbul ignore nextUp */\nf();\n", &[]),
    ] {
        assert_eq!(hidden("a.js", text), lines, "{text}");
    }
    assert_eq!(markers("a.ts", "/* istanbul ignore file */\nf();\n")[0].hides, Hides::File);
}

#[test]
fn v8_hides_lines_pairs_or_nodes() {
    for (text, lines) in [
        ("/* c8 ignore next */\na();\nb();\n", &[2][..]),
        ("/* c8 ignore next 3 */\na();\nb();\nc();\nd();\n", &[2, 3, 4]),
        ("a(); /* c8 ignore next */\nb();\n", &[1]),
        ("/* c8 ignore start */\na();\n/* c8 ignore stop */\nb();\n", &[1, 2, 3]),
        ("/* v8 ignore start -- @preserve */\na();\nb();\n", &[1, 2, 3]),
        ("/* v8 ignore next */\nfunction f() {\n  a();\n}\n", &[2, 3, 4]),
        ("/* v8 ignore if -- @preserve */\nif (a) {\n  b();\n}\n", &[3, 4]),
        ("/* node:coverage disable */\na();\n/* node:coverage enable */\nb();\n", &[1, 2, 3]),
        ("/* node:coverage ignore next 2 */\na();\nb();\nc();\n", &[2, 3]),
        ("// c8 ignore next\na();\n", &[]),
        ("// deno-coverage-ignore-start\na();\n// deno-coverage-ignore-stop\nb();\n", &[1, 2, 3]),
        ("// deno-coverage-ignore\na();\nb();\n", &[2]),
    ] {
        assert_eq!(hidden("a.mjs", text), lines, "{text}");
    }
    let by_line = Dialect::default().by_line();
    let text = "/* v8 ignore next */\nfunction f() {\n  a();\n}\n";
    let markers = read(&"a.js".parse().unwrap(), text, &by_line).unwrap();
    assert_eq!(markers[0].lines(5), std::iter::once(2..3).collect::<Vec<_>>());
}

#[test]
fn go_hides_the_block_whose_brace_shares_the_comments_line() {
    let text = "package a\n\nfunc f() int { // coverage-ignore\n\treturn 1\n}\n\n// coverage-ignore\nfunc g() {\n\
                \tif err != nil { // coverage-ignore -- never\n\t\treturn\n\t}\n\ts := \"// coverage-ignore\"\n}\n";
    assert_eq!(hidden("a.go", text), [3, 4, 5, 9, 10, 11]);
}

#[test]
fn rust_hides_what_stands_under_an_attribute() {
    for (text, lines) in [
        ("#[coverage(off)]\nfn f() {\n    a();\n}\nfn g() {}\n", &[1, 2, 3, 4][..]),
        ("#[cfg_attr(coverage_nightly, coverage(off))]\nfn f() {}\n", &[1, 2]),
        ("#[cfg(not(tarpaulin_include))]\nmod a {\n    fn f() {}\n}\n", &[1, 2, 3, 4]),
        ("#[cfg(not(any(coverage, test)))]\nfn f() {}\n", &[1, 2]),
        ("impl A {\n    #[no_coverage]\n    fn f() {\n        a()\n    }\n    fn g() {}\n}\n", &[2, 3, 4, 5]),
        ("#[tarpaulin::skip]\nfn f() {}\n", &[1, 2]),
        (
            "fn f() {\n    // LCOV_EXCL_START\n    a();\n    // LCOV_EXCL_STOP\n    b(); // GRCOV_EXCL_LINE\n}\n",
            &[2, 3, 4, 5],
        ),
        ("#[coverage(on)]\nfn f() {}\n#[cfg(coverage)]\nfn g() {}\n#[cfg(not(test))]\nfn h() {}\n", &[]),
        ("#[cfg(test)]\nmod tests {\n    #[coverage(off)]\n    fn f() {}\n}\n", &[]),
        ("const A: &str = \"#[coverage(off)] LCOV_EXCL_LINE\";\n", &[]),
    ] {
        assert_eq!(hidden("a.rs", text), lines, "{text}");
    }
}

#[test]
fn comments_of_the_other_languages_hide_lines_and_pairs() {
    for (path, text, lines) in [
        ("a.cpp", "a(); // LCOV_EXCL_LINE\nb(); // LCOV_EXCL_BR_LINE\nc();\n", &[1][..]),
        ("a.c", "/* GCOVR_EXCL_START */\na();\n/* GCOVR_EXCL_STOP */\nb();\n", &[1, 2, 3]),
        ("a.cc", "int f() { // GCOVR_EXCL_FUNCTION\n  a();\n}\nint g();\n", &[1, 2, 3]),
        ("a.cc", "puts(\"LCOV_EXCL_LINE\");\n", &[]),
        ("a.rb", "# :nocov:\ndef f\nend\n# :nocov:\ng\n", &[1, 2, 3, 4]),
        ("a.rb", "a # :nocov:\nb\n", &[]),
        (
            "a.rb",
            "# simplecov:disable\na\n# simplecov:enable\nb # simplecov:disable line\nc # simplecov:disable branch\n",
            &[1, 2, 3, 4],
        ),
        (
            "a.dart",
            "a(); // coverage:ignore-line\n// coverage:ignore-start\nb();\n// coverage:ignore-end\nc();\n",
            &[1, 2, 3, 4],
        ),
        (
            "a.ex",
            "# coveralls-ignore-start\na()\n# coveralls-ignore-stop\n# coveralls-ignore-next-line\nb()\nc()\n",
            &[1, 2, 3, 5],
        ),
        ("a.scala", "// $COVERAGE-OFF$ by hand\nf()\n// $COVERAGE-ON$\ng()\n", &[1, 2, 3]),
        (
            "a.php",
            "<?php\na(); // @codeCoverageIgnore\n// @codeCoverageIgnoreStart\nb();\n// @codeCoverageIgnoreEnd\nc();\n",
            &[2, 3, 4, 5],
        ),
        ("a.R", "a() # nocov\n# nocov start\nb()\n# nocov end\nc()\n", &[1, 2, 3, 4]),
        ("a.jl", "a() # COV_EXCL_LINE\nb()\n", &[1]),
    ] {
        assert_eq!(hidden(path, text), lines, "{text}");
    }
    assert_eq!(markers("a.dart", "// coverage:ignore-file\nf();\n")[0].hides, Hides::File);
}

#[test]
fn annotations_hide_their_declaration() {
    for (path, text, lines) in [
        (
            "A.java",
            "class A {\n  @Generated\n  int f() {\n    return 1;\n  }\n  int g() { return 2; }\n}\n",
            &[2, 3, 4, 5][..],
        ),
        (
            "A.java",
            "@ExcludeFromJacocoGeneratedReport\n@Other(a = {1})\npublic class A {\n  int f;\n}\nclass B {}\n",
            &[1, 2, 3, 4, 5],
        ),
        ("A.java", "import javax.annotation.processing.Generated;\n@Generated(\"x\")\nclass A {}\n", &[]),
        ("A.java", "public @interface Generated {}\n// @Generated\nString s = \"@Generated\";\n", &[]),
        ("A.kt", "@Generated\nfun f(): Int =\n    g()\n\nfun h() {}\n", &[1, 2, 3]),
        (
            "A.kt",
            "class A {\n    @com.acme.KoverGenerated\n    fun f() {\n        g()\n    }\n}\n",
            &[2, 3, 4, 5],
        ),
        (
            "A.cs",
            "[ExcludeFromCodeCoverage(Justification = \"x\")]\npublic class A\n{\n    int F() => 1;\n}\nclass B {}\n",
            &[1, 2, 3, 4, 5],
        ),
        (
            "A.cs",
            "class A {\n  [Fact, ExcludeFromCodeCoverage]\n  int F() =>\n    1;\n  int G() => 2;\n}\n",
            &[2, 3, 4],
        ),
        ("A.cs", "// [ExcludeFromCodeCoverage]\nclass A {}\n", &[]),
        (
            "a.php",
            "<?php\n/**\n * @codeCoverageIgnore\n */\nfunction f() {\n    a();\n}\nb();\n",
            &[2, 3, 4, 5, 6, 7],
        ),
        (
            "a.php",
            "<?php\nclass A {\n    #[CodeCoverageIgnore]\n    function f() {\n        a();\n    }\n}\n",
            &[3, 4, 5, 6],
        ),
    ] {
        assert_eq!(hidden(path, text), lines, "{text}");
    }
    let text = "[assembly: ExcludeFromCodeCoverage]\nclass A {}\n";
    assert_eq!(markers("A.cs", text)[0].hides, Hides::File);
}

#[test]
fn lines_of_code_hold_more_than_comments_and_brackets() {
    let text = "def f():\n    \"\"\"Says.\n\n    More.\n    \"\"\"\n    # note\n    x = [\n        \"a\",\n    ]\n    ...\n";
    let lines: Vec<usize> = code_lines(&"a.py".parse().unwrap(), text).into_iter().collect();
    assert_eq!(lines, [1, 7, 8, 10]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(
        text in ".{0,300}",
        words in "(pragma: no cover|istanbul ignore |c8 ignore |next|start|stop|if|LCOV_EXCL_|LINE|START|@Generated|:nocov:|coverage-ignore|\\[ExcludeFromCodeCoverage\\]|#\\[coverage\\(off\\)\\]|[#/*(){};:=\n a]|def f\\(\\):|fn |é){0,60}",
    ) {
        for name in ["a.py", "a.js", "a.tsx", "a.go", "a.rs", "a.cpp", "A.java", "A.kt", "A.cs", "a.php", "a.rb", "a.vue", "a.ex"] {
            let path: RepoPath = name.parse().unwrap();
            for text in [&text, &words] {
                let count = text.lines().count();
                for marker in read(&path, text, &Dialect::default()).unwrap_or_default() {
                    prop_assert!(text.get(marker.place.clone()).is_some(), "{name}: {marker:?}");
                    prop_assert!(marker.lines(count).iter().all(|lines| lines.start <= lines.end && lines.start >= 1));
                }
                code_lines(&path, text);
            }
        }
    }
}
