//! Every statement of the store, written so that both databases take it.

pub(super) const INSERT_DELIVERY: &str =
    "INSERT INTO delivery (id, event, received_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

pub(super) const IS_KNOWN: &str = "SELECT id FROM delivery WHERE id = $1";

pub(super) const FORGET: &str = "DELETE FROM delivery WHERE received_at < $1";

/// What a push or a person asks for starts the count of tries again and wakes what was given up. `$7` is 1 where a
/// new check run must be shown in any case.
pub(super) const RAISE: &str = "
    INSERT INTO work
        (repo_id, number, sha, repo, installation, gen, asked_gen, loud_gen, done_gen, run_at, attempts, fence,
         running, lease_until, dead, closed)
    VALUES ($1, $2, $3, $4, $5, 1, 1, $7, 0, $6, 0, 0, 0, 0, 0, 0)
    ON CONFLICT (repo_id, number, sha) DO UPDATE SET
        repo = excluded.repo, installation = excluded.installation,
        gen = work.gen + 1, asked_gen = work.gen + 1,
        loud_gen = CASE WHEN excluded.loud_gen = 1 THEN work.gen + 1 ELSE work.loud_gen END,
        run_at = excluded.run_at, attempts = 0, dead = 0, closed = 0";

/// A quiet ask joins what is due already; it hastens no retry and wakes nothing that was given up or closed.
pub(super) const NUDGE: &str = "
    INSERT INTO work
        (repo_id, number, sha, repo, installation, gen, asked_gen, loud_gen, done_gen, run_at, attempts, fence,
         running, lease_until, dead, closed)
    VALUES ($1, $2, $3, $4, $5, 1, 0, 0, 0, $6, 0, 0, 0, 0, 0, 0)
    ON CONFLICT (repo_id, number, sha) DO UPDATE SET
        repo = excluded.repo, installation = excluded.installation, gen = work.gen + 1,
        run_at = CASE
            WHEN work.running = 0 AND work.gen > work.done_gen
                AND (work.attempts > 0 OR work.run_at < excluded.run_at) THEN work.run_at
            ELSE excluded.run_at END
    WHERE work.dead = 0 AND work.closed = 0";

/// What is closed is not judged any more. A job that runs ends as it may.
/// Where a check run was begun it is ended first.
pub(super) const CLOSE: &str = "
    UPDATE work SET closed = 1, done_gen = CASE WHEN open_head IS NULL THEN gen ELSE done_gen END
    WHERE repo_id = $1 AND number = $2 AND sha = $3";

/// The others on the commit that a closed pull request shows its verdict on.
pub(super) const NUDGE_SIBLINGS_OF_CLOSED: &str = "
    UPDATE work SET gen = gen + 1, run_at = CASE WHEN gen > done_gen AND run_at < $4 THEN run_at ELSE $4 END
    WHERE repo_id = $1 AND number > 0 AND number <> $2 AND closed = 0 AND dead = 0 AND shown_head IN (
        SELECT c.shown_head FROM work c WHERE c.repo_id = $1 AND c.number = $2 AND c.sha = $3)";

/// The process is new, and the only one.
pub(super) const RECLAIM: &str = "UPDATE work SET running = 0 WHERE running = 1";

// What was tried already comes half a minute later for each try: what kills the process must not be the first that the
// next one takes up.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH next (next_repo, next_number, next_sha) AS MATERIALIZED (
                SELECT w.repo_id, w.number, w.sha FROM work w
                LEFT JOIN turn i ON i.installation = w.installation AND i.repo_id = 0
                LEFT JOIN turn r ON r.installation = w.installation AND r.repo_id = w.repo_id
                WHERE w.gen > w.done_gen AND w.dead = 0 AND w.run_at <= $1
                    AND (w.running = 0 OR w.lease_until <= $1)
                ORDER BY COALESCE(i.served, 0), COALESCE(r.served, 0), w.run_at + 30000 * w.attempts, w.repo_id,
                    w.number, w.sha
                LIMIT 1",
            $lock,
            ")
            UPDATE work SET running = 1, lease_until = $2, fence = fence + 1
            FROM next WHERE repo_id = next_repo AND number = next_number AND sha = next_sha
            RETURNING repo_id, number, sha, repo, installation, gen, asked_gen, loud_gen, done_gen, attempts, fence,
                open_run, open_head, shown_head, shown, run_at"
        )
    };
}

pub(super) const CLAIM_ON_SQLITE: &str = claim!("");
pub(super) const CLAIM_ON_POSTGRES: &str = claim!(" FOR UPDATE OF w SKIP LOCKED");

/// The next number of all, so that it hangs on no clock.
pub(super) const SERVE: &str = "
    INSERT INTO turn (installation, repo_id, served)
    SELECT $1, $2, COALESCE(MAX(served), 0) + 1 FROM turn WHERE served > 0
    ON CONFLICT (installation, repo_id) DO UPDATE SET served = excluded.served";

pub(super) const NEXT_DUE: &str = "
    SELECT MIN(CASE WHEN running = 1 AND lease_until > run_at THEN lease_until ELSE run_at END) AS at
    FROM work WHERE gen > done_gen AND dead = 0";

pub(super) const QUEUE: &str = "
    SELECT
        COUNT(CASE WHEN running = 0 AND run_at <= $1 THEN 1 END) AS due,
        COUNT(CASE WHEN running = 0 AND run_at > $1 THEN 1 END) AS waiting,
        COUNT(CASE WHEN running = 1 THEN 1 END) AS running,
        MIN(CASE WHEN running = 0 AND run_at <= $1 THEN run_at END) AS oldest
    FROM work WHERE gen > done_gen AND dead = 0";

pub(super) const DEAD: &str = "SELECT COUNT(*) AS dead FROM work WHERE dead = 1";

pub(super) const HOLDS: &str = "
    SELECT fence FROM work WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

pub(super) const RENEW: &str = "
    UPDATE work SET lease_until = $5
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

/// A job that was left because the process stops: no try of its own.
pub(super) const RELEASE: &str = "
    UPDATE work SET running = 0, attempts = $5
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

pub(super) const START: &str = "
    UPDATE work SET attempts = $5
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

pub(super) const OPEN: &str = "
    UPDATE work SET open_run = $5, open_head = $6
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

/// The head under judgement; what was known of it stays.
pub(super) const SEE: &str = "
    INSERT INTO head (repo_id, number, sha, seen_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (repo_id, number, sha) DO NOTHING";

pub(super) const SEEN: &str = "SELECT seen_at FROM head WHERE repo_id = $1 AND number = $2 AND sha = $3";

pub(super) const STAND_AT: &str = "
    UPDATE work SET head = $5, base = $6
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

/// `$6` is 1 where the check run is completed and not left open.
pub(super) const SETTLE: &str = "
    UPDATE work SET done_gen = $5, running = 0, last_error = NULL, attempts = 0,
        open_run = CASE WHEN $6 = 1 THEN NULL ELSE open_run END,
        open_head = CASE WHEN $6 = 1 THEN NULL ELSE open_head END,
        shown_head = $7, shown = $8, outcome = $9, shown_outcome = $10
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

/// The timer of a verdict. Where something newer is due there is no need of one.
pub(super) const WAKE: &str = "
    UPDATE work SET gen = gen + 1, run_at = $5
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND gen = $4 AND closed = 0";

/// The open pull requests that show a verdict on a commit.
pub(super) const SIBLINGS: &str = "
    SELECT number, outcome, shown_outcome FROM work
    WHERE repo_id = $1 AND shown_head = $2 AND number > 0 AND closed = 0 ORDER BY number";

pub(super) const STANDS_AT: &str = "SELECT head FROM work WHERE repo_id = $1 AND number = $2 AND sha = $3";

/// One of them shows another verdict than it should.
pub(super) const NUDGE_SIBLING: &str = "
    UPDATE work SET gen = gen + 1, run_at = CASE WHEN gen > done_gen AND run_at < $3 THEN run_at ELSE $3 END
    WHERE repo_id = $1 AND number = $2 AND sha = '' AND closed = 0 AND dead = 0";

pub(super) const FAIL: &str = "
    UPDATE work SET running = 0, last_error = $7,
        attempts = CASE WHEN asked_gen <= $5 THEN $8 ELSE attempts END,
        run_at = CASE WHEN asked_gen <= $5 THEN $6 ELSE run_at END
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

/// What it showed is replaced by the word that there is no verdict, which counts as the worst of them.
pub(super) const BURY: &str = "
    UPDATE work SET running = 0, last_error = $6, dead = CASE WHEN asked_gen <= $5 THEN 1 ELSE 0 END,
        open_run = NULL, open_head = NULL, shown = NULL, shown_head = head, outcome = $7, shown_outcome = $7
    WHERE repo_id = $1 AND number = $2 AND sha = $3 AND fence = $4 AND running = 1";

pub(super) const KEEP: &str = "
    INSERT INTO verdict (repo_id, number, gen, head, outcome, judged_at, json, repo, agent, model)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (repo_id, number, gen) DO NOTHING";

pub(super) const KEEP_CLAIM: &str = "
    INSERT INTO claim (repo_id, number, gen, claim, kind, standing)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repo_id, number, gen, claim) DO NOTHING";

macro_rules! claims {
    ($of:literal) => {
        concat!(
            "SELECT c.repo_id, c.number, c.gen, c.claim, c.kind, c.standing, v.head, v.agent, v.model,
                (SELECT MAX(n.gen) FROM verdict n WHERE n.repo_id = c.repo_id AND n.number = c.number) AS newest
            FROM claim c JOIN verdict v ON v.repo_id = c.repo_id AND v.number = c.number AND v.gen = c.gen
            WHERE v.judged_at >= $1 ",
            $of,
            " ORDER BY c.repo_id, c.number, c.claim, c.gen"
        )
    };
}

/// Every claim of every verdict since a time, each pull request's in the order of its verdicts; `newest` is the
/// pull request's last verdict.
pub(super) const CLAIMS: &str = claims!("");

/// The same of one repository, by any name that it had.
pub(super) const CLAIMS_OF: &str =
    claims!("AND c.repo_id IN (SELECT r.repo_id FROM verdict r WHERE LOWER(r.repo) = LOWER($2))");

pub(super) const PULLS_WITH_HEAD: &str =
    "SELECT DISTINCT number FROM verdict WHERE repo_id = $1 AND head = $2 ORDER BY number";

pub(super) const PULLS_AT_HEAD: &str =
    "SELECT number FROM work WHERE repo_id = $1 AND head = $2 AND number > 0 AND closed = 0 ORDER BY number";

pub(super) const PULLS_AT_BASE: &str =
    "SELECT number FROM work WHERE repo_id = $1 AND base = $2 AND number > 0 AND closed = 0 ORDER BY number";

pub(super) const LAST_VERDICT: &str = "
    SELECT head, outcome, json FROM verdict WHERE repo_id = $1 AND number = $2 ORDER BY gen DESC LIMIT 1";

pub(super) const VERDICTS: &str =
    "SELECT head, outcome, json FROM verdict WHERE repo_id = $1 AND number = $2 ORDER BY gen";

/// The installation is gone: nothing can be asked in its name.
pub(super) const FORGET_INSTALLATION: &str =
    "UPDATE work SET closed = 1, done_gen = gen WHERE installation = $1";

pub(super) const FORGET_REPOSITORY: &str =
    "UPDATE work SET closed = 1, done_gen = gen WHERE installation = $1 AND repo_id = $2";

pub(super) const WATERMARK: &str = "SELECT at FROM watermark WHERE name = $1";

/// Two that read the same mark can't both move it.
pub(super) const SET_WATERMARK: &str = "
    INSERT INTO watermark (name, at) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE watermark.at = $3";

pub(super) const CREDENTIAL: &str = "SELECT app_id, slug, client_id, sealed FROM credential";

pub(super) const KEEP_CREDENTIAL: &str = "
    INSERT INTO credential (slot, app_id, slug, client_id, sealed, kept_at) VALUES (1, $1, $2, $3, $4, $5)
    ON CONFLICT (slot) DO UPDATE SET
        app_id = excluded.app_id, slug = excluded.slug, client_id = excluded.client_id, sealed = excluded.sealed,
        kept_at = excluded.kept_at";

/// Of the verdicts before a time so many as $2 says, and of no pull request the last one.
pub(super) const PRUNE_VERDICTS: &str = "
    DELETE FROM verdict WHERE (repo_id, number, gen) IN (
        SELECT v.repo_id, v.number, v.gen FROM verdict v
        WHERE v.judged_at < $1 AND v.gen < (
            SELECT MAX(n.gen) FROM verdict n WHERE n.repo_id = v.repo_id AND n.number = v.number)
        ORDER BY v.repo_id, v.number, v.gen LIMIT $2)";

/// The claims of the same verdicts.
pub(super) const PRUNE_CLAIMS: &str = "
    DELETE FROM claim WHERE (repo_id, number, gen) IN (
        SELECT v.repo_id, v.number, v.gen FROM verdict v
        WHERE v.judged_at < $1 AND v.gen < (
            SELECT MAX(n.gen) FROM verdict n WHERE n.repo_id = v.repo_id AND n.number = v.number)
        ORDER BY v.repo_id, v.number, v.gen LIMIT $2)";

/// A head that a pull request stands at keeps the time from which its deadlines count.
pub(super) const PRUNE_HEADS: &str = "
    DELETE FROM head WHERE seen_at < $1 AND NOT EXISTS (
        SELECT 1 FROM work w WHERE w.repo_id = head.repo_id AND w.number = head.number AND w.head = head.sha)";

pub(super) const PRUNE_GROUPS: &str = "DELETE FROM work WHERE number = 0 AND running = 0 AND run_at < $1 AND (gen = done_gen OR dead = 1 OR closed = 1)";

/// An answered command is known by its key for as long as verdicts are kept.
pub(super) const PRUNE_COMMANDS: &str = "DELETE FROM command WHERE state = 2 AND asked_at < $1";

pub(super) const BACK_UP: &str = "VACUUM INTO $1";

pub(super) const INTEGRITY: &str = "PRAGMA integrity_check(1)";

pub(super) const SHAPE: &str = "SELECT version FROM _sqlx_migrations WHERE success";

/// Touches nothing, and yet needs the right to write.
pub(super) const TRY_WRITE: &str = "INSERT INTO watermark (name, at) VALUES ('doctor', 0)";
