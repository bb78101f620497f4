-- The inbox: deliveries that were answered with success. Times are milliseconds since 1970.
CREATE TABLE delivery (
    id          TEXT    NOT NULL PRIMARY KEY,
    event       TEXT    NOT NULL,
    received_at INTEGER NOT NULL
);

-- One row a pull request. It is due while gen > done_gen; an event raises gen, a verdict raises done_gen.
CREATE TABLE work (
    repo_id      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    repo         TEXT    NOT NULL,
    installation INTEGER NOT NULL,
    gen          INTEGER NOT NULL,
    done_gen     INTEGER NOT NULL,
    run_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    fence        INTEGER NOT NULL,
    running      INTEGER NOT NULL,
    dead         INTEGER NOT NULL,
    -- The check run that was begun and not yet completed, and the commit that it stands on.
    open_run     INTEGER,
    open_head    TEXT,
    last_error   TEXT,
    PRIMARY KEY (repo_id, number)
);

CREATE INDEX work_due ON work (run_at) WHERE gen > done_gen AND running = 0 AND dead = 0;

CREATE TABLE verdict (
    repo_id   INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    gen       INTEGER NOT NULL,
    head      TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    judged_at INTEGER NOT NULL,
    json      TEXT    NOT NULL,
    PRIMARY KEY (repo_id, number, gen)
);

CREATE INDEX verdict_head ON verdict (repo_id, head);
