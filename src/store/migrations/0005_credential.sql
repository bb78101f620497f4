-- The App's credentials, if they came through the setup: at most one row. What is secret in them is sealed with a key
-- that the database never sees.
CREATE TABLE credential (
    slot      INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    app_id    INTEGER NOT NULL,
    slug      TEXT,
    client_id TEXT,
    sealed    TEXT    NOT NULL,
    kept_at   INTEGER NOT NULL
);
