-- Work is held by a lease and not by a flag: another process takes over what a killed one held. A merge group is work
-- too: its number is 0 and sha is its head; of a pull request sha is empty.
CREATE TABLE leased_work (
    repo_id       INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    sha           TEXT    NOT NULL,
    repo          TEXT    NOT NULL,
    installation  INTEGER NOT NULL,
    -- The newest generation; the newest that a push or a person raised; the newest for which a new check run must be
    -- shown whatever stands there; the newest that is settled.
    gen           INTEGER NOT NULL,
    asked_gen     INTEGER NOT NULL,
    loud_gen      INTEGER NOT NULL,
    done_gen      INTEGER NOT NULL,
    run_at        INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    fence         INTEGER NOT NULL,
    running       INTEGER NOT NULL,
    lease_until   INTEGER NOT NULL,
    dead          INTEGER NOT NULL,
    closed        INTEGER NOT NULL,
    -- The head of the last try, and the branch that it is to go into.
    head          TEXT,
    base          TEXT,
    -- The check run that was begun and not completed. Its commit is written first: a run whose number was never
    -- learned is looked for there.
    open_run      INTEGER,
    open_head     TEXT,
    -- What the last verdict came to, what its check run says after its siblings on the same commit had their word,
    -- the commit, and a hash of all that is shown.
    outcome       TEXT,
    shown_outcome TEXT,
    shown_head    TEXT,
    shown         TEXT,
    last_error    TEXT,
    PRIMARY KEY (repo_id, number, sha)
);

-- What was shown is forgotten: it is made again when the pull request is judged next.
INSERT INTO leased_work
    (repo_id, number, sha, repo, installation, gen, asked_gen, loud_gen, done_gen, run_at, attempts, fence, running,
     lease_until, dead, closed, head, open_run, open_head, last_error)
SELECT repo_id, number, '', repo, installation, gen, loud_gen, loud_gen, done_gen, run_at, attempts, fence, 0,
    0, dead, 0, head, open_run, open_head, last_error
FROM work;
DROP TABLE work;
ALTER TABLE leased_work RENAME TO work;

CREATE INDEX work_due ON work (run_at) WHERE gen > done_gen AND dead = 0;
CREATE INDEX work_head ON work (repo_id, head);
CREATE INDEX work_shown ON work (repo_id, shown_head);
CREATE INDEX work_base ON work (repo_id, base);
CREATE INDEX work_installation ON work (installation);

-- Whose turn it is: work is taken from the installation that was served the longest ago, and there from the
-- repository that was. The row with the repository 0 is the installation's own.
CREATE TABLE turn (
    installation INTEGER NOT NULL,
    repo_id      INTEGER NOT NULL,
    served       INTEGER NOT NULL,
    PRIMARY KEY (installation, repo_id)
);

-- How far something was read, by its name.
CREATE TABLE watermark (
    name TEXT    NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL
);

CREATE INDEX delivery_received ON delivery (received_at);
