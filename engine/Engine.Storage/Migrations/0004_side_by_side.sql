-- min_reader: 4
-- The oldest schema whose engine goes on beside this one: each migration says so in its first line.
ALTER TABLE schema_version ADD COLUMN min_reader INTEGER NOT NULL DEFAULT 0;

-- What changes at each wake-up stays in this narrow row, one for each run: a poll that changes nothing writes nothing else.
CREATE TABLE wakes (
  run INTEGER PRIMARY KEY REFERENCES runs (number),
  due INTEGER,                       -- null once the run has ended
  rounds INTEGER NOT NULL,
  inbox_seen INTEGER NOT NULL,
  inbox_last INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,  -- +1 at each claim
  holder TEXT,
  lease_until INTEGER                -- null unless held
) STRICT;

INSERT INTO wakes (run, due, rounds, inbox_seen, inbox_last, fence, holder, lease_until)
SELECT number, due, rounds, inbox_seen, inbox_last, fence, holder, lease_until FROM runs;

-- A held run is looked at again when its lease passes, whatever its due time: its holder has died.
CREATE INDEX wakes_due ON wakes (coalesce(lease_until, due));
DROP INDEX runs_wake;
ALTER TABLE runs DROP COLUMN due;
ALTER TABLE runs DROP COLUMN rounds;
ALTER TABLE runs DROP COLUMN inbox_seen;
ALTER TABLE runs DROP COLUMN inbox_last;
ALTER TABLE runs DROP COLUMN fence;
ALTER TABLE runs DROP COLUMN holder;
ALTER TABLE runs DROP COLUMN lease_until;
