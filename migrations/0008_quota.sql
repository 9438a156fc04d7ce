-- One word for one thing.

ALTER TABLE owners RENAME COLUMN paced_at TO quota_at; -- UTC microseconds; up to here the entries of a minute are used up
