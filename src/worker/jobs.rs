//! The jobs in hand: each a task of its own, none lost when its task breaks off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::store::Job;

/// The jobs in hand. Cheap to clone.
#[derive(Clone)]
pub(super) struct Jobs {
    shared: Arc<Mutex<Shared>>,
    /// How many have ended so far.
    ended: watch::Sender<u64>,
}

#[derive(Default)]
struct Shared {
    next: u64,
    held: HashMap<u64, (Job, Option<JoinHandle<()>>)>,
    unsettled: Vec<Job>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { shared: Arc::default(), ended: watch::channel(0).0 }
    }
}

/// Stops whatever still runs when the worker itself is dropped.
pub(super) struct Leash {
    jobs: Jobs,
    renewal: JoinHandle<()>,
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.renewal.abort();
        for (_, task) in self.jobs.lock().held.values() {
            task.iter().for_each(JoinHandle::abort);
        }
    }
}

/// Takes its job out of hand however its task ends.
struct Hold {
    jobs: Jobs,
    id: u64,
    /// Whether the task ran to its end.
    finished: bool,
    /// What it gave back.
    left: Option<Job>,
}

impl Hold {
    fn finish(&mut self, left: Option<Job>) {
        (self.finished, self.left) = (true, left);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut shared = self.jobs.lock();
        if let Some((mut job, _)) = shared.held.remove(&self.id) {
            job.attempt += 1;
            let left = if self.finished { self.left.take() } else { Some(job) };
            shared.unsettled.extend(left);
        }
        drop(shared);
        self.jobs.ended.send_modify(|ended| *ended += 1);
    }
}

impl Jobs {
    /// Ends all jobs, and the task that keeps their leases, with the worker.
    pub(super) fn leash(&self, renewal: JoinHandle<()>) -> Leash {
        Leash { jobs: self.clone(), renewal }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a job. What the work gives back was not settled; a job whose work breaks off was not either.
    pub(super) fn start(&self, job: Job, work: impl Future<Output = Option<Job>> + Send + 'static) {
        let id = {
            let mut shared = self.lock();
            shared.next += 1;
            let id = shared.next;
            shared.held.insert(id, (job, None));
            id
        };
        let mut hold = Hold { jobs: self.clone(), id, finished: false, left: None };
        let task = tokio::spawn(async move {
            let left = work.await;
            hold.finish(left);
        });
        if let Some((_, handle)) = self.lock().held.get_mut(&id) {
            *handle = Some(task);
        }
    }

    /// How many are in hand.
    pub(super) fn len(&self) -> usize {
        self.lock().held.len()
    }

    /// Those in hand.
    pub(super) fn held(&self) -> Vec<Job> {
        self.lock().held.values().map(|(job, _)| job.clone()).collect()
    }

    /// One that ended without being settled.
    pub(super) fn unsettled(&self) -> Option<Job> {
        self.lock().unsettled.pop()
    }

    /// Keeps one that could not be settled now.
    pub(super) fn put_back(&self, job: Job) {
        self.lock().unsettled.push(job);
    }

    /// Tells of each end, those included that nobody waited for.
    pub(super) fn ends(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Waits until none is in hand.
    pub(super) async fn idle(&self) {
        let mut ended = self.ended.subscribe();
        while self.len() > 0 {
            if ended.changed().await.is_err() {
                return;
            }
        }
    }

    /// Stops all of them where they are; returns those that were not settled, as they were claimed.
    pub(super) async fn stop(&self) -> Vec<Job> {
        let tasks: Vec<JoinHandle<()>> =
            self.lock().held.values_mut().filter_map(|(_, task)| task.take()).collect();
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
        let mut left = std::mem::take(&mut self.lock().unsettled);
        left.iter_mut().for_each(|job| job.attempt = job.attempt.saturating_sub(1));
        left
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ids::PrNumber;
    use crate::store::{Ask, Delivery, Intake, Store, Subject, Urgency};

    async fn breaks_off() -> Option<Job> {
        panic!("a bug")
    }

    async fn claimed() -> Job {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let ask = Ask {
            repo_id: 1,
            subject: Subject::Pull(PrNumber(2)),
            repo: "o/r".parse().unwrap(),
            installation: 3,
            urgency: Urgency::Push,
            due: now,
        };
        let delivery = Delivery { id: "d".into(), event: "pull_request".into() };
        store.accept(&Intake::asking(delivery, vec![ask]), now).await.unwrap();
        store.claim(now).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_job_that_breaks_off_is_given_back_and_not_lost_until_the_next_start() {
        let (jobs, job) = (Jobs::default(), claimed().await);
        jobs.start(job.clone(), breaks_off());
        jobs.idle().await;
        let mut expected = job;
        expected.attempt = 1;
        assert_eq!(jobs.unsettled(), Some(expected), "and its try counts");
        assert_eq!(jobs.unsettled(), None);
    }

    #[tokio::test]
    async fn jobs_that_are_stopped_are_given_back_and_those_that_ended_are_not() {
        let (jobs, job) = (Jobs::default(), claimed().await);
        jobs.start(job.clone(), async { None });
        jobs.idle().await;
        jobs.start(job.clone(), std::future::pending());
        assert_eq!((jobs.len(), jobs.held()), (1, vec![job.clone()]));
        let left = jobs.stop().await;
        assert_eq!(left, [job]);
        assert_eq!(jobs.len(), 0);
    }
}
