//! Every statement of the store, written so that PostgreSQL takes them too.

pub(super) const INSERT_DELIVERY: &str =
    "INSERT INTO delivery (id, event, received_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

/// A new event starts the count of tries again and wakes what was given up.
pub(super) const RAISE: &str = "
    INSERT INTO work
        (repo_id, number, repo, installation, gen, loud_gen, done_gen, run_at, attempts, fence, running, dead)
    VALUES ($1, $2, $3, $4, 1, 1, 0, $5, 0, 0, 0, 0)
    ON CONFLICT (repo_id, number) DO UPDATE SET
        repo = excluded.repo, installation = excluded.installation,
        gen = work.gen + 1, loud_gen = work.gen + 1, run_at = excluded.run_at, attempts = 0, dead = 0";

/// A nudge joins what is due already; it hastens neither a retry nor what was given up.
pub(super) const NUDGE: &str = "
    INSERT INTO work
        (repo_id, number, repo, installation, gen, loud_gen, done_gen, run_at, attempts, fence, running, dead)
    VALUES ($1, $2, $3, $4, 1, 1, 0, $5, 0, 0, 0, 0)
    ON CONFLICT (repo_id, number) DO UPDATE SET
        repo = excluded.repo, installation = excluded.installation, gen = work.gen + 1,
        run_at = CASE
            WHEN work.running = 0 AND work.gen > work.done_gen
                AND (work.attempts > 0 OR work.run_at < excluded.run_at) THEN work.run_at
            ELSE excluded.run_at END
    WHERE work.dead = 0";

pub(super) const RECLAIM: &str = "UPDATE work SET running = 0 WHERE running = 1";

pub(super) const CLAIM: &str = "
    UPDATE work SET running = 1, fence = fence + 1, attempts = attempts + 1
    WHERE (repo_id, number) IN (
        SELECT repo_id, number FROM work
        WHERE gen > done_gen AND running = 0 AND dead = 0 AND run_at <= $1
        ORDER BY run_at, repo_id, number LIMIT 1)
    RETURNING repo_id, number, repo, installation, gen, loud_gen, done_gen, attempts, fence, open_run, open_head, shown";

pub(super) const NEXT_DUE: &str =
    "SELECT MIN(run_at) FROM work WHERE gen > done_gen AND running = 0 AND dead = 0";

pub(super) const OPENED: &str = "
    UPDATE work SET open_run = $4, open_head = $5
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

/// The head under judgement; what was known of it stays.
pub(super) const SEE: &str = "
    INSERT INTO head (repo_id, number, sha, seen_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (repo_id, number, sha) DO NOTHING";

pub(super) const SEEN: &str = "SELECT seen_at FROM head WHERE repo_id = $1 AND number = $2 AND sha = $3";

pub(super) const STAND_AT: &str = "
    UPDATE work SET head = $4 WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const SETTLE: &str = "
    UPDATE work SET done_gen = $4, running = 0, open_run = NULL, open_head = NULL, last_error = NULL, attempts = 0,
        shown = $5
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

/// The check run stays open.
pub(super) const SETTLE_WAITING: &str = "
    UPDATE work SET done_gen = $4, running = 0, last_error = NULL, attempts = 0, shown = $5
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

/// The timer of a verdict that waits. Where something newer is due there is no need of one.
pub(super) const WAKE: &str = "
    UPDATE work SET gen = gen + 1, run_at = $4 WHERE repo_id = $1 AND number = $2 AND gen = $3";

pub(super) const KEEP: &str = "
    INSERT INTO verdict (repo_id, number, gen, head, outcome, judged_at, json, repo, agent, model)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (repo_id, number, gen) DO NOTHING";

pub(super) const KEEP_CLAIM: &str = "
    INSERT INTO claim (repo_id, number, gen, claim, kind, standing)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repo_id, number, gen, claim) DO NOTHING";

/// Every claim of every verdict since a time, each pull request's in the order of its verdicts; `newest` is the
/// pull request's last verdict.
pub(super) const CLAIMS: &str = "
    SELECT c.repo_id, c.number, c.gen, c.claim, c.kind, c.standing, v.head, v.agent, v.model,
        (SELECT MAX(n.gen) FROM verdict n WHERE n.repo_id = c.repo_id AND n.number = c.number) AS newest
    FROM claim c JOIN verdict v ON v.repo_id = c.repo_id AND v.number = c.number AND v.gen = c.gen
    WHERE v.judged_at >= $1
    ORDER BY c.repo_id, c.number, c.claim, c.gen";

/// The same of one repository, by any name that it had.
pub(super) const CLAIMS_OF: &str = "
    SELECT c.repo_id, c.number, c.gen, c.claim, c.kind, c.standing, v.head, v.agent, v.model,
        (SELECT MAX(n.gen) FROM verdict n WHERE n.repo_id = c.repo_id AND n.number = c.number) AS newest
    FROM claim c JOIN verdict v ON v.repo_id = c.repo_id AND v.number = c.number AND v.gen = c.gen
    WHERE v.judged_at >= $1
        AND c.repo_id IN (SELECT r.repo_id FROM verdict r WHERE LOWER(r.repo) = LOWER($2))
    ORDER BY c.repo_id, c.number, c.claim, c.gen";

pub(super) const FAIL: &str = "
    UPDATE work SET running = 0, last_error = $6, run_at = CASE WHEN loud_gen <= $4 THEN $5 ELSE run_at END
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const BURY: &str = "
    UPDATE work SET running = 0, last_error = $5, dead = CASE WHEN loud_gen <= $4 THEN 1 ELSE 0 END,
        open_run = NULL, open_head = NULL
    WHERE repo_id = $1 AND number = $2 AND fence = $3 AND running = 1";

pub(super) const PULLS_WITH_HEAD: &str =
    "SELECT DISTINCT number FROM verdict WHERE repo_id = $1 AND head = $2 ORDER BY number";

pub(super) const PULLS_AT_HEAD: &str =
    "SELECT number FROM work WHERE repo_id = $1 AND head = $2 ORDER BY number";

pub(super) const VERDICTS: &str =
    "SELECT head, outcome, json FROM verdict WHERE repo_id = $1 AND number = $2 ORDER BY gen";

pub(super) const FORGET: &str = "DELETE FROM delivery WHERE received_at < $1";

pub(super) const CREDENTIAL: &str = "SELECT app_id, slug, client_id, sealed FROM credential";

pub(super) const KEEP_CREDENTIAL: &str = "
    INSERT INTO credential (slot, app_id, slug, client_id, sealed, kept_at) VALUES (1, $1, $2, $3, $4, $5)
    ON CONFLICT (slot) DO UPDATE SET
        app_id = excluded.app_id, slug = excluded.slug, client_id = excluded.client_id, sealed = excluded.sealed,
        kept_at = excluded.kept_at";
