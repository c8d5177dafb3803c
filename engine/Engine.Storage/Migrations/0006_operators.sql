-- What a key opens, words between blanks: api, ops. A key from before opened everything there was: the API.
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'api';
CREATE UNIQUE INDEX api_keys_name ON api_keys (name);

-- Signed-in operators. Without its key a session opens nothing.
CREATE TABLE operator_sessions (
  hash TEXT PRIMARY KEY,
  key TEXT NOT NULL,                 -- the hash of the API key that was shown
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX operator_sessions_expiry ON operator_sessions (expires_at);

-- What operators did, never changed afterwards.
CREATE TABLE operator_log (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,                 -- the name of the API key
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- Providers that are not as they should be; one that is has no row.
CREATE TABLE incidents (
  provider TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  text TEXT NOT NULL,                -- what persons read, by language; may be empty
  since INTEGER NOT NULL,
  who TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Of ended runs only: these cost a waiting run nothing.
CREATE INDEX runs_ended_status ON runs (status, created_at) WHERE is_open = 0;
CREATE INDEX runs_ended_flow ON runs (flow, created_at) WHERE is_open = 0;

ALTER TABLE care ADD COLUMN looked_at INTEGER;
