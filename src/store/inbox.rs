//! The inbox: a delivery that was answered with success is on disk with all that it asks for. Deliveries that come at
//! the same time share a transaction, because the disk is what each of them waits for.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::ask::{Accepted, Ask, Intake, Urgency};
use super::database::{Database, Tx, Value};
use super::{Result, Store, StoreError, commands, key, sql};

/// Deliveries of one transaction.
const BATCH: usize = 64;

/// A delivery whose sender waits.
struct Waiting {
    intake: Intake,
    now: Timestamp,
    answer: oneshot::Sender<Result<Accepted>>,
}

/// The way to the one task that takes deliveries in.
#[derive(Debug, Clone)]
pub(super) struct Inbox(mpsc::Sender<Waiting>);

impl Inbox {
    /// Starts the task; it ends with the last inbox.
    pub(super) fn start(database: Database) -> Self {
        let (sender, receiver) = mpsc::channel(BATCH);
        tokio::spawn(take_in_batches(database, receiver));
        Self(sender)
    }
}

impl Store {
    /// Stores a delivery with all that it brings, as a whole or not at all. When this returns it is on disk.
    pub async fn accept(&self, intake: &Intake, now: Timestamp) -> Result<Accepted> {
        let stopped = || StoreError::Broken("the store was closed".to_owned());
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { intake: intake.clone(), now, answer };
        self.inbox.0.send(waiting).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Which of these deliveries were taken in.
    pub async fn known_deliveries(&self, ids: &[String]) -> Result<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        for id in ids {
            for row in self.database.rows(sql::IS_KNOWN, [id.as_str().into()]).await? {
                known.insert(row.text("id")?);
            }
        }
        Ok(known)
    }

    /// Forgets deliveries that came before a time. GitHub redelivers for three days.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<u64> {
        self.database.execute(sql::FORGET, [before.into()]).await
    }
}

async fn take_in_batches(database: Database, mut receiver: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        match take_in(&database, &batch).await {
            Ok(accepted) => {
                for (waiting, accepted) in batch.drain(..).zip(accepted) {
                    // Who no longer waits has the delivery all the same.
                    let _ = waiting.answer.send(Ok(accepted));
                }
            }
            Err(error) if batch.len() == 1 => {
                let _ = batch.remove(0).answer.send(Err(error));
            }
            // One that can't be stored must not refuse the others.
            Err(_) => {
                for waiting in batch.drain(..) {
                    let alone = take_in(&database, std::slice::from_ref(&waiting)).await;
                    let _ = waiting.answer.send(alone.map(|accepted| accepted[0]));
                }
            }
        }
    }
}

/// Takes deliveries in with one transaction. Rows are written in one order everywhere, so that two processes never
/// wait for each other.
async fn take_in(database: &Database, batch: &[Waiting]) -> Result<Vec<Accepted>> {
    let mut tx = database.begin().await?;
    let mut by_id: Vec<usize> = (0..batch.len()).collect();
    by_id.sort_by_key(|at| &batch[*at].intake.delivery.id);
    let mut accepted = vec![Accepted::Known; batch.len()];
    for at in by_id {
        let Waiting { intake, now, .. } = &batch[at];
        let delivery =
            [intake.delivery.id.as_str().into(), intake.delivery.event.as_str().into(), (*now).into()];
        if tx.execute(sql::INSERT_DELIVERY, delivery).await? == 1 {
            accepted[at] = Accepted::New;
        }
    }
    let new =
        || batch.iter().zip(&accepted).filter(|(_, new)| **new == Accepted::New).map(|(waiting, _)| waiting);
    for waiting in new() {
        close(&mut tx, waiting).await?;
    }
    let mut asks: Vec<&Ask> = new().flat_map(|waiting| &waiting.intake.asks).collect();
    asks.sort_by_key(|ask| (ask.repo_id, &ask.subject));
    for ask in asks {
        raise(&mut tx, ask).await?;
    }
    let mut asked: Vec<_> = new().flat_map(|waiting| &waiting.intake.commands).collect();
    asked.sort_by_key(|command| &command.key);
    for command in asked {
        commands::insert(&mut tx, command).await?;
    }
    tx.commit().await?;
    Ok(accepted)
}

async fn raise(tx: &mut Tx, ask: &Ask) -> Result<()> {
    let [repo_id, number, sha] = key(ask.repo_id, &ask.subject);
    let mut values: Vec<Value> =
        vec![repo_id, number, sha, ask.repo.as_str().into(), ask.installation.into(), ask.due.into()];
    let statement = match ask.urgency {
        Urgency::Quiet => sql::NUDGE,
        Urgency::Push | Urgency::Loud => {
            values.push(i64::from(ask.urgency == Urgency::Loud).into());
            sql::RAISE
        }
    };
    tx.execute(statement, values).await?;
    Ok(())
}

async fn close(tx: &mut Tx, waiting: &Waiting) -> Result<()> {
    for (repo_id, subject) in &waiting.intake.closed {
        tx.execute(sql::CLOSE, key(*repo_id, subject)).await?;
        let [repo_id, number, sha] = key(*repo_id, subject);
        tx.execute(sql::NUDGE_SIBLINGS_OF_CLOSED, [repo_id, number, sha, waiting.now.into()]).await?;
    }
    Ok(())
}
