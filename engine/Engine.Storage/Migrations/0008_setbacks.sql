-- min_reader: 4
-- A run that could not be advanced: how often in a row, and when it is tried again where that is outgoing work and no longer the pump's.
ALTER TABLE wakes ADD COLUMN crashes INTEGER;
ALTER TABLE wakes ADD COLUMN retry_due INTEGER;

-- Of such runs only: it costs a waiting run nothing.
CREATE INDEX wakes_retry ON wakes (retry_due) WHERE retry_due IS NOT NULL;
