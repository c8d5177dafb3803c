-- Where providers call one hook of one run. The address itself is in the run's sealed state only.
CREATE TABLE hook_addresses (
  hash TEXT PRIMARY KEY,             -- SHA-256 of the token in the address
  run TEXT NOT NULL,
  name TEXT NOT NULL,                -- the flow's name for the hook
  provider TEXT NOT NULL,
  hook TEXT NOT NULL,
  connection TEXT                    -- set when the run stores a connection: the address is the connection's from then on
) STRICT, WITHOUT ROWID;

CREATE INDEX hook_addresses_run ON hook_addresses (run);
CREATE INDEX hook_addresses_connection ON hook_addresses (connection) WHERE connection IS NOT NULL;

-- By what repeats are known. Outlives the inbox item, which is deleted once it was applied.
CREATE TABLE received_signals (
  run INTEGER NOT NULL REFERENCES runs (number),
  hook TEXT NOT NULL,
  key TEXT NOT NULL,                 -- SHA-256 of the key
  PRIMARY KEY (run, hook, key)
) STRICT, WITHOUT ROWID;

-- Visits to a provider's page: each good for one return, of one browser, to one prompt of one run.
CREATE TABLE visits (
  state TEXT PRIMARY KEY,            -- SHA-256 of the state
  run TEXT NOT NULL,
  prompt TEXT NOT NULL,
  provider TEXT NOT NULL,
  world TEXT,
  browser TEXT NOT NULL,             -- SHA-256 of the browser's cookie
  is_popup INTEGER NOT NULL,
  verifier BLOB,                     -- sealed; null where there is no PKCE, or it was used
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX visits_expiry ON visits (expires_at);

-- Calls of a provider that belong to no run: durable before they are answered, and kept to know repeats by.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,               -- SHA-256 of provider, world, hook and key
  provider TEXT NOT NULL,
  world TEXT,
  hook TEXT NOT NULL,
  payload BLOB,                      -- sealed; null once the runs it begins are stored
  received_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_open ON deliveries (received_at) WHERE done_at IS NULL;
