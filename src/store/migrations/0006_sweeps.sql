-- Repositories whose open pull requests nobody has told of: the App was installed just now, or sees more than before.
-- The repository 0 stands for all that the installation sees.
CREATE TABLE sweep (
    installation INTEGER NOT NULL,
    repo_id      INTEGER NOT NULL,
    repo         TEXT    NOT NULL,
    run_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    PRIMARY KEY (installation, repo_id)
);
