-- min_reader: 4
ALTER TABLE schema_version ADD COLUMN min_reader BIGINT NOT NULL DEFAULT 0;

-- What changes at each wake-up stays in this narrow row, one for each run: a poll that changes nothing writes nothing else.
-- It is written twice at each wake-up: room for the new version on the same page, and dead ones go early.
CREATE TABLE wakes (
  run BIGINT PRIMARY KEY,
  due BIGINT,                       -- null once the run has ended
  rounds BIGINT NOT NULL,
  inbox_seen BIGINT NOT NULL,
  inbox_last BIGINT NOT NULL DEFAULT 0,
  fence BIGINT NOT NULL DEFAULT 0,  -- +1 at each claim
  holder TEXT,
  lease_until BIGINT                -- null unless held
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

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

ALTER TABLE runs SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE run_bodies SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

-- What is sealed does not compress.
ALTER TABLE run_bodies ALTER COLUMN state SET STORAGE EXTERNAL;
ALTER TABLE run_bodies ALTER COLUMN prompt SET STORAGE EXTERNAL;
ALTER TABLE inbox ALTER COLUMN content SET STORAGE EXTERNAL;

-- Runs are never deleted, and each row written here would lock its run's row a second time.
ALTER TABLE run_bodies DROP CONSTRAINT run_bodies_run_fkey;
ALTER TABLE unreadable_bodies DROP CONSTRAINT unreadable_bodies_run_fkey;
ALTER TABLE inbox DROP CONSTRAINT inbox_run_fkey;
ALTER TABLE accepted_replies DROP CONSTRAINT accepted_replies_run_fkey;
ALTER TABLE received_signals DROP CONSTRAINT received_signals_run_fkey;
ALTER TABLE journal DROP CONSTRAINT journal_run_fkey;

-- Each index costs two entries at each wake-up. Numbers grow with the time: the primary key lists the newest runs.
DROP INDEX runs_newest;
DROP INDEX runs_subject;
CREATE INDEX runs_subject ON runs (subject, number);
