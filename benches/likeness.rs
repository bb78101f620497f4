//! What looking through a whole tree costs: for new functions that it has already, and for twins of edited blocks.

use std::fmt::Write;

use divan::Bencher;
use divan::counter::BytesCount;
use gainsay::change::line_diff;
use gainsay::read::alike::search::Wanted;
use gainsay::read::alike::tokens::Tokens;
use gainsay::read::alike::twins::{Search, Sought};
use gainsay::read::syntax::sources::Family;

fn main() {
    divan::main();
}

/// A module of some 4 KB. Two of different numbers share their shape and few of their names.
fn module(number: usize) -> String {
    let mut text = String::from("import { db } from './db.js';\n\n");
    for part in 0..12 {
        let name = number * 31 + part;
        let _ = write!(
            text,
            "export async function step{name}(order, options) {{\n  const rows = await db.table{name}.find(order.id, \
             {{ limit: options.limit{part} }});\n  for (const row of rows) {{\n    if (row.state{name} === 'open') {{\n      \
             await db.audit{part}.write(row.id, 'closed', options.by);\n    }}\n  }}\n  return \
             rows.filter((row) => row.total{name} > 0).length;\n}}\n\n"
        );
    }
    text
}

fn tree(files: usize) -> Vec<String> {
    (0..files).map(module).collect()
}

/// A tree in which 20 new files of 4 KB are looked for.
#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn new_functions(bencher: Bencher<'_, '_>, files: usize) {
    let tree = tree(files);
    let mut wanted = Wanted::default();
    let mut tokens = Tokens::default();
    for new in 0..20 {
        tokens.lex(Family::Script, &module(files + new));
        wanted.add(new, &tokens, |_| true);
    }
    let bytes: usize = tree.iter().map(String::len).sum();
    let files: Vec<(Family, &str)> = tree.iter().map(|text| (Family::Script, text.as_str())).collect();
    bencher.counter(BytesCount::new(bytes)).bench(|| wanted.search(&files));
}

/// A tree in which the twins of 20 edited blocks are looked for.
#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn twins(bencher: Bencher<'_, '_>, files: usize) {
    let tree = tree(files);
    let sought: Vec<Sought> = tree
        .iter()
        .take(20)
        .map(|text| Sought::of(text, &line_diff(text, &text.replacen("'closed'", "'shut'", 1)).hunks))
        .collect();
    let search = Search::of(&sought);
    let bytes: usize = tree.iter().map(String::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| tree.iter().map(|text| search.twins(text, None).len()).sum::<usize>());
}
