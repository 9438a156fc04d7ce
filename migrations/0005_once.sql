-- The entries a minute are counted where erasing the entries does not reach. The commit of the
-- service sessions alone keeps what was answered; an append only knows that it was made.

-- UTC microseconds; up to here the entries of a minute are used up
ALTER TABLE owners ADD COLUMN paced_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE appends DROP COLUMN outcome;
ALTER TABLE appends DROP COLUMN hash;
