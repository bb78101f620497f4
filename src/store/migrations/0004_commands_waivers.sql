-- What people asked for in comments and with buttons. The same comment by another delivery is the same row.
CREATE TABLE command (
    key      TEXT    NOT NULL PRIMARY KEY,
    repo_id  INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    login    TEXT    NOT NULL,
    account  INTEGER,
    is_bot   INTEGER NOT NULL,
    words    TEXT    NOT NULL,
    comment  INTEGER,
    asked_at INTEGER NOT NULL,
    -- 0 asked, 1 decided, 2 answered.
    state    INTEGER NOT NULL,
    -- How often an answer was begun: after the first time it may stand on GitHub already.
    tries    INTEGER NOT NULL,
    -- What was decided: a reaction (1 yes, 0 no) and a reply, where there is one.
    reaction INTEGER,
    reply    TEXT
);
CREATE INDEX command_open ON command (repo_id, number, state);

-- What people accepted on a pull request. Days are written as 2026-12-31, in UTC.
CREATE TABLE waiver (
    repo_id     INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    fingerprint TEXT    NOT NULL,
    repo        TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    headline    TEXT    NOT NULL,
    login       TEXT    NOT NULL,
    account     INTEGER,
    reason      TEXT    NOT NULL,
    accepted_at INTEGER NOT NULL,
    until_day   TEXT,
    -- The comment in which it was said; nothing of a button.
    comment     INTEGER,
    PRIMARY KEY (repo_id, number, fingerprint)
);

-- The one comment that shows a pull request's verdict where policy asks for it: its number once it is known, and a
-- hash of what it shows.
CREATE TABLE sticky (
    repo_id INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    comment INTEGER,
    shown   TEXT    NOT NULL,
    PRIMARY KEY (repo_id, number)
);
