-- The entries a minute are counted where erasing the entries does not reach. What was answered is kept by the commit of
-- the service sessions alone; an append only knows that it was made.

ALTER TABLE owners ADD COLUMN paced_at INTEGER NOT NULL DEFAULT 0; -- UTC microseconds; up to here the entries a minute are used up

ALTER TABLE appends DROP COLUMN outcome;
ALTER TABLE appends DROP COLUMN hash;
