//! What people asked for, from the delivery to the answer: asked, decided, answered. Each step is written before the
//! next begins, so that a replay or a killed process decides nothing twice.

use jiff::Timestamp;

use super::ask::Command;
use super::database::{Row, Tx};
use super::waivers::{self, KeptWaiver};
use super::{Result, Store};
use crate::change::Person;
use crate::ids::PrNumber;

/// GitHub takes no longer comment.
const WORDS: usize = 65_536;

const INSERT: &str = "
    INSERT INTO command
        (key, repo_id, number, login, account, is_bot, words, comment, asked_at, state, tries)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0) ON CONFLICT (key) DO NOTHING";

const OPEN: &str = "
    SELECT key, repo_id, number, login, account, is_bot, words, comment, asked_at, state, tries, reaction, reply
    FROM command WHERE repo_id = $1 AND number = $2 AND state < 2 ORDER BY asked_at, key";

const DECIDE: &str = "UPDATE command SET state = 1, reaction = $2, reply = $3 WHERE key = $1 AND state = 0";

const BEGIN_ANSWER: &str = "UPDATE command SET tries = tries + 1 WHERE key = $1 AND state = 1";

const ANSWERED: &str = "UPDATE command SET state = 2 WHERE key = $1 AND state = 1";

const REPLIES: &str = "
    SELECT COUNT(*) AS replies FROM command
    WHERE repo_id = $1 AND number = $2 AND (login = $3 OR account = $4) AND reply IS NOT NULL";

/// A command that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCommand {
    /// The command.
    pub command: Command,
    /// What was decided; nothing yet.
    pub answer: Option<CommandAnswer>,
    /// How often the answer was begun.
    pub tries: u32,
}

/// What a person is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandAnswer {
    /// A reaction to their comment: yes or no.
    pub reaction: Option<bool>,
    /// A reply, as Markdown.
    pub reply: Option<String>,
}

/// Stores a command, unless it is known.
pub(super) async fn insert(tx: &mut Tx, command: &Command) -> Result<()> {
    // PostgreSQL's texts hold no NUL.
    let words: String = command.words.chars().filter(|c| *c != '\0').take(WORDS).collect();
    let values = [
        command.key.as_str().into(),
        command.repo_id.into(),
        command.number.0.into(),
        command.by.login.as_str().into(),
        command.by.id.into(),
        i64::from(command.is_bot).into(),
        words.into(),
        command.comment.into(),
        command.at.into(),
    ];
    tx.execute(INSERT, values).await?;
    Ok(())
}

impl Store {
    /// The commands of a pull request that are undecided or unanswered, the oldest first.
    pub async fn commands(&self, repo_id: u64, number: PrNumber) -> Result<Vec<OpenCommand>> {
        let rows = self.database.rows(OPEN, [repo_id.into(), number.0.into()]).await?;
        rows.iter().map(open).collect()
    }

    /// Decides a command, with what it accepts in the same transaction. False where it was decided before, by whomever:
    /// then nothing is done.
    pub async fn decide(
        &self,
        command: &Command,
        answer: &CommandAnswer,
        accepted: &[KeptWaiver],
    ) -> Result<bool> {
        let mut tx = self.database.begin().await?;
        let reaction = answer.reaction.map(i64::from);
        let values = [command.key.as_str().into(), reaction.into(), answer.reply.clone().into()];
        let first = tx.execute(DECIDE, values).await? == 1;
        if first {
            for waiver in accepted {
                waivers::put(&mut tx, command.repo_id, command.number, waiver).await?;
            }
        }
        tx.commit().await?;
        Ok(first)
    }

    /// Counts a try to answer, before GitHub is asked.
    pub async fn begin_answer(&self, key: &str) -> Result<()> {
        self.database.execute(BEGIN_ANSWER, [key.into()]).await?;
        Ok(())
    }

    /// The answer stands on GitHub, or never will.
    pub async fn answered(&self, key: &str) -> Result<()> {
        self.database.execute(ANSWERED, [key.into()]).await?;
        Ok(())
    }

    /// How many replies in words an account was given on a pull request.
    pub async fn replies(&self, repo_id: u64, number: PrNumber, to: &Person) -> Result<u64> {
        let values = [repo_id.into(), number.0.into(), to.login.as_str().into(), to.id.into()];
        let rows = self.database.rows(REPLIES, values).await?;
        rows.first().map_or(Ok(0), |row| row.id("replies"))
    }
}

fn open(row: &Row) -> Result<OpenCommand> {
    let decided = row.int("state")? > 0;
    let reaction = row.maybe_int("reaction")?.map(|yes| yes == 1);
    let answer = decided.then_some(CommandAnswer { reaction, reply: row.maybe_text("reply")? });
    let by = Person { login: row.text("login")?, id: row.maybe_id("account")?, ..Person::default() };
    let at: Timestamp = row.time("asked_at")?;
    let command = Command {
        key: row.text("key")?,
        repo_id: row.id("repo_id")?,
        number: PrNumber(row.id("number")?),
        by,
        is_bot: row.int("is_bot")? == 1,
        words: row.text("words")?,
        comment: row.maybe_id("comment")?,
        at,
    };
    Ok(OpenCommand { command, answer, tries: u32::try_from(row.int("tries")?).unwrap_or(u32::MAX) })
}
