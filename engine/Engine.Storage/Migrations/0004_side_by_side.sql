-- min_reader: 4
-- The oldest schema whose engine goes on beside this one: each migration says so in its first line.
ALTER TABLE schema_version ADD COLUMN min_reader INTEGER NOT NULL DEFAULT 0;
