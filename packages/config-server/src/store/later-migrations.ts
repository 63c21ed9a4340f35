/** What `migrations.ts` goes on with: people, alerts, and what is kept of the past. A further one comes at the end. */
export const LATER_MIGRATIONS: readonly string[] = [
  `
  -- People. A local one has a hash of a password, one of a provider its issuer's word.
  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    folded_name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('local','oidc')),
    role TEXT NOT NULL CHECK (role IN ('viewer','operator','administrator')),
    password_hash TEXT,
    issuer TEXT,
    subject TEXT,
    scope TEXT CHECK (scope <> ''),
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_micros INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    creator TEXT,
    last_sign_in_micros INTEGER,
    CHECK ((kind = 'local') = (password_hash IS NOT NULL) AND (kind = 'oidc') = (issuer IS NOT NULL AND subject IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX users_of_provider ON users (issuer, subject);

  -- Who is signed in; a row goes with its end.
  CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY,
    secret_digest TEXT NOT NULL UNIQUE,
    user_id TEXT REFERENCES users (id),
    token_id TEXT REFERENCES tokens (id),
    address TEXT NOT NULL,
    user_agent TEXT,
    signed_in_micros INTEGER NOT NULL,
    seen_micros INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (token_id IS NULL))
  ) STRICT;
  CREATE INDEX sign_ins_of_user ON sign_ins (user_id);
  CREATE INDEX sign_ins_of_token ON sign_ins (token_id);

  -- By a digest of the name that was typed, which may be nobody's, or by address.
  CREATE TABLE wrong_passwords (
    subject TEXT PRIMARY KEY CHECK (subject <> ''),
    count INTEGER NOT NULL CHECK (count > 0),
    last_micros INTEGER NOT NULL,
    locked_micros INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX wrong_passwords_by_time ON wrong_passwords (last_micros);

  CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    action TEXT NOT NULL CHECK (action <> ''),
    call_digest TEXT NOT NULL,
    subject TEXT,
    summary TEXT NOT NULL,
    machine_id TEXT,
    asker TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_micros INTEGER NOT NULL,
    expires_micros INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open','approved','refused','used')),
    decided_by TEXT,
    decided_micros INTEGER,
    CHECK ((state = 'open') = (decided_micros IS NULL))
  ) STRICT;
  CREATE INDEX approvals_by_time ON approvals (asked_micros);

  -- Ids of the machines that a token of the API is limited to, with commas between them; whose doing it was, as user:ID or token:ID.
  ALTER TABLE tokens ADD COLUMN scope TEXT CHECK (scope <> '');
  ALTER TABLE tokens ADD COLUMN creator TEXT;
  `,
  `
  -- What was sampled of disks, by a small number for each: minutes, and hours that were gathered from them up to rolled_hour. Kept for a while only.
  CREATE TABLE sample_series (number INTEGER PRIMARY KEY, disk_id TEXT NOT NULL UNIQUE, rolled_hour INTEGER NOT NULL) STRICT;
  CREATE TABLE minute_samples (
    series INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    rpo_ms INTEGER,
    churn INTEGER,
    log_bytes INTEGER,
    journal_bytes INTEGER,
    PRIMARY KEY (series, minute)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hour_samples (
    series INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    rpo_ms INTEGER,
    rpo_ms_max INTEGER,
    churn INTEGER,
    churn_p95 INTEGER,
    churn_max INTEGER,
    written_bytes INTEGER NOT NULL,
    log_bytes INTEGER,
    journal_bytes INTEGER,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Alerts, from when a condition came to hold until it did not any more. alert_key is what it is of: one at a time stands. notice_number is how often it
  -- has become something to be told of.
  DROP TABLE standing_alerts;
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    alert_key TEXT NOT NULL CHECK (alert_key <> ''),
    rule TEXT NOT NULL CHECK (rule <> ''),
    code TEXT NOT NULL CHECK (code <> ''),
    severity TEXT NOT NULL CHECK (severity IN ('warning','critical')),
    subject_kind TEXT NOT NULL CHECK (subject_kind <> ''),
    subject_id TEXT,
    subject TEXT,
    machine_id TEXT,
    message TEXT NOT NULL,
    remedy TEXT NOT NULL,
    rests_on TEXT NOT NULL,
    notice_number INTEGER NOT NULL,
    acknowledged_by TEXT,
    acknowledged_micros INTEGER,
    note TEXT,
    silenced_until_micros INTEGER,
    opened_micros INTEGER NOT NULL,
    changed_micros INTEGER NOT NULL,
    resolved_micros INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX alerts_standing ON alerts (alert_key) WHERE resolved_micros IS NULL;
  CREATE INDEX alert_times ON alerts (opened_micros);

  -- Of rules, what is not as it comes.
  CREATE TABLE alert_rules (name TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;

  CREATE TABLE alert_channels (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    severity TEXT NOT NULL CHECK (severity IN ('warning','critical')),
    settings TEXT NOT NULL,
    sealed TEXT,
    fault TEXT,
    delivered_micros INTEGER
  ) STRICT;

  -- What a channel is being told, in the same words until it has got through.
  CREATE TABLE alert_deliveries (
    channel TEXT PRIMARY KEY REFERENCES alert_channels (name),
    id TEXT NOT NULL CHECK (id <> ''),
    document TEXT NOT NULL,
    attempts INTEGER NOT NULL
  ) STRICT;

  -- Up to which of its notices a channel was told of an alert.
  CREATE TABLE alert_tellings (
    channel TEXT NOT NULL REFERENCES alert_channels (name),
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    notice_number INTEGER NOT NULL,
    resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
    PRIMARY KEY (channel, alert_id)
  ) STRICT;
  CREATE INDEX alert_tellings_of ON alert_tellings (alert_id);
  `,
  `
  -- Calls that came with a key of idempotency, by a digest of caller and key. What was answered is sealed with that key; null until then.
  CREATE TABLE idempotent_calls (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    call_digest TEXT NOT NULL CHECK (length(call_digest) = 64),
    created_micros INTEGER NOT NULL,
    sealed_answer TEXT
  ) STRICT;
  CREATE INDEX idempotent_call_times ON idempotent_calls (created_micros);
  CREATE INDEX disks_of ON disks (machine_id);
  `,
  `
  -- Who set a user's password last, when it was not the user; who made the user is known.
  ALTER TABLE users ADD COLUMN password_setter TEXT;
  `,
  `
  -- Events of a machine, and of what is its own, whatever there is of others.
  ALTER TABLE events ADD COLUMN machine_name TEXT;
  UPDATE events SET machine_name = CASE WHEN subject LIKE '%/%'
    THEN substr(subject, 1, length(rtrim(subject, replace(subject, '/', ''))) - 1) ELSE subject END;
  CREATE INDEX event_machines ON events (machine_name);
  `,
  `
  -- Until when nobody is told of alerts of a key, whichever of them stands.
  CREATE TABLE alert_silences (alert_key TEXT PRIMARY KEY CHECK (alert_key <> ''), until_micros INTEGER NOT NULL) STRICT;
  INSERT INTO alert_silences (alert_key, until_micros)
    SELECT alert_key, silenced_until_micros FROM alerts WHERE resolved_micros IS NULL AND silenced_until_micros IS NOT NULL;
  ALTER TABLE alerts DROP COLUMN silenced_until_micros;
  `,
  `
  -- A webhook's whole URL, sealed; its settings have it as it is shown. Those of before are sealed when the server starts, as their key lies in its home.
  ALTER TABLE alert_channels ADD COLUMN sealed_url TEXT;
  `,
  `
  -- Jobs by time, those of a disk by kind, and what still names one: old ones are dropped.
  CREATE INDEX job_times ON jobs (created_micros);
  CREATE INDEX job_ends ON jobs (ended_micros);
  CREATE INDEX jobs_of_disk ON jobs (disk_id, kind, created_micros);
  CREATE INDEX plan_runs_of_job ON plan_runs (job_id);
  `,
];
