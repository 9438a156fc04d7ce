-- What is stored for an owner is counted in bytes.

-- bytes of the entries, with what each costs besides its texts
ALTER TABLE owners ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
-- UTC milliseconds when a sweep first found the owner unused for 90 days; NULL: in use
ALTER TABLE owners ADD COLUMN unused_at INTEGER;
CREATE INDEX owners_unused ON owners (unused_at) WHERE unused_at IS NOT NULL;

-- From now on the column parsed is empty if the canonical form is the expression itself. The rows
-- that are there keep it: to write all of them anew would take long, and change nothing.
UPDATE owners SET bytes = (SELECT total(200 + octet_length(expression) + octet_length(parsed)
  + coalesce(octet_length(plot), 0)) FROM entries WHERE entries.owner = owners.owner);

-- bytes of the snapshot
ALTER TABLE shares ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
-- its name in the key-value store: shares of the same content have one snapshot
ALTER TABLE shares ADD COLUMN snapshot TEXT NOT NULL DEFAULT '';
UPDATE shares SET snapshot = 'share/' || token_hash;
CREATE INDEX shares_snapshot ON shares (snapshot) WHERE state IN (0, 1);
