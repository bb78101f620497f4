//! A verdict as the one comment on its pull request, where policy asks for it.

use sha2::{Digest, Sha256};

use crate::policy::CommentPolicy;
use crate::report::{check, markdown};
use crate::verdict::{Ruling, Verdict};

/// What the comment carries, so that it is found again.
pub const MARK: &str = "<!-- gainsay:verdict -->";

/// GitHub takes no longer comment. It counts characters; bytes are never fewer.
const LIMIT: usize = 65_536;

/// What the comment shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Markdown with the mark.
    pub text: String,
    /// Whether the comment is to be posted where there is none; else one that is there is updated.
    pub begins: bool,
}

impl Page {
    /// Of a verdict; nothing where policy wants no comment.
    pub fn of(verdict: &Verdict, policy: CommentPolicy) -> Option<Self> {
        let waits = !verdict.waiting.is_empty();
        let begins = match policy {
            CommentPolicy::Never => return None,
            CommentPolicy::Blocked => verdict.ruling != Ruling::Pass && !waits,
            CommentPolicy::Always => !waits,
        };
        let end = "\n\nThe report is longer than GitHub shows; `gainsay check` prints the whole of it.\n";
        let text = check::cut(markdown::render(verdict), LIMIT - MARK.len() - 2, end);
        Some(Self { text: format!("{text}\n{MARK}\n"), begins })
    }

    /// A hash of what it shows.
    pub fn digest(&self) -> String {
        hex::encode(&Sha256::digest(self.text.as_bytes())[..16])
    }
}
