-- A commit keeps the reply itself, and counts for the entries a minute.

-- UTC microseconds; up to here the entries of a minute are used up
ALTER TABLE sessions ADD COLUMN quota_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions DROP COLUMN slot_at;

-- The replies that the commits of the last day kept cannot be put into the new form. Their keys
-- stay, so that a repeat does nothing, and says so.
-- What a repeat is answered with, a wire.Response; empty: nothing is kept
ALTER TABLE commits RENAME COLUMN outcome TO response;
ALTER TABLE commits DROP COLUMN version;
UPDATE commits SET response = '';
