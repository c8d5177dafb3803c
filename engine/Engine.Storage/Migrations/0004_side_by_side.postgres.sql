-- min_reader: 4
ALTER TABLE schema_version ADD COLUMN min_reader BIGINT NOT NULL DEFAULT 0;

-- A run's row is written twice at each wake-up: room for the new version on the same page, and dead ones go early.
ALTER TABLE runs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
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
