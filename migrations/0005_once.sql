-- The entries a minute are counted where erasing the entries does not reach; an append belongs to a key and its request,
-- and what was answered is kept by the commit alone.

ALTER TABLE owners ADD COLUMN paced_at INTEGER NOT NULL DEFAULT 0; -- UTC microseconds; up to here the entries a minute are used up

ALTER TABLE appends RENAME TO appends_before;

-- What an append stored, by its idempotency key and request, so that a repeat does nothing. Kept for two days.
CREATE TABLE appends (
  id    INTEGER PRIMARY KEY,                        -- in order of time
  owner TEXT    NOT NULL REFERENCES owners (owner), -- whose it is
  key   TEXT    NOT NULL,                           -- the client's Idempotency-Key, or one made for the request
  hash  TEXT    NOT NULL,                           -- hex SHA-256 of the request that the key belongs to
  first INTEGER NOT NULL,                           -- the id of its first entry
  at    INTEGER NOT NULL,                           -- UTC milliseconds
  UNIQUE (owner, key, hash)
);
INSERT INTO appends SELECT id, owner, key, hash, first, at FROM appends_before;
DROP TABLE appends_before;
