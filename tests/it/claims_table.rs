//! How well claims are read: precision and recall by kind over labelled texts, one language a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gainsay::claims::{block_keys, read_body};

/// Read wrongly, missed and read rightly.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn precision(self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    fn recall(self) -> f64 {
        share(self.right, self.right + self.missed)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The scores by kind, and each text that is not read as its label says.
#[derive(Default)]
struct Table {
    kinds: BTreeMap<String, Score>,
    off: Vec<String>,
    claims: usize,
    near_misses: BTreeMap<String, usize>,
}

impl Table {
    fn take(&mut self, wanted: &[&str], found: &[String], text: &str) {
        let mut off = false;
        for kind in wanted {
            let score = self.kinds.entry((*kind).to_owned()).or_default();
            self.claims += 1;
            if found.iter().any(|f| f == kind) {
                score.right += 1;
            } else {
                score.missed += 1;
                off = true;
            }
        }
        for kind in found.iter().filter(|kind| !wanted.contains(&kind.as_str())) {
            self.kinds.entry(kind.clone()).or_default().wrong += 1;
            off = true;
        }
        if off {
            self.off.push(format!("{wanted:?} read as {found:?}: {text}"));
        }
    }

    fn total(&self) -> Score {
        self.kinds.values().fold(Score::default(), |mut sum, score| {
            sum.add(*score);
            sum
        })
    }

    fn print(&self, title: &str) -> String {
        let mut text = format!("{title}\n{:22} right wrong missed precision recall\n", "kind");
        let total = [("all".to_owned(), self.total())];
        for (kind, score) in self.kinds.iter().map(|(k, s)| (k.clone(), *s)).chain(total) {
            let Score { right, wrong, missed } = score;
            let (precision, recall) = (score.precision(), score.recall());
            text += &format!("{kind:22} {right:5} {wrong:5} {missed:6} {precision:9.3} {recall:6.3}\n");
        }
        text + &self.off.join("\n")
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/claims").join(name)
}

fn files(name: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

fn kinds(text: &str) -> Vec<String> {
    let mut kinds: Vec<String> = read_body(text).list.iter().map(|c| c.kind.id().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Takes in every line `kinds :: text` of a folder's files.
fn lines(name: &str, table: &mut Table) {
    for file in files(name, "txt") {
        let source = fs::read_to_string(&file).unwrap();
        for line in source.lines().filter(|line| !line.starts_with('#') && line.contains(" :: ")) {
            let (labels, text) = line.split_once(" :: ").unwrap();
            let wanted: Vec<&str> = labels.split(' ').filter(|kind| !kind.starts_with('!')).collect();
            for kind in labels.split(' ') {
                let kind = kind.strip_prefix('!').inspect(|kind| {
                    *table.near_misses.entry((*kind).to_owned()).or_default() += 1;
                });
                assert!(block_keys().contains(&kind.unwrap_or(wanted.first().unwrap_or(&"none"))), "{line}");
            }
            table.take(&wanted, &kinds(&text.replace("\\n", "\n")), line);
        }
    }
}

/// Takes in every line of the bodies of a folder, by the labels beside each.
fn bodies(name: &str, table: &mut Table) {
    for file in files(name, "md") {
        let body = fs::read_to_string(&file).unwrap();
        let labels = fs::read_to_string(file.with_extension("claims")).unwrap();
        let labels: BTreeMap<usize, Vec<&str>> = labels
            .lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(line, kinds)| (line.parse().unwrap(), kinds.split(' ').collect()))
            .collect();
        let claims = read_body(&body);
        for (at, text) in body.lines().enumerate().map(|(at, text)| (at + 1, text)) {
            let mut found: Vec<String> =
                claims.list.iter().filter(|c| c.at.line == at).map(|c| c.kind.id().to_owned()).collect();
            found.sort();
            found.dedup();
            let wanted = labels.get(&at).map_or(&[][..], Vec::as_slice);
            let name = file.file_name().unwrap().to_string_lossy();
            table.take(wanted, &found, &format!("{name}:{at}: {text}"));
        }
    }
}

#[test]
fn claims_table() {
    let mut table = Table::default();
    lines("labelled", &mut table);
    bodies("bodies", &mut table);
    let printed = table.print("labelled");
    std::io::Write::write_all(&mut std::io::stdout(), format!("{printed}\n").as_bytes()).unwrap();
    let total = table.total();
    assert!(total.precision() >= 0.97 && total.recall() >= 0.85, "{printed}");
    for (kind, score) in &table.kinds {
        assert!(score.precision() >= 0.9 && score.recall() >= 0.75, "{kind}\n{printed}");
        let least = score.right + score.missed;
        assert!(least > 0, "{kind} has no labelled text\n{printed}");
    }
}
