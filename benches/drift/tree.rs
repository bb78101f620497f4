//! A made-up project: modules in four languages, some 3 KB each, no two alike.

use gainsay::change::{
    AddedLines, Additions, Change, Commit, Edit, Effect, Evidence, FileChange, History, Landed, LandedFile,
    Person, PullRequest, Status, Tree,
};

const NOUNS: [&str; 24] = [
    "order", "invoice", "parcel", "customer", "ledger", "refund", "basket", "voucher", "carrier", "address",
    "payment", "shift", "ticket", "session", "report", "batch", "token", "route", "quota", "tariff", "depot",
    "signal", "draft", "margin",
];
const VERBS: [&str; 16] = [
    "load", "merge", "price", "split", "check", "parse", "rank", "store", "bind", "trace", "fold", "sign",
    "queue", "trim", "seal", "count",
];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }

    fn noun(&mut self) -> &'static str {
        NOUNS[self.roll(NOUNS.len())]
    }

    fn verb(&mut self) -> &'static str {
        VERBS[self.roll(VERBS.len())]
    }
}

#[derive(Clone, Copy)]
enum Language {
    TypeScript,
    Python,
    Go,
    Rust,
}

impl Language {
    fn of(n: usize) -> Self {
        [Self::TypeScript, Self::Python, Self::Go, Self::Rust][n % 4]
    }

    fn path(self, n: usize) -> String {
        let folder = n / 4 % 60;
        match self {
            Self::TypeScript => format!("web/src/part{folder}/module{n}.ts"),
            Self::Python => format!("jobs/part{folder}/module{n}.py"),
            Self::Go => format!("api/part{folder}/module{n}.go"),
            Self::Rust => format!("core/src/part{folder}/module{n}.rs"),
        }
    }

    fn head(self, n: usize) -> String {
        let folder = n / 4 % 60;
        let other = n.saturating_sub(4);
        match self {
            Self::TypeScript => format!("import {{ first{other} }} from \"./module{other}\";\n\n"),
            Self::Python => {
                format!("import os\n\nfrom jobs.part{folder}.module{other} import first{other}\n\n")
            }
            Self::Go => format!("package part{folder}\n\nimport \"fmt\"\n\n"),
            Self::Rust => format!("use crate::part{folder}::module{other}::first{other};\n\n"),
        }
    }

    fn function(self, name: &str, lines: &[String]) -> String {
        let (open, close, end) = match self {
            Self::TypeScript => (format!("export function {name}(rows: Row[], rate: number) {{"), "}", ";"),
            Self::Python => (format!("def {name}(rows, rate):"), "", ""),
            Self::Go => (format!("func {name}(rows []Row, rate int) int {{"), "}", ""),
            Self::Rust => (format!("pub fn {name}(rows: &[Row], rate: usize) -> usize {{"), "}", ";"),
        };
        let body: String = lines.iter().map(|line| format!("    {line}{end}\n")).collect();
        let answer = if matches!(self, Self::Rust) { "    total\n" } else { "    return total\n" };
        format!("{open}\n{body}{answer}{close}\n\n")
    }
}

/// A line of code that all four languages read alike, but for its first word.
fn line(language: Language, dice: &mut Dice, first: bool) -> String {
    let (verb, noun, other, number) = (dice.verb(), dice.noun(), dice.noun(), dice.roll(900) + 3);
    let value = format!("{verb}_{noun}(rows, rate + {number}, {other}_{})", dice.roll(9_000));
    match (language, first) {
        (Language::TypeScript, true) => format!("let total = {value}"),
        (Language::Python, true) => format!("total = {value}"),
        (Language::Go, true) => format!("total := {value}"),
        (Language::Rust, true) => format!("let mut total = {value}"),
        _ => format!("total = total + {value}"),
    }
}

fn function(language: Language, dice: &mut Dice, name: &str) -> String {
    let count = 6 + dice.roll(8);
    let lines: Vec<String> = (0..count).map(|at| line(language, dice, at == 0)).collect();
    language.function(name, &lines)
}

fn module(n: usize, seed: u64) -> String {
    let language = Language::of(n);
    let mut dice = Dice(n as u64 + 1 + (seed << 32));
    let names = ["first", "second", "third", "fourth", "fifth"].map(|name| format!("{name}{n}"));
    let functions = names.map(|name| function(language, &mut dice, &name));
    language.head(n) + &functions.concat()
}

/// The module with one function edited, one more, and a setting read; in every fifth a function takes one thing more.
fn edited(n: usize, before: &str) -> String {
    let language = Language::of(n);
    let mut dice = Dice(n as u64 + 1_000_003);
    let more = function(language, &mut dice, &format!("sixth{n}"));
    let setting = match language {
        Language::TypeScript => format!("export const limit{n} = Number(process.env.PART_LIMIT);\n"),
        Language::Python => "LIMIT = os.environ[\"PART_LIMIT\"]\n".to_owned(),
        Language::Go => "var now = time.Now()\n".to_owned(),
        Language::Rust => format!("pub const LIMIT: usize = {n};\n"),
    };
    let before = before.replacen("rate + ", "rate + 1 + ", 1);
    let (old, new) = match language {
        Language::TypeScript => ("rate: number)", "rate: number, share = 0)"),
        Language::Python => ("rate):", "rate, share=0):"),
        Language::Go => ("rate int) int", "rate int, shares ...int) int"),
        Language::Rust => ("rate: usize)", "rate: usize, share: usize)"),
    };
    let before = if (n / 20).is_multiple_of(5) { before.replacen(old, new, 1) } else { before };
    before + &more + &setting
}

/// A project of `all` modules of which the change edits `edits`; no two seeds share a text.
pub(super) fn change(all: usize, edits: usize, seed: u64) -> Change {
    let base: Vec<(String, String)> = (0..all).map(|n| (Language::of(n).path(n), module(n, seed))).collect();
    let stride = all / edits;
    let is_edited = |n: usize| n.is_multiple_of(stride) && n / stride < edits;
    let head: Vec<(String, String)> = base
        .iter()
        .enumerate()
        .map(|(n, (path, text))| (path.clone(), if is_edited(n) { edited(n, text) } else { text.clone() }))
        .collect();
    let changed: Vec<usize> = (0..all).filter(|n| is_edited(*n)).collect();
    let path = |n: usize| Some(base[n].0.parse().expect("a made-up path is sound"));
    let files: Vec<FileChange> = changed
        .iter()
        .map(|n| FileChange { status: Status::Modified, base: path(*n), head: path(*n) })
        .collect();
    let added = |n: &usize| {
        let text = &head[*n].1;
        let from = base[*n].1.lines().count();
        let lines = text.lines().enumerate().skip(from).map(|(at, line)| (at + 1, line.to_owned()));
        AddedLines { path: base[*n].0.parse().expect("a made-up path is sound"), lines: Ok(lines.collect()) }
    };
    let sha = |digit: &str| digit.repeat(40).parse().expect("forty digits are a sha");
    let landed = |at: usize| Landed {
        sha: sha(["3", "4", "5", "6"][at % 4]),
        author: Person::default(),
        message: format!("Price parts (#{at})"),
        before_base: at as u64 * 7_200,
        files: changed
            .iter()
            .skip(at)
            .step_by(60)
            .map(|n| LandedFile {
                path: base[*n].0.parse().expect("a made-up path is sound"),
                hunks: Edit::between(&head[(*n + 1) % all].1, &base[*n].1),
            })
            .collect(),
    };
    let commit = Commit {
        sha: sha("2"),
        parents: 1,
        author: Person::default(),
        committer: Person::default(),
        message: "Give every part a limit".to_owned(),
        effect: Effect::Something,
        additions: Additions::Loaded(changed.iter().map(added).collect()),
    };
    let tree = |files: &[(String, String)]| {
        Tree::of_files(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())))
    };
    Change {
        pr: PullRequest {
            title: "Give every part a limit".to_owned(),
            body: "Adds `sixth0` to every module. Renames `seventh` to `eighth`. No breaking changes."
                .to_owned(),
            ..PullRequest::default()
        },
        base_sha: sha("1"),
        head_sha: sha("2"),
        base: tree(&base),
        head: tree(&head),
        files: files.into(),
        commits: vec![commit],
        history: History::Loaded((0..60).map(landed).collect()),
        evidence: Evidence::default(),
    }
}
