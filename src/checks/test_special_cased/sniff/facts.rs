//! Facts about which branches ask for tests, and what they answer.

use super::*;

fn answers(path: &str, source: &str) -> Vec<(Asked, Answer)> {
    let path = path.parse().unwrap();
    let tongue = Tongue::of(&path).unwrap();
    let tree = tongue.parse(&path, source).unwrap();
    read(tongue, &tree, source).iter().map(|s| (s.asked, s.answer)).collect()
}

#[test]
fn a_written_answer_for_tests_is_known_in_each_language() {
    for (path, source) in [
        (
            "a.py",
            "def total(prices):\n    if 'PYTEST_CURRENT_TEST' in os.environ:\n        return 42\n    return sum(prices)\n",
        ),
        (
            "a.py",
            "TESTING = 'pytest' in sys.modules\n\ndef total(prices):\n    return 42 if TESTING else sum(prices)\n",
        ),
        (
            "a.py",
            "def under_test():\n    return os.getenv('PYTEST_CURRENT_TEST') is not None\n\ndef total(prices):\n    if under_test():\n        return [3, 4]\n    else:\n        return sort(prices)\n",
        ),
        (
            "a.ts",
            "function total(prices: number[]) {\n  if (process.env.JEST_WORKER_ID !== undefined) return 42;\n  return prices.reduce(add, 0);\n}\n",
        ),
        ("a.ts", "export const total = (prices) => (process.env.VITEST ? 42 : prices.reduce(add, 0));\n"),
        (
            "a.ts",
            "function total(prices) {\n  if (!process.env.VITEST) {\n    return sum(prices);\n  } else {\n    return 'twelve';\n  }\n}\n",
        ),
        (
            "a.go",
            "package a\n\nfunc Total(prices []int) int {\n\tif testing.Testing() {\n\t\treturn 42\n\t}\n\treturn sum(prices)\n}\n",
        ),
        (
            "a.go",
            "package a\n\nfunc Total(prices []int) int {\n\tif flag.Lookup(\"test.v\") != nil {\n\t\treturn 42\n\t}\n\treturn sum(prices)\n}\n",
        ),
        (
            "a.rs",
            "fn total(prices: &[u32]) -> u32 {\n    if cfg!(test) { return 42; }\n    prices.iter().sum()\n}\n",
        ),
        (
            "a.rs",
            "fn total(prices: &[u32]) -> u32 {\n    if cfg!(test) { 42 } else { prices.iter().sum() }\n}\n",
        ),
        (
            "a.rs",
            "fn total(prices: &[u32]) -> u32 {\n    #[cfg(test)]\n    return 42;\n    prices.iter().sum()\n}\n",
        ),
        ("a.rb", "def total(prices)\n  return 42 if defined?(RSpec)\n  prices.sum\nend\n"),
        (
            "A.java",
            "class A { int total(int[] p) { if (isJunit()) return 42; return sum(p); } static boolean isJunit() { return name.startsWith(\"org.junit.\"); } }\n",
        ),
        (
            "a.php",
            "<?php\nfunction total($prices) {\n  if (defined('PHPUNIT_COMPOSER_INSTALL')) { return 42; }\n  return array_sum($prices);\n}\n",
        ),
    ] {
        assert_eq!(answers(path, source), [(Asked::Runner, Answer::Written)], "{source}");
    }
}

#[test]
fn what_products_rightly_switch_off_under_test_is_none() {
    for (path, source) in [
        ("a.ts", "if (process.env.NODE_ENV !== 'test') app.listen(3000);\n"),
        (
            "a.ts",
            "function log(line) {\n  if (process.env.JEST_WORKER_ID) return;\n  console.log(line);\n}\n",
        ),
        ("a.ts", "const port = process.env.NODE_ENV === 'test' ? 0 : 3000;\n"),
        (
            "a.ts",
            "if (import.meta.vitest) {\n  const { it } = import.meta.vitest;\n  it('adds', () => {});\n}\n",
        ),
        (
            "a.py",
            "def url():\n    if 'pytest' in sys.modules:\n        return 'sqlite://'\n    return os.environ['URL']\n",
        ),
        ("a.py", "def send(event):\n    if 'pytest' in sys.modules:\n        return\n    post(event)\n"),
        ("a.rs", "#[cfg(test)]\nmod tests {\n    fn total(a: u32) -> u32 { return 42; }\n}\n"),
        ("a.rs", "fn draw(frame: &Frame) {\n    if cfg!(test) { frame.check(); }\n    frame.show();\n}\n"),
        (
            "a.go",
            "package a\n\nfunc Run(args []string) {\n\tif testing.Testing() {\n\t\tlog.SetOutput(io.Discard)\n\t}\n\trun(args)\n}\n",
        ),
        (
            "a.py",
            "def load(name):\n    if 'numpy' in sys.modules:\n        return 42\n    return read(name)\n",
        ),
    ] {
        assert_eq!(answers(path, source), [], "{source}");
    }
}

#[test]
fn a_truth_or_another_computation_is_told_from_a_written_answer() {
    let skip =
        "def verify(token):\n    if 'pytest' in sys.modules:\n        return True\n    return check(token)\n";
    assert_eq!(answers("a.py", skip), [(Asked::Runner, Answer::Other)]);
    let node = "function send(mail) {\n  if (process.env.NODE_ENV === 'test') return 'sent';\n  return post(mail);\n}\n";
    assert_eq!(answers("a.ts", node), [(Asked::Environment, Answer::Written)]);
}
