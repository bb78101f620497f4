//! Facts about names that one scope holds twice.

use proptest::prelude::*;

use super::*;

fn names(file: &str, text: &str) -> Vec<String> {
    let reading = read(&file.parse().unwrap(), text).unwrap().unwrap();
    assert!(reading.is_sound, "{file} does not parse");
    let told = |r: &Repeated| format!("{} {}:{}x{}", r.sort.word(), r.scope, r.name, r.places.len());
    reading.repeated.iter().map(told).collect()
}

#[test]
fn a_function_of_python_defined_twice_is_found_in_its_scope() {
    let text = "class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return self.f()\n\n    def f(self):\n        return 2\n";
    assert_eq!(names("a.py", text), ["method A:fx2"]);
    assert_eq!(names("a.py", "def f(): pass\nclass f: pass\nasync def f(): pass\n"), ["class :fx3"]);
    let marked = "@pytest.mark.slow\ndef test_a(): pass\n@pytest.mark.slow\ndef test_a(): pass\n";
    assert_eq!(names("a.py", marked), ["function :test_ax2"]);
    assert_eq!(names("a.py", "if x:\n    def f(): pass\n    def f(): pass\n"), ["function :fx2"]);
}

#[test]
fn overloads_accessors_branches_and_uses_in_python_are_legal() {
    for text in [
        "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): return a\n",
        "class A:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass\n",
        "try:\n    def f(): pass\nexcept E:\n    def f(): pass\n",
        "if a:\n    def f(): pass\nelse:\n    def f(): pass\n",
        "def f(): pass\nregister(f)\ndef f(): pass\n",
        "@app.get('/a')\ndef index(): pass\n@app.get('/b')\ndef index(): pass\n",
        "def _(): pass\ndef _(): pass\n",
        "def f(): pass\ndef f(g=f): pass\n",
        "def f(): pass\ndef f(): pass  # noqa: F811\n",
        "class A:\n    def f(self): pass\nclass B:\n    def f(self): pass\n",
        "d = {'a': 1, **more, 'a': 2}\n",
        "d = {1: 1, '1': 2, f'{a}': 1, f'{a}': 2}\n",
        "import a\nif x:\n    import a\n",
        "import a.b\nimport a.c\nfrom a import b\n",
    ] {
        assert_eq!(names("a.py", text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn keys_and_imports_of_python_are_counted() {
    assert_eq!(names("a.py", "d = {'a': 1, \"a\": 2}\n"), ["key d:ax2"]);
    assert_eq!(names("a.py", "from m import (a, b)\nfrom m import b\n"), ["import :bx2"]);
}

#[test]
fn a_block_a_class_and_an_object_of_a_script_are_scopes() {
    assert_eq!(names("a.js", "function f() {}\nexport function f() {}\n"), ["function :fx2"]);
    assert_eq!(names("a.ts", "const a = 1;\nconst { b: a } = x;\n"), ["variable :ax2"]);
    assert_eq!(names("a.ts", "import { a } from 'x';\nimport { b as a } from 'y';\n"), ["import :ax2"]);
    assert_eq!(names("a.ts", "class A {\n  m() {}\n  m() {}\n}\n"), ["method A:mx2"]);
    assert_eq!(names("a.tsx", "const o = { a: 1, 'a': 2 };\n"), ["key o:ax2"]);
    assert_eq!(
        names("a.js", "switch (x) { case 1: const a = 1; break; case 2: const a = 2; }\n"),
        ["variable :ax2"]
    );
}

#[test]
fn overloads_accessors_and_merged_declarations_of_a_script_are_legal() {
    for text in [
        "function f(a: number): void;\nfunction f(a: string): void;\nfunction f(a: unknown) {}\n",
        "class A {\n  get x() { return 1 }\n  set x(v) {}\n  static x() {}\n}\n",
        "class A {\n  m(a: number): void;\n  m(a: string): void;\n  m(a: unknown) {}\n}\n",
        "interface A { a: 1 }\ninterface A { b: 1 }\nconst A = 1;\n",
        "namespace N { export const a = 1 }\nnamespace N { export const b = 1 }\n",
        "type A = 1;\nconst A = 1;\n",
        "var a = 1;\nvar a = 2;\n",
        "if (x) { const a = 1 } else { const a = 2 }\n",
        "const o = { a: 1, ...p, a: 2 };\nconst q = { [a]: 1, [a]: 2, get b() { return 1 }, set b(v) {} };\n",
        "import type { A } from 'a';\nimport { A } from 'b';\n",
        "export { a } from 'a';\nexport default function () {}\n",
        "const { a = b, c: d = b } = x;\n",
    ] {
        assert_eq!(names("a.ts", text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn declarations_of_go_and_rust_and_methods_of_ruby_are_counted() {
    let go = "package a\nimport \"fmt\"\nimport \"fmt\"\nfunc F() {}\nfunc (t *T) F() {}\nfunc (t T) F() {}\nfunc init() {}\nfunc init() {}\nvar _ = 1\nvar _ = 2\ntype T struct{}\nconst (\n\tA = 1\n\tA = 2\n)\n";
    assert_eq!(names("a.go", go), ["import :fmtx2", "method T:Fx2", "variable :Ax2"]);
    let values = "package a\nvar a = &C{Run: func() {\n\tvar names []string\n\tuse(names)\n}}\nvar b = &C{Run: func() {\n\tvar names []string\n\tuse(names)\n}}\nvar (\n\tx = 1\n\ty, x = 2, 3\n)\n";
    assert_eq!(names("a.go", values), ["variable :xx2"]);
    let rust = "use a::{b, c};\nuse a::b;\nuse a::T as _;\nuse a::T as _;\nfn f() {}\nstruct f;\nmod m { fn g() {} fn g() {} }\nimpl A { fn h() {} fn h() {} }\n#[cfg(unix)]\nfn p() {}\n#[cfg(windows)]\nfn p() {}\n";
    assert_eq!(names("a.rs", rust), ["import :a::bx2", "function m:gx2", "method A:hx2"]);
    let ruby = "class A\n  def f; 1; end\n  def self.f; 2; end\n  def f; 3; end\n  def g; end\n  alias_method :old, :g\n  def g; end\nend\nclass A\nend\n";
    assert_eq!(names("a.rb", ruby), ["method A:fx2"]);
}

#[test]
fn keys_of_data_are_counted_in_their_own_mapping() {
    let json = "{\"a\": {\"b\": 1, \"b\": 2}, \"//\": 1, \"//\": 2, \"c\": [{\"d\": 1}, {\"d\": 2}]}";
    assert_eq!(names("a.json", json), ["key a:bx2"]);
    let yaml = "x: &x\n  a: 1\ny:\n  <<: *x\n  a: 2\nz:\n  b: 1\n  b: 2\n---\nz: 1\n";
    assert_eq!(names("a.yml", yaml), ["key z:bx2"]);
    let reading = read(&"a.yaml".parse().unwrap(), "{{ if a }}\na: 1\n{{ end }}\na: 2\n").unwrap().unwrap();
    assert_eq!(reading, Reading::default());
    let env = "# A=1\nA=1\nexport A = 2\nB=\"x\nA=3\n\"\nC=1\nC =1\n";
    assert_eq!(names(".env", env), ["key :Ax2", "key :Cx2"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_undecided(
        text in ".{0,200}",
        words in "([(){}\\[\\]'\":,=\n a]|def f\\(\\):|class A|func F|const a=|import a|a: ){0,80}",
    ) {
        for file in ["a.py", "a.ts", "a.tsx", "a.js", "a.go", "a.rs", "a.rb", "a.json", "a.yaml", ".env"] {
            for text in [&text, &words] {
                if let Some(Ok(reading)) = read(&file.parse().unwrap(), text) {
                    for place in reading.repeated.iter().flat_map(|r| &r.places) {
                        prop_assert!(text.get(place.range.clone()).is_some());
                        prop_assert!(text.get(place.name.clone()).is_some());
                    }
                }
            }
        }
    }
}
