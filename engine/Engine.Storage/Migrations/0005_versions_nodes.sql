-- min_reader: 4
-- What any node needs to go on with any run: the flows' texts and the plugins' builds, by hash.
CREATE TABLE flow_versions (
  version TEXT PRIMARY KEY,
  flow TEXT NOT NULL,
  builds TEXT NOT NULL,              -- JSON: the plugin builds it names
  content BLOB NOT NULL,             -- sealed: whoever writes here without the key cannot make the engine run anything
  wanted_at INTEGER NOT NULL         -- when a node last said that it offers it
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_builds (
  build TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  content BLOB NOT NULL,             -- sealed
  wanted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was published for all nodes, the newest last. Without content: nodes serve their own folders again.
CREATE TABLE snapshots (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  flows INTEGER NOT NULL,
  content BLOB                       -- sealed
) STRICT;

CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  address TEXT,
  host TEXT NOT NULL,
  snapshot INTEGER,
  problems TEXT NOT NULL,            -- JSON
  started_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
