import { LATER_MIGRATIONS } from "./later-migrations.ts";

/** The schema, step by step. A step that was released is never changed: the next one changes what it made. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('agent','process-server','master-target','viewer','operator','administrator')),
    secret_digest TEXT NOT NULL UNIQUE,
    created_micros INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_micros INTEGER,
    used_micros INTEGER,
    used_by TEXT,
    revoked_micros INTEGER,
    note TEXT
  ) STRICT;

  -- Machines, process servers and master targets: whoever enrolled.
  CREATE TABLE members (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('agent','process-server','master-target')),
    name TEXT NOT NULL,
    public_key_pem TEXT NOT NULL,
    enrolled_micros INTEGER NOT NULL,
    token_id TEXT NOT NULL REFERENCES tokens (id),
    certificate_end_micros INTEGER NOT NULL,
    removed_micros INTEGER,
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    software_version TEXT,
    last_seen_micros INTEGER,
    clock_offset_micros INTEGER,
    address_host TEXT,
    address_port INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX member_names ON members (role, name) WHERE removed_micros IS NULL;

  CREATE TABLE policies (name TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;

  CREATE TABLE disks (
    id TEXT PRIMARY KEY,
    machine_id TEXT NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    capture TEXT NOT NULL CHECK (capture IN ('splitter')),
    policy TEXT NOT NULL REFERENCES policies (name),
    process_server_id TEXT NOT NULL REFERENCES members (id),
    master_target_id TEXT NOT NULL REFERENCES members (id),
    key_id TEXT NOT NULL,
    term INTEGER NOT NULL CHECK (term >= 1),
    -- protected: as it should be. kept: unprotected, its points stay. deleting: its points are to go. deleted: they are gone.
    state TEXT NOT NULL CHECK (state IN ('protected','kept','deleting','deleted')),
    created_micros INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX disk_names ON disks (machine_id, name) WHERE state = 'protected';
  CREATE UNIQUE INDEX disk_paths ON disks (machine_id, path) WHERE state = 'protected';

  CREATE TABLE wrapped_keys (
    disk_id TEXT NOT NULL REFERENCES disks (id),
    recipient TEXT NOT NULL,
    jwe TEXT NOT NULL,
    PRIMARY KEY (disk_id, recipient)
  ) STRICT;

  CREATE TABLE plans (
    member_id TEXT PRIMARY KEY REFERENCES members (id),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;

  -- The newest status of each member, as it came.
  CREATE TABLE reports (
    member_id TEXT PRIMARY KEY REFERENCES members (id),
    received_micros INTEGER NOT NULL,
    message BLOB NOT NULL
  ) STRICT;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('protect','save')),
    subject TEXT NOT NULL,
    machine_id TEXT NOT NULL,
    disk_id TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued','running','succeeded','failed','cancelled')),
    error TEXT,
    result TEXT,
    created_micros INTEGER NOT NULL,
    started_micros INTEGER,
    ended_micros INTEGER
  ) STRICT;
  CREATE INDEX job_states ON jobs (state, created_micros);

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    micros INTEGER NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info','warning','critical')),
    kind TEXT NOT NULL,
    subject TEXT,
    actor TEXT NOT NULL,
    address TEXT,
    message TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_times ON events (micros);
  `,
  `
  -- How much a machine or process server may send, as people write it.
  ALTER TABLE members ADD COLUMN bandwidth TEXT NOT NULL DEFAULT 'unlimited';
  `,
  `
  CREATE TABLE consistency_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    interval_seconds REAL NOT NULL,
    removed_micros INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX group_names ON consistency_groups (name) WHERE removed_micros IS NULL;

  -- A group's members from some moment on; the one with the highest number is in force.
  CREATE TABLE group_revisions (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES consistency_groups (id),
    number INTEGER NOT NULL,
    UNIQUE (group_id, number)
  ) STRICT;

  CREATE TABLE group_members (
    revision_id TEXT NOT NULL REFERENCES group_revisions (id),
    machine_id TEXT NOT NULL REFERENCES members (id),
    PRIMARY KEY (revision_id, machine_id)
  ) STRICT;
  `,
  `
  -- Every disk until then was captured by a splitter.
  ALTER TABLE disks DROP COLUMN capture;
  ALTER TABLE disks ADD COLUMN capture TEXT NOT NULL DEFAULT 'splitter' CHECK (capture IN ('splitter','tracker'));
  `,
  // What kinds of jobs there are is the program's business: a step for each new one would write all jobs again.
  `
  CREATE TABLE jobs_of_any_kind (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject TEXT NOT NULL,
    machine_id TEXT NOT NULL,
    disk_id TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued','running','succeeded','failed','cancelled')),
    error TEXT,
    result TEXT,
    created_micros INTEGER NOT NULL,
    started_micros INTEGER,
    ended_micros INTEGER
  ) STRICT;
  INSERT INTO jobs_of_any_kind (id, kind, subject, machine_id, disk_id, input, state, error, result, created_micros, started_micros, ended_micros)
    SELECT id, kind, subject, machine_id, disk_id, input, state, error, result, created_micros, started_micros, ended_micros FROM jobs;
  DROP TABLE jobs;
  ALTER TABLE jobs_of_any_kind RENAME TO jobs;
  CREATE INDEX job_states ON jobs (state, created_micros);
  `,
  // How far each disk's comparison with its replica is.
  `
  CREATE TABLE verify_passes (
    disk_id TEXT PRIMARY KEY REFERENCES disks (id),
    begun_micros INTEGER,
    "offset" INTEGER NOT NULL CHECK ("offset" >= 0),
    compared_bytes INTEGER NOT NULL,
    skipped_bytes INTEGER NOT NULL,
    differing_bytes INTEGER NOT NULL,
    repaired_bytes INTEGER NOT NULL,
    last_begun_micros INTEGER,
    last_ended_micros INTEGER,
    last_differing_bytes INTEGER NOT NULL,
    last_unrepaired_bytes INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Whether devices that appear on a machine are protected by themselves, under which policy, and which are not; patterns with commas.
  ALTER TABLE members ADD COLUMN auto_protect_policy TEXT;
  ALTER TABLE members ADD COLUMN auto_protect_exclude TEXT NOT NULL DEFAULT '';
  `,
  // Devices that have appeared and are to be protected by themselves, until that is decided.
  `
  CREATE TABLE appeared_devices (
    number INTEGER PRIMARY KEY,
    machine_id TEXT NOT NULL REFERENCES members (id),
    path TEXT NOT NULL,
    UNIQUE (machine_id, path)
  ) STRICT;
  `,
  // Which kinds and states there are is the program's business.
  `
  CREATE TABLE failovers (
    id TEXT PRIMARY KEY,
    machine_id TEXT NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    state TEXT NOT NULL CHECK (state <> ''),
    master_target_id TEXT NOT NULL REFERENCES members (id),
    settings TEXT NOT NULL,
    -- The point, its disks and what is missing in it; null until they are chosen.
    chosen TEXT,
    notes TEXT,
    actor TEXT NOT NULL,
    error TEXT,
    created_micros INTEGER NOT NULL,
    started_micros INTEGER,
    ended_micros INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX standing_failovers ON failovers (machine_id) WHERE ended_micros IS NULL;
  `,
  `
  -- What becomes known of a failover on its way.
  ALTER TABLE failovers ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
  -- How a machine is made at its master target.
  ALTER TABLE members ADD COLUMN recovery TEXT NOT NULL DEFAULT '{}';
  -- Where a disk's history goes on after a failback, by the failover that ended there.
  CREATE TABLE disk_origins (
    disk_id TEXT PRIMARY KEY REFERENCES disks (id),
    failover_id TEXT NOT NULL REFERENCES failovers (id),
    branch TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    time_micros INTEGER NOT NULL
  ) STRICT;
  `,
  // What was told of a disk and stands: it is told once, and that it has ended.
  `
  CREATE TABLE standing_alerts (
    disk_id TEXT NOT NULL REFERENCES disks (id),
    code TEXT NOT NULL CHECK (code <> ''),
    since_micros INTEGER NOT NULL,
    PRIMARY KEY (disk_id, code)
  ) STRICT;
  `,
  // Drills of machines, and which have them by schedule. The screen and the report are large, and are read by themselves.
  `
  CREATE TABLE drills (
    id TEXT PRIMARY KEY,
    machine_id TEXT NOT NULL REFERENCES members (id),
    master_target_id TEXT NOT NULL REFERENCES members (id),
    state TEXT NOT NULL CHECK (state <> ''),
    scheduled INTEGER NOT NULL CHECK (scheduled IN (0, 1)),
    "order" TEXT NOT NULL,
    actor TEXT NOT NULL,
    -- What was found so far, as JSON.
    evidence TEXT NOT NULL,
    screen_png TEXT,
    report TEXT,
    created_micros INTEGER NOT NULL,
    ended_micros INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX drills_under_way ON drills (machine_id) WHERE ended_micros IS NULL;
  CREATE INDEX drill_times ON drills (machine_id, created_micros);

  CREATE TABLE drill_schedules (
    machine_id TEXT PRIMARY KEY REFERENCES members (id),
    every_seconds INTEGER NOT NULL CHECK (every_seconds > 0),
    "window" TEXT NOT NULL,
    settings TEXT NOT NULL,
    actor TEXT NOT NULL,
    set_micros INTEGER NOT NULL,
    -- Up to when it was looked whether a window went by without a drill that was due.
    looked_micros INTEGER NOT NULL
  ) STRICT;
  `,
  // Recovery plans, and each time that one was run. Which kinds and states there are is the program's business.
  `
  CREATE TABLE recovery_plans (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    -- The document as it was written, and the steps that it means.
    text TEXT NOT NULL,
    steps TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_micros INTEGER NOT NULL,
    changed_micros INTEGER NOT NULL
  ) STRICT;

  -- A run has its own copy of the steps: a plan may change, or go, while it is run.
  CREATE TABLE plan_runs (
    id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL,
    plan_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    state TEXT NOT NULL CHECK (state <> ''),
    cleanup TEXT NOT NULL CHECK (cleanup <> ''),
    at TEXT,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    actor TEXT NOT NULL,
    created_micros INTEGER NOT NULL,
    ended_micros INTEGER
  ) STRICT;
  CREATE INDEX plan_runs_of ON plan_runs (plan_id, created_micros);
  CREATE UNIQUE INDEX plan_runs_under_way ON plan_runs (plan_id) WHERE ended_micros IS NULL;

  CREATE TABLE plan_run_steps (
    run_id TEXT NOT NULL REFERENCES plan_runs (id),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state <> ''),
    facts TEXT NOT NULL,
    error TEXT,
    begun_micros INTEGER,
    ended_micros INTEGER,
    PRIMARY KEY (run_id, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX plan_run_steps_asking ON plan_run_steps (begun_micros) WHERE state = 'asking';
  `,
  `
  -- Whose place who enrols with it takes; null for who is new.
  ALTER TABLE tokens ADD COLUMN machine_id TEXT REFERENCES members (id);
  `,
  `
  -- What is done to the agents of other machines over SSH. sealed is what logs in, for the process server alone; it goes when the push ends.
  CREATE TABLE pushes (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    host TEXT NOT NULL CHECK (host <> ''),
    port INTEGER NOT NULL,
    process_server_id TEXT NOT NULL REFERENCES members (id),
    state TEXT NOT NULL CHECK (state <> ''),
    "order" TEXT NOT NULL,
    found TEXT NOT NULL,
    sealed TEXT,
    job_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_micros INTEGER NOT NULL,
    ended_micros INTEGER,
    CHECK (ended_micros IS NULL OR sealed IS NULL)
  ) STRICT;
  CREATE INDEX pushes_of ON pushes (host, port, created_micros);
  CREATE UNIQUE INDEX pushes_under_way ON pushes (host, port) WHERE ended_micros IS NULL;
  `,
  `
  -- Whom it said that it trusts, as fingerprints with commas between them, and who issued the certificate that it has; null for who was never asked.
  ALTER TABLE members ADD COLUMN trusts TEXT;
  ALTER TABLE members ADD COLUMN issuer TEXT;
  `,
  `
  -- Files of releases in HOME/releases; each is whole there before it has its row.
  CREATE TABLE release_files (
    file TEXT PRIMARY KEY CHECK (file <> ''),
    version TEXT NOT NULL CHECK (version <> ''),
    kind TEXT NOT NULL CHECK (kind <> ''),
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    added_micros INTEGER NOT NULL,
    added_by TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- A third rung, beside splitter and tracker. What a disk is captured by stays.
  ALTER TABLE disks ADD COLUMN rung TEXT NOT NULL DEFAULT 'splitter' CHECK (rung IN ('splitter','tracker','rescan'));
  UPDATE disks SET rung = capture;
  ALTER TABLE disks DROP COLUMN capture;
  ALTER TABLE disks RENAME COLUMN rung TO capture;
  `,
  `
  -- Where a disk goes beside its main target, and where points of it are kept since it does not any more.
  CREATE TABLE further_targets (
    disk_id TEXT NOT NULL REFERENCES disks (id),
    target_id TEXT NOT NULL REFERENCES members (id),
    state TEXT NOT NULL CHECK (state IN ('following','kept','deleting')),
    added_micros INTEGER NOT NULL,
    PRIMARY KEY (disk_id, target_id)
  ) STRICT;
  `,
  `
  -- The files of the installation's trust, sealed, where several servers share a database.
  CREATE TABLE shared_files (name TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
  `,
  `
  -- What a disk's target is given of it by a carried medium. The key is wrapped to the machine, which saves it; it goes when the seed is there.
  CREATE TABLE seeds (
    disk_id TEXT PRIMARY KEY REFERENCES disks (id),
    branch TEXT NOT NULL CHECK (branch <> ''),
    wrapped_key TEXT,
    sequence INTEGER,
    disk_bytes INTEGER,
    asked_micros INTEGER NOT NULL,
    CHECK ((sequence IS NULL) = (wrapped_key IS NOT NULL) AND (sequence IS NULL) = (disk_bytes IS NULL))
  ) STRICT;
  `,
  `
  -- The container through which a machine's data go, and what may wait in it; null where they go to process servers straight.
  ALTER TABLE members ADD COLUMN cache_store_url TEXT;
  ALTER TABLE members ADD COLUMN cache_bytes_max INTEGER;
  `,
  ...LATER_MIGRATIONS,
];
