//! Every statement of the store, written so that PostgreSQL takes them too.

pub(super) const INSERT_DELIVERY: &str =
    "INSERT INTO delivery (id, event, received_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

/// A new event starts the count of tries again and wakes what was given up.
pub(super) const RAISE: &str = "
    INSERT INTO work (repo_id, number, repo, installation, gen, done_gen, run_at, attempts, fence, running, dead)
    VALUES ($1, $2, $3, $4, 1, 0, $5, 0, 0, 0, 0)
    ON CONFLICT (repo_id, number) DO UPDATE SET
        repo = excluded.repo, installation = excluded.installation,
        gen = work.gen + 1, run_at = excluded.run_at, attempts = 0, dead = 0";

pub(super) const RECLAIM: &str = "UPDATE work SET running = 0 WHERE running = 1";

pub(super) const CLAIM: &str = "
    UPDATE work SET running = 1, fence = fence + 1, attempts = attempts + 1
    WHERE (repo_id, number) IN (
        SELECT repo_id, number FROM work
        WHERE gen > done_gen AND running = 0 AND dead = 0 AND run_at <= $1
        ORDER BY run_at, repo_id, number LIMIT 1)
    RETURNING repo_id, number, repo, installation, gen, attempts, fence, open_run, open_head";

pub(super) const NEXT_DUE: &str =
    "SELECT MIN(run_at) FROM work WHERE gen > done_gen AND running = 0 AND dead = 0";

pub(super) const OPENED: &str = "
    UPDATE work SET open_run = $4, open_head = $5
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const SETTLE: &str = "
    UPDATE work SET done_gen = $4, running = 0, open_run = NULL, open_head = NULL, last_error = NULL,
        attempts = CASE WHEN gen = $4 THEN 0 ELSE attempts END
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const KEEP: &str = "
    INSERT INTO verdict (repo_id, number, gen, head, outcome, judged_at, json)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (repo_id, number, gen) DO NOTHING";

pub(super) const FAIL: &str = "
    UPDATE work SET running = 0, last_error = $6, run_at = CASE WHEN gen = $4 THEN $5 ELSE run_at END
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const BURY: &str = "
    UPDATE work SET running = 0, last_error = $5, dead = CASE WHEN gen = $4 THEN 1 ELSE 0 END,
        open_run = NULL, open_head = NULL
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const PULLS_WITH_HEAD: &str =
    "SELECT DISTINCT number FROM verdict WHERE repo_id = $1 AND head = $2 ORDER BY number";

pub(super) const VERDICTS: &str =
    "SELECT head, outcome, json FROM verdict WHERE repo_id = $1 AND number = $2 ORDER BY gen";

pub(super) const FORGET: &str = "DELETE FROM delivery WHERE received_at < $1";
