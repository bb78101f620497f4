//! The one comment that shows a pull request's verdict, where policy asks for it: posted once, updated in place, and
//! left alone where it says the same already.

use crate::github::{Doubt, GithubError, Installation};
use crate::ids::PrNumber;
use crate::report::sticky::{MARK, Page};
use crate::store::{Job, Sticky, Store};

use super::run::RunError;

/// Shows a page in the comment. One that can't be shown fails no judgement; the next one shows it.
pub async fn show(
    github: &Installation,
    store: &Store,
    (job, number): (&Job, PrNumber),
    page: &Page,
) -> Result<(), RunError> {
    let known = store.sticky(job.ask.repo_id, number).await?;
    let shown = page.digest();
    if known.is_none() && !page.begins
        || known.as_ref().is_some_and(|k| k.comment.is_some() && k.shown == shown)
    {
        return Ok(());
    }
    if !store.holds(job).await? {
        return Err(RunError::Lost);
    }
    match put(github, store, (job, number), page, known).await {
        Ok(Some(comment)) => {
            let sticky = Sticky { comment: Some(comment), shown };
            Ok(store.set_sticky(job.ask.repo_id, number, &sticky).await?)
        }
        Ok(None) => Ok(()),
        Err(RunError::Github(error)) => {
            tracing::warn!(pull = %job.ask, %error, "the comment with the verdict could not be shown");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

async fn put(
    github: &Installation,
    store: &Store,
    (job, number): (&Job, PrNumber),
    page: &Page,
    known: Option<Sticky>,
) -> Result<Option<u64>, RunError> {
    let repo = &job.ask.repo;
    let mut doubt = Doubt::None;
    if let Some(sticky) = &known {
        let found = match sticky.comment {
            Some(comment) => Some(comment),
            // A try to post it was cut off: it may stand there.
            None => github.said(repo, number, MARK).await?,
        };
        match found {
            Some(comment) => match github.rephrase(repo, comment, &page.text).await {
                // A person deleted it. Where there is nothing to warn of, it stays away.
                Err(GithubError::NotFound { .. }) if page.begins => doubt = Doubt::Some,
                Err(GithubError::NotFound { .. }) => return Ok(None),
                rephrased => {
                    rephrased?;
                    return Ok(Some(comment));
                }
            },
            None if !page.begins => return Ok(None),
            None => {}
        }
    }
    // Written before GitHub is asked: were the answer lost with this process, the next one looks for it.
    let begun = Sticky { comment: None, shown: String::new() };
    store.set_sticky(job.ask.repo_id, number, &begun).await?;
    Ok(Some(github.say(repo, number, (MARK, &page.text), doubt).await?))
}
