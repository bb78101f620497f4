//! Credentials made up at load: fixtures hold `@@KIND@@`, never a literal. They follow from a fixed seed, so that
//! commit ids and fingerprints in snapshots stay.

use std::sync::LazyLock;

use gainsay::read::secrets::template;

/// Each kind with its template. `BAD_` ones have a wrong checksum.
const KINDS: &[(&str, &str)] = &[
    ("ANTHROPIC", "sk-ant-api03-{b64u:93}AA"),
    ("ANTHROPIC_ADMIN", "sk-ant-admin01-{b64u:93}AA"),
    ("ANTHROPIC_OAUTH", "sk-ant-oat01-{b64u:93}AA"),
    ("AWS_KEY_ID", "AKIA{b32:16}"),
    ("AWS_SECRET", "{b64:40}"),
    ("AWS_SESSION_KEY_ID", "ASIA{b32:16}"),
    ("BAD_GITHUB_PAT", "ghp_{an:30}{badcrc}"),
    ("BAD_NPM", "npm_{an:30}{badcrc}"),
    ("DATABASE_PASSWORD", "{an:24}"),
    ("GITHUB_APP", "ghs_{an:30}{crc}"),
    ("GITHUB_FINE", "github_pat_{an:22}_{an:59}"),
    ("GITHUB_OAUTH", "gho_{an:30}{crc}"),
    ("GITHUB_PAT", "ghp_{an:30}{crc}"),
    ("GOOGLE", "AIza{b64u:35}"),
    ("NPM", "npm_{an:30}{crc}"),
    ("OPENAI", "sk-proj-{b64u:74}T3BlbkFJ{b64u:74}"),
    ("OPENAI_LEGACY", "sk-{an:20}T3BlbkFJ{an:20}"),
    ("PASSWORD", "{an:6}#{an:3}!{an:4}"),
    ("PEM_ENCRYPTED", "{pem:ENCRYPTED PRIVATE KEY:1290}"),
    ("PEM_ESCAPED", "{pemline:PRIVATE KEY:1217}"),
    ("PEM_OPENSSH", "{openssh:none}"),
    ("PEM_PUBLIC", "{pem:PUBLIC KEY:294}"),
    ("PEM_RSA", "{pem:RSA PRIVATE KEY:1190}"),
    ("STRIPE_LIVE", "sk_live_{an:99}"),
    ("STRIPE_PUBLISHABLE", "pk_live_{an:99}"),
    ("STRIPE_TEST", "sk_test_{an:99}"),
    ("STRIPE_WEBHOOK", "whsec_{an:32}"),
];

static PLANTED: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    KINDS
        .iter()
        .map(|(kind, shape)| (*kind, template::make(shape, "gainsay").trim_end().to_owned()))
        .collect()
});

/// Replaces each `@@KIND@@` by a credential of that kind. Further lines of a key get the indent of the first.
pub(crate) fn expand(text: &str) -> String {
    if !text.contains("@@") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let indent: String = line.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let mut line = line.to_owned();
        for (kind, value) in PLANTED.iter() {
            let mark = format!("@@{kind}@@");
            if line.contains(&mark) {
                line = line.replace(&mark, &value.replace('\n', &format!("\n{indent}")));
            }
        }
        out.push_str(&line);
    }
    out
}

/// Every kind with what must stand in no output: its value, and of a key each of its lines.
pub(crate) fn planted() -> Vec<(&'static str, String)> {
    let secret = PLANTED.iter().filter(|(kind, _)| !matches!(*kind, "PEM_PUBLIC" | "STRIPE_PUBLISHABLE"));
    let lines = |value: &str| -> Vec<String> {
        value
            .split("\\n")
            .flat_map(str::lines)
            .filter(|l| !l.starts_with("-----"))
            .map(str::to_owned)
            .collect()
    };
    // A mask that ends too soon leaves the rest of a value; the lines of a key are masked as such.
    let parts = |line: String| {
        let halves =
            if line.len() <= 64 && line.is_ascii() { line.split_at(line.len() / 2) } else { ("", "") };
        let halves = [halves.0, halves.1].map(str::to_owned).into_iter().filter(|half| half.len() > 6);
        halves.chain([line.clone()]).collect::<Vec<_>>()
    };
    let of = |(kind, value): &(&'static str, String)| {
        let kind = *kind;
        lines(value).into_iter().flat_map(parts).map(move |part| (kind, part)).collect::<Vec<_>>()
    };
    secret.flat_map(of).collect()
}

#[test]
fn every_planted_kind_is_told_apart_as_its_name_says() {
    for (kind, value) in PLANTED.iter() {
        let found = gainsay::read::secrets::scan(value.as_bytes());
        let silent = [
            "AWS_SECRET",
            "BAD_GITHUB_PAT",
            "BAD_NPM",
            "DATABASE_PASSWORD",
            "PASSWORD",
            "PEM_PUBLIC",
            "STRIPE_PUBLISHABLE",
        ];
        assert_eq!(found.len(), usize::from(!silent.contains(kind)), "{kind}");
    }
}
