-- When a pull request's head was first seen: deadlines count from there.
CREATE TABLE head (
    repo_id INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    sha     TEXT    NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (repo_id, number, sha)
);

-- The head of the last try: events that name a commit only are mapped by it.
ALTER TABLE work ADD COLUMN head TEXT;
-- The newest generation that a person or a push raised. Later ones came from checks or from a timer, and show nothing
-- on GitHub unless the verdict differs.
ALTER TABLE work ADD COLUMN loud_gen INTEGER NOT NULL DEFAULT 0;
-- A hash of the head and of what its check run shows.
ALTER TABLE work ADD COLUMN shown TEXT;
UPDATE work SET loud_gen = gen;
CREATE INDEX work_head ON work (repo_id, head);

-- Who made the claims of a verdict, and in which repository as it was called then.
ALTER TABLE verdict ADD COLUMN repo TEXT;
ALTER TABLE verdict ADD COLUMN agent TEXT;
ALTER TABLE verdict ADD COLUMN model TEXT;

-- The claims of a verdict. A claim is a hash of its kind and its words: the words themselves are not kept here.
CREATE TABLE claim (
    repo_id  INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    gen      INTEGER NOT NULL,
    claim    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    standing TEXT    NOT NULL,
    PRIMARY KEY (repo_id, number, gen, claim),
    FOREIGN KEY (repo_id, number, gen) REFERENCES verdict (repo_id, number, gen)
);
CREATE INDEX verdict_judged ON verdict (judged_at);
