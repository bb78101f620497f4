//! The hunks of a difference as people paste it into a text: with or without its heads, whole or in pieces.

/// What a line of a hunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It stands on both sides.
    Kept,
}

/// Lines that stand together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hunk {
    /// The file of the new side, where a head names one; `/dev/null` is none.
    pub file: Option<String>,
    /// Its lines without their marks, empty ones left out.
    pub lines: Vec<(Mark, String)>,
}

impl Hunk {
    /// The lines of the side before: kept and removed ones.
    pub fn old(&self) -> impl Iterator<Item = &str> {
        self.side(Mark::Added)
    }

    /// The lines of one mark.
    pub fn marked(&self, mark: Mark) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |(m, _)| *m == mark).map(|(_, line)| line.as_str())
    }

    fn side(&self, without: Mark) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |(m, _)| *m != without).map(|(_, line)| line.as_str())
    }
}

/// The hunks of a text. A line that leaves something out (`...`) ends one.
pub fn read(text: &str) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let mut hunk = Hunk::default();
    let mut file = None;
    for line in text.lines() {
        let head = [
            "diff --git ",
            "index ",
            "--- ",
            "+++ ",
            "@@",
            "new file mode",
            "deleted file mode",
            "rename ",
            "similarity ",
        ];
        if head.iter().any(|h| line.starts_with(h)) {
            if line.starts_with("diff --git ") {
                file = None;
            }
            if let Some(name) = line.strip_prefix("+++ ").or_else(|| line.strip_prefix("--- ")) {
                file = path(name).or(if line.starts_with('+') { None } else { file });
            }
            end(&mut hunks, &mut hunk);
            hunk.file.clone_from(&file);
        } else if elides(line) {
            end(&mut hunks, &mut hunk);
            hunk.file.clone_from(&file);
        } else if let Some(marked) = marked(line) {
            hunk.lines.push(marked);
        }
    }
    end(&mut hunks, &mut hunk);
    hunks
}

fn end(hunks: &mut Vec<Hunk>, hunk: &mut Hunk) {
    let ended = std::mem::take(hunk);
    if !ended.lines.is_empty() {
        hunks.push(ended);
    }
}

fn marked(line: &str) -> Option<(Mark, String)> {
    let (mark, rest) = match line.as_bytes().first()? {
        b'+' => (Mark::Added, &line[1..]),
        b'-' => (Mark::Removed, &line[1..]),
        _ => (Mark::Kept, line),
    };
    (!rest.trim().is_empty()).then(|| (mark, rest.to_owned()))
}

/// Whether a line stands for others: dots, alone or in a comment.
pub fn elides(line: &str) -> bool {
    let dots = line.contains("...") || line.contains('…');
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    let comment = line.trim_start_matches(['+', '-', ' ', '\t']);
    let comment =
        ["#", "//", "/*", "--", "<!--", "{/*", ";", "%"].iter().any(|mark| comment.starts_with(mark));
    dots && (bare.is_empty() || comment)
}

/// The path of a head: without the letter of its side and the time behind it.
fn path(name: &str) -> Option<String> {
    let name = name.split('\t').next().unwrap_or(name).trim();
    let name = name.strip_prefix("a/").or_else(|| name.strip_prefix("b/")).unwrap_or(name);
    (name != "/dev/null" && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn heads_name_the_file_and_marks_tell_the_sides() {
        let text = "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,3 +1,3 @@ def f\n def f():\n-    return 1\n+    return 2\n\n@@ -9 +9 @@\n+x = 1\n";
        let hunks = read(text);
        assert_eq!(hunks.len(), 2);
        assert_eq!(hunks[0].file.as_deref(), Some("src/a.py"));
        assert_eq!(hunks[0].old().collect::<Vec<_>>(), [" def f():", "    return 1"]);
        assert_eq!(hunks[0].marked(Mark::Added).collect::<Vec<_>>(), ["    return 2"]);
        assert_eq!(hunks[1].file.as_deref(), Some("src/a.py"));
    }

    #[test]
    fn a_piece_without_heads_is_a_hunk_and_dots_end_it() {
        let hunks = read("-a = 1\n+a = 2\n // ...\n-b = 1\n+b = 2\n...\n");
        assert_eq!(hunks.iter().map(|h| h.lines.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(hunks[0].file, None);
        assert_eq!(read("--- a/x\n+++ /dev/null\n-gone\n")[0].file, None);
        assert!(!elides("+    return [...items, item]") && elides("    …") && elides("# ... as before"));
    }

    proptest! {
        #[test]
        fn any_text_has_hunks_without_empty_lines(text in "([+\\- @a./…\n]|--- |\\+\\+\\+ |diff --git ){0,200}") {
            for hunk in read(&text) {
                prop_assert!(!hunk.lines.is_empty() && hunk.lines.iter().all(|(_, l)| !l.trim().is_empty()));
            }
        }
    }
}
