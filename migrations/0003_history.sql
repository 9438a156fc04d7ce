-- The history: one row for each evaluation, keyed by its owner, so that a page is one range of the
-- table.

-- The owners of histories.
CREATE TABLE owners (
  owner     TEXT    PRIMARY KEY,         -- hex SHA-256 of the session's token
  last      INTEGER NOT NULL DEFAULT 0,  -- id of the newest entry; no id is used twice
  used_at   INTEGER NOT NULL,            -- UTC milliseconds, when entries were written or read
  erased_at INTEGER                      -- if set, a tombstone: nothing more is stored for it
) WITHOUT ROWID;

-- A successful evaluation.
CREATE TABLE entries (
  owner      TEXT    NOT NULL REFERENCES owners (owner), -- its owner
  id         INTEGER NOT NULL,                           -- from 1 for each owner
  at         INTEGER NOT NULL,                           -- UTC milliseconds
  kind       TEXT    NOT NULL,                           -- value, assignment, definition, plot
  expression TEXT    NOT NULL,                           -- as written
  parsed     TEXT    NOT NULL,                           -- in canonical form
  result     REAL,                                       -- of a value or an assignment
  key        TEXT    NOT NULL,                           -- the append that stored it
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;

-- Appends by their keys, so that a repeat does nothing. Kept for two days, longer than
-- the commit of the same evaluation.
CREATE TABLE appends (
  id      INTEGER PRIMARY KEY,                        -- in order of time
  owner   TEXT    NOT NULL REFERENCES owners (owner), -- its owner
  key     TEXT    NOT NULL,                           -- the id of the evaluation
  hash    TEXT    NOT NULL,                           -- hex SHA-256 of the request
  outcome TEXT    NOT NULL,                           -- what was answered
  first   INTEGER NOT NULL,                           -- id of its first entry
  at      INTEGER NOT NULL,                           -- UTC milliseconds
  UNIQUE (owner, key)
);
