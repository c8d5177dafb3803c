-- Credentials have a row of their own, so that nothing else that is written about a connection can undo a rotation. Several
-- connections may hold one: what is locked is the credential.
CREATE TABLE credentials (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  world TEXT,
  fingerprint TEXT NOT NULL,         -- keyed hash of what is spent at a refresh, by which the same credentials are known again
  body BLOB NOT NULL,                -- sealed
  version INTEGER NOT NULL,          -- starts at 1, +1 at each refresh
  stored_at INTEGER NOT NULL,
  expires_at INTEGER,
  refresh_expires_at INTEGER,
  fence INTEGER NOT NULL DEFAULT 0,  -- +1 at each lease
  holder TEXT,
  lease_until INTEGER,               -- null unless held
  spent_version INTEGER,             -- the version that was sent to be refreshed; null once the outcome is known
  tries INTEGER NOT NULL DEFAULT 0,  -- how often it was sent
  refusals INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER,                -- no refresh before this, whoever asks
  stop TEXT                          -- why it is refreshed no more; null while it may be
) STRICT;

CREATE UNIQUE INDEX credentials_fingerprint ON credentials (provider, fingerprint);

ALTER TABLE connections ADD COLUMN credential TEXT;
ALTER TABLE connections ADD COLUMN world TEXT;
ALTER TABLE connections ADD COLUMN health_since INTEGER;
CREATE INDEX connections_credential ON connections (credential) WHERE credential IS NOT NULL;

-- When a connection is to be looked after next: probed, kept alive, warned about.
CREATE TABLE care (
  connection TEXT PRIMARY KEY,
  due INTEGER NOT NULL,
  probe_due INTEGER,                 -- null before the first look
  suspected TEXT,                    -- what was told against it and is not believed yet
  suspicions INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  holder TEXT,
  lease_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX care_wake ON care (coalesce(lease_until, due));
INSERT INTO care (connection, due) SELECT id, 0 FROM connections;

-- What a deleted connection has left to be revoked at its provider; wiped once that is done or given up.
CREATE TABLE revocations (
  connection TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  world TEXT,
  body BLOB NOT NULL,                -- sealed
  created_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX revocations_due ON revocations (due);

-- The calls of operations that must happen once, by the caller's key.
CREATE TABLE operation_calls (
  key TEXT PRIMARY KEY,
  request_hash TEXT NOT NULL,
  connection TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  answer BLOB                        -- sealed; null while it is not known
) STRICT, WITHOUT ROWID;

CREATE INDEX operation_calls_age ON operation_calls (created_at);

DROP INDEX runs_open_reauth;
CREATE UNIQUE INDEX runs_open_reauth ON runs (connection) WHERE is_open = 1 AND purpose IN ('reauth', 'reconfigure');
