-- The same name as in the table sessions: up to here the entries of a minute are used up, in UTC
-- microseconds.

ALTER TABLE owners RENAME COLUMN paced_at TO quota_at;
