-- Times are UTC ticks (100 ns), lossless for .NET. Columns marked "sealed" hold what Sealer writes, never plain text.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

-- What changes at each wake-up stays in this narrow row; the large sealed parts are in run_bodies.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  flow TEXT NOT NULL,
  flow_version TEXT NOT NULL,
  purpose TEXT NOT NULL,
  subject TEXT NOT NULL,
  connection TEXT,
  world TEXT,
  status TEXT NOT NULL,
  step TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  due INTEGER,
  revision INTEGER NOT NULL,
  rounds INTEGER NOT NULL,
  inbox_seen INTEGER NOT NULL,
  exit TEXT,
  is_open INTEGER NOT NULL,
  prompt_id TEXT,
  answered_prompt_id TEXT,           -- the last prompt that got an accepted reply
  fence INTEGER NOT NULL DEFAULT 0,  -- +1 at each claim
  holder TEXT,
  lease_until INTEGER,               -- null unless held
  inbox_last INTEGER NOT NULL DEFAULT 0,
  journal_last INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A held run is looked at again when its lease passes, whatever its due time: its holder has died.
CREATE INDEX runs_wake ON runs (coalesce(lease_until, due)) WHERE is_open = 1;
CREATE UNIQUE INDEX runs_open_reauth ON runs (connection) WHERE is_open = 1 AND purpose = 'reauth';
CREATE INDEX runs_newest ON runs (created_at);
CREATE INDEX runs_subject ON runs (subject, created_at);

CREATE TABLE run_bodies (
  run INTEGER PRIMARY KEY REFERENCES runs (number),
  state BLOB NOT NULL,               -- sealed
  prompt BLOB                        -- sealed
) STRICT;

-- Bodies that did not open, kept as they were found; their runs ended as failed.
CREATE TABLE unreadable_bodies (
  run INTEGER PRIMARY KEY REFERENCES runs (number),
  found_at INTEGER NOT NULL,
  state BLOB NOT NULL,
  prompt BLOB
) STRICT;

CREATE TABLE inbox (
  run INTEGER NOT NULL REFERENCES runs (number),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  content BLOB,                      -- sealed; null for a request to cancel
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Outlives the inbox item, which is deleted once it was applied.
CREATE TABLE accepted_replies (
  run INTEGER NOT NULL REFERENCES runs (number),
  transaction_id TEXT NOT NULL,
  PRIMARY KEY (run, transaction_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  run INTEGER NOT NULL REFERENCES runs (number),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  request_hash TEXT NOT NULL,
  run TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  flow TEXT NOT NULL,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  identity_key TEXT,
  identity_label TEXT,
  params TEXT NOT NULL,
  credentials BLOB,                  -- sealed
  health TEXT NOT NULL,
  cause TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE INDEX connections_identity ON connections (flow, identity_key) WHERE identity_key IS NOT NULL;
CREATE INDEX connections_newest ON connections (created_at);
CREATE INDEX connections_subject ON connections (subject, created_at);

-- One for each run that left something. Free while taken_by is null or names a run that has ended.
CREATE TABLE leftovers (
  run TEXT PRIMARY KEY,
  flow TEXT NOT NULL,
  subject TEXT NOT NULL,
  left_at INTEGER NOT NULL,
  value BLOB NOT NULL,               -- sealed
  taken_by TEXT,
  taken_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX leftovers_subject ON leftovers (subject, flow, left_at);
CREATE INDEX leftovers_taken ON leftovers (taken_by) WHERE taken_by IS NOT NULL;

CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
  hash TEXT PRIMARY KEY,
  run TEXT,                          -- null: opens the start page
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX links_expiry ON links (expires_at);

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  can_start INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE session_runs (
  session TEXT NOT NULL REFERENCES sessions (hash) ON DELETE CASCADE,
  run TEXT NOT NULL,
  PRIMARY KEY (session, run)
) STRICT, WITHOUT ROWID;
