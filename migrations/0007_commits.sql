-- A commit keeps the reply itself, and is held to the entries a minute.

ALTER TABLE sessions ADD COLUMN quota_at INTEGER NOT NULL DEFAULT 0; -- UTC microseconds; up to here the entries of a minute are used up
ALTER TABLE sessions DROP COLUMN slot_at;

-- The replies that the commits of the last day kept cannot be turned into the new form. Their keys stay, so that a
-- repeat does nothing, and says so.
ALTER TABLE commits RENAME COLUMN outcome TO response; -- what a repeat is answered with, a message of its own; '': nothing
ALTER TABLE commits DROP COLUMN version;
UPDATE commits SET response = '';
