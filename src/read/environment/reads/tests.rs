//! Reads, language by language.

use proptest::prelude::*;

use super::*;

const ALL: [Language; 7] = [
    Language::JavaScript,
    Language::TypeScript,
    Language::Tsx,
    Language::Python,
    Language::Go,
    Language::Ruby,
    Language::Rust,
];

fn needed(language: Language, text: &str) -> Vec<String> {
    read(language, text).unwrap().needed().into_iter().map(|read| read.name.clone()).collect()
}

fn all(language: Language, text: &str) -> Vec<String> {
    read(language, text).unwrap().reads.into_iter().map(|read| read.name).collect()
}

#[test]
fn each_language_reads_in_its_own_way() {
    let script = "const { AAA, b: c } = process.env;\nf(process.env.BBB, process.env['CCC']!, import.meta.env.DDD);\n\
                  const e = process.env; g(e.EEE);\nh(Deno.env.get(\"FFF\"), Bun.env.GGG);\n\
                  import { HHH } from '$env/static/private';\n";
    assert_eq!(
        needed(Language::TypeScript, script),
        ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH"]
    );
    let python = "a = os.environ['AAA']\nb = os.environ.get(\"BBB\")\nc = os.getenv('CCC', None)\nd = env.int('DDD')\n";
    assert_eq!(needed(Language::Python, python), ["AAA", "BBB", "CCC", "DDD"]);
    let go = "package a\nfunc f() {\n\ta := os.Getenv(\"AAA\")\n\tif a == \"\" {\n\t\tlog.Fatal(\"no\")\n\t}\n\tg(os.Getenv(`BBB`))\n}\n";
    assert_eq!(needed(Language::Go, go), ["AAA", "BBB"]);
    assert_eq!(needed(Language::Ruby, "a = ENV['AAA']\nb = ENV.fetch(\"BBB\")\n"), ["AAA", "BBB"]);
    let rust = "fn f() { let a = std::env::var(\"AAA\").unwrap(); let b = env::var(\"BBB\").map_err(E::from)?; c(env!(\"CCC\")); }";
    assert_eq!(needed(Language::Rust, rust), ["AAA", "BBB", "CCC"]);
}

#[test]
fn a_variable_that_the_code_can_do_without_is_not_needed() {
    let script = "const { AAA = 1 } = process.env;\nf(process.env.BBB || 'x', process.env.CCC ?? y, process.env.DDD === '1');\n\
                  if (process.env.EEE) g(process.env.EEE);\nconst z = process.env.FFF;\nif (z) h(z);\n\
                  i(process.env.GGG?.trim());\nlet k = process.env.HHH; if (!k) { k = 'd'; }\nj(process.env.III ? 1 : 2);\n";
    assert!(needed(Language::JavaScript, script).is_empty(), "{:?}", needed(Language::JavaScript, script));
    let python = "a = os.environ.get('AAA', 'x')\nb = os.getenv('BBB') or 1\nif os.getenv('CCC'):\n    pass\n\
                  d = os.environ.get('DDD')\nif d is not None:\n    pass\ntry:\n    e = os.environ['EEE']\nexcept KeyError:\n    e = 1\n";
    assert!(needed(Language::Python, python).is_empty(), "{:?}", needed(Language::Python, python));
    let go = "package a\nfunc f() {\n\ta := os.Getenv(\"AAA\")\n\tif a == \"\" {\n\t\ta = \"x\"\n\t}\n\tif b := os.Getenv(\"BBB\"); b != \"\" {\n\t}\n\
              \tc, ok := os.LookupEnv(\"CCC\")\n}\n";
    assert!(needed(Language::Go, go).is_empty(), "{:?}", needed(Language::Go, go));
    let ruby = "a = ENV.fetch('AAA', 1)\nb = ENV['BBB'] || 2\nc if ENV['CCC']\nd = ENV.fetch('DDD') { 1 }\nENV['EEE'] ||= 'x'\n";
    assert!(needed(Language::Ruby, ruby).is_empty(), "{:?}", needed(Language::Ruby, ruby));
    let rust = "fn f() { let a = env::var(\"AAA\").unwrap_or_default(); if let Ok(b) = env::var(\"BBB\") {} let c = env::var(\"CCC\").ok(); }\n\
                mod tests { fn t() { env::var(\"DDD\").unwrap(); } }";
    assert!(needed(Language::Rust, rust).is_empty(), "{:?}", needed(Language::Rust, rust));
}

#[test]
fn a_demand_by_an_error_is_a_need() {
    let script = "const key = process.env.AAA;\nif (!key) throw new Error('AAA is missing');\nuse(key);\n";
    assert_eq!(needed(Language::TypeScript, script), ["AAA"]);
    let python = "key = os.environ.get('AAA')\nif not key:\n    raise RuntimeError('no key')\n";
    assert_eq!(needed(Language::Python, python), ["AAA"]);
}

#[test]
fn what_is_set_and_what_only_looks_alike_is_not_read() {
    let script = "process.env.AAA = '1';\ndelete process.env.BBB;\n// process.env.CCC\nconst s = 'process.env.DDD';\nconfig.env.EEE;\n";
    assert!(all(Language::JavaScript, script).is_empty());
    let found =
        read(Language::Python, "os.environ['AAA'] = '1'\nos.environ.setdefault('BBB', '2')\n").unwrap();
    assert!(found.reads.is_empty() && found.sets.len() == 2);
}

proptest! {
    #[test]
    fn any_text_is_read_or_undecided(
        words in "([(){}\\[\\]'\"$:;=.,?!|\n A-C]|process\\.env|os\\.environ|os\\.Getenv|ENV|env!|env::var|const |if |try|=> ){0,80}",
    ) {
        for language in ALL {
            let _decided = read(language, &words);
        }
    }
}

#[test]
fn a_file_that_only_looks_a_variable_up_is_read() {
    let go = "package a\nvar port, found = os.LookupEnv(\"AAA\")\n";
    assert_eq!(all(Language::Go, go), ["AAA"]);
    assert_eq!(all(Language::Python, "from decouple import config\na = config('AAA')\n"), ["AAA"]);
}
