// Every command once as a script would run it, on one real chain: its document against its schema, its refusal against the error schema,
// and the exit code of each class.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, openedOf, pointOf } from "../harness/shapes.ts";
import { checkAccessCommands } from "./access-commands-check.ts";
import { checkAgentIdentity } from "./agent-identity-check.ts";
import { checkAlertCommands } from "./alert-commands-check.ts";
import { checkAzureCommands } from "./azure-commands-check.ts";
import { CommandCheck } from "./command-check.ts";
import { SEEN_ELSEWHERE } from "./elsewhere.ts";
import { checkFailoverCommands } from "./failover-commands-check.ts";
import { checkHistoryCommands } from "./history-commands-check.ts";
import { checkKeyCommands } from "./key-commands-check.ts";
import { checkOfflineCommands } from "./offline-commands-check.ts";
import { OUTPUT_SCHEMAS } from "./output-schemas.ts";
import { checkPlanCommands } from "./plan-commands-check.ts";
import { checkRecoverySettings } from "./recovery-settings-check.ts";
import { checkSeedCommands } from "./seed-commands-check.ts";
import { checkSoftwareCommands } from "./software-commands-check.ts";
import { spawnLeeward } from "./spawn-leeward.ts";
import { spoil } from "./spoil.ts";
import { checkTargetCommands } from "./target-commands-check.ts";

const MiB = 1 << 20;
const DISK_BYTES = 8 * MiB;
const check = new CommandCheck();
let chain: Chain;
let home: readonly string[];

before(async () => {
  chain = await Chain.start({ machine: "web" });
  home = ["--home", chain.serverHome];
  check.holds("server start", chain.server?.ready);
  check.holds("agent start", chain.agent?.ready);
  await check.prints("agent start --check", ["--home", chain.agentHome]);
  await writeImage(`${chain.sourceFolder}/a.img`);
  await writeImage(`${chain.sourceFolder}/b.img`);
});

after(async () => {
  await chain.stop({ keep: false });
});

async function writeImage(path: string): Promise<void> {
  await writeFile(path, new Uint8Array(2 * MiB).fill(0x5a));
  await truncate(path, DISK_BYTES);
}

async function untilProtected(): Promise<void> {
  await eventually("every disk is protected", async () =>
    disksOf(await chain.run("disk", "list", "web")).every(({ state }) => state === "protected") ? true : undefined,
  );
}

async function journalFolder(): Promise<string> {
  const folder = `${chain.serverHome}/master-target/journal`;
  const [machine = ""] = await readdir(folder);
  const [disk = ""] = await readdir(`${folder}/${machine}`);
  return `${folder}/${machine}/${disk}`;
}

test("machines, disks and jobs", async () => {
  await check.prints("machine list", home);
  await check.prints("machine show", ["web", ...home]);
  await check.prints("disk list", ["web", ...home]);
  const begun = diskOf(
    await check.prints("disk protect", [
      "web",
      "--path",
      `${chain.sourceFolder}/a.img`,
      "--name",
      "a",
      "--timeout",
      "60",
      ...home,
    ]),
  );
  await check.prints("disk status", ["web", ...home]);
  assert.notEqual(begun.nbdUri, null, "protect returns when the disk takes clients");
  const jobs = await check.prints("job list", home);
  const [job] = [fieldOf(jobs, "items")].flat();
  const id = String(fieldOf(job, "id"));
  await check.prints("job show", [id, ...home]);
  await check.prints("job wait", [id, ...home]);

  await check.refuses("machine list", [], {
    exit: 3,
    code: "server-missing",
    env: { XDG_CONFIG_HOME: chain.folder, LEEWARD_SERVER: "" },
  });
  await check.refuses("machine show", ["nobody", ...home], { exit: 3 });
  await check.refuses("machine remove", ["nobody", ...home], { exit: 3 });
  await check.refuses("disk list", ["nobody", ...home], { exit: 3 });
  await check.refuses("disk status", ["nobody", ...home], { exit: 3 });
  await check.refuses("disk protect", ["web", "--path", "/etc/passwd", ...home], { exit: 1, code: "job-failed" });
  await check.refuses("disk protect", ["web", "--path", `${chain.sourceFolder}/b.img`, "--capture", "magic", ...home], {
    exit: 2,
  });
  await check.refuses("disk unprotect", ["web", "nothing", ...home], { exit: 3 });
  await checkTargetCommands(check, chain);
  await checkSeedCommands(check, chain);
  await check.refuses("job list", ["--no-such-option"], { exit: 2, code: "usage-invalid" });
  await check.refuses("job show", ["nothing", ...home], { exit: 3 });
  await check.refuses("job wait", ["nothing", ...home], { exit: 3 });
  await check.refuses("job cancel", ["nothing", ...home], { exit: 3 });
});

test("recovery points", async () => {
  await eventually("the disk is protected", async () =>
    disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
  );
  const verified = await check.prints("disk verify", ["web", "a", "--timeout", "100", ...home]);
  assert.equal(fieldOf(verified, "comparedBytes"), DISK_BYTES);
  await check.prints("disk resync", ["web", "a", "--now", "--yes", "--timeout", "100", ...home]);
  await check.refuses("disk verify", ["web", "nothing", ...home], { exit: 3, code: "disk-unknown" });
  await check.refuses("disk resync", ["web", "nothing", ...home], { exit: 3, code: "disk-unknown" });
  const point = pointOf(await check.prints("point create", ["web", ...home]));
  await check.prints("point list", ["web", ...home]);
  const until = "2199-01-01T00:00:00.000000Z";
  const locked = await check.prints("point lock", ["web", point.id, "--until", until, "--reason", "audit", ...home]);
  assert.deepEqual([fieldOf(locked, "locked"), fieldOf(locked, "lockedUntil")], [true, until]);
  await check.refuses("point lock", ["web", point.id, "--until", "2198-01-01T00:00:00Z", ...home], {
    exit: 4,
    code: "point-lock-shorter",
  });
  await check.refuses("disk unprotect", ["web", "a", "--delete-points", ...home], { exit: 4, code: "point-locked" });
  await check.refuses("machine remove", ["web", "--delete-points", ...home], { exit: 4, code: "point-locked" });
  await check.refuses("point lock", ["web", point.id, ...home], { exit: 2, code: "lock-end-invalid" });
  await check.refuses("point lock", ["web", point.id, "--until", "2001-01-01T00:00:00Z", ...home], {
    exit: 2,
    code: "lock-end-invalid",
  });
  await check.refuses("point lock", ["web", point.id, "--until", "2999-01-01T00:00:00Z", ...home], { exit: 2 });
  await check.refuses("point lock", ["web", "ab".repeat(16), "--forever", ...home], { exit: 3, code: "point-missing" });
  await check.prints("point lock", ["web", point.id, "--forever", ...home]);
  assert.equal(fieldOf(await check.prints("point unlock", ["web", point.id, ...home]), "locked"), false);
  await check.refuses("point unlock", ["web", point.id, ...home], { exit: 4, code: "point-not-locked" });
  await checkHistoryCommands(check, chain);
  const opened = openedOf(await check.prints("point open", ["web", "a", "--at", point.id, ...home]));
  await check.prints("point opened", home);
  await check.prints("point close", [opened.id, ...home]);
  const file = `${chain.folder}/saved.img`;
  await check.prints("point save", ["web", "a", "--at", "latest", "--to", file, ...home]);
  assert.deepEqual(await readFile(file), await readFile(`${chain.sourceFolder}/a.img`));
  await check.prints("point files", ["web", "a", "partitions", "--at", "latest", ...home]);

  await check.refuses("point files", ["web", "a", "ls", "--at", "latest", ...home], {
    exit: 4,
    code: "file-system-unsupported",
  });
  await check.refuses("point files", ["web", "a", "burn", "--at", "latest", ...home], { exit: 2 });
  await check.refuses("point create", ["nobody", ...home], { exit: 3 });
  await check.refuses("point create", ["web", "--consistency", "sturdy", ...home], { exit: 2 });
  await check.refuses("point list", ["web", "--from", "yesterday", ...home], { exit: 2 });
  await check.refuses("point open", ["web", "a", "--at", "2001-01-01T00:00:00Z", ...home], { exit: 3 });
  await check.refuses("point open", ["web", "a", "--at", "teatime", ...home], { exit: 2 });
  await check.refuses("point opened", ["too", "many", ...home], { exit: 2 });
  await check.refuses("point close", [opened.id, ...home], { exit: 3 });
  await check.refuses("point save", ["web", "a", "--at", "latest", "--to", file, ...home], {
    exit: 1,
    code: "job-failed",
  });
});

test("failovers", async () => checkFailoverCommands(check, chain, untilProtected));

test("drills", async () => {
  // Whether a hypervisor is here or not: nothing says this at the console of a machine without a system.
  const wanted = ["--check", "console:nobody says this", "--check-timeout", "1s", "--memory", "64"];
  await check.refuses("drill run", ["web", ...wanted, "--timeout", "200", ...home], { exit: 1, code: "job-failed" });
  const [newest] = [fieldOf(await check.prints("drill list", ["web", ...home]), "items")].flat();
  const id = String(fieldOf(newest, "id"));
  const signed = await check.prints("drill report", [id, ...home]);
  assert.equal(fieldOf(fieldOf(signed, "report"), "outcome"), "failed");
  const page = `${chain.folder}/drill.html`;
  await check.prints("drill report --html", [page, id, ...home]);
  assert.match(await readFile(page, "utf8"), /^<!doctype html>/);
  await check.refuses("drill report --html", [page, id, ...home], { exit: 4, code: "file-exists" });
  const [file, changed] = [`${chain.folder}/drill.json`, `${chain.folder}/changed.json`];
  const text = JSON.stringify(signed);
  await writeFile(file, text);
  await writeFile(changed, text.replace('"outcome":"failed"', '"outcome":"passed"'));
  await check.prints("drill verify", [file, ...home]);
  await check.prints("drill verify", [file, "--ca", `${chain.serverHome}/ca.pem`]);
  await check.refuses("drill verify", [changed, ...home], { exit: 7, code: "signature-invalid" });
  await check.refuses("drill verify", [page, ...home], { exit: 7, code: "report-damaged" });
  await check.refuses("drill verify", [file], { exit: 3, code: "report-anchor-missing" });
  await check.refuses("drill report", ["nowhere", ...home], { exit: 3, code: "drill-unknown" });
  await check.refuses("drill list", ["nobody", ...home], { exit: 3 });
  await check.refuses("drill run", ["web", ...home], { exit: 2 });
  // In no window that is open while this runs, so that none begins.
  const hour = new Date().getHours();
  const window = `${String((hour + 11) % 24).padStart(2, "0")}:00-${String((hour + 12) % 24).padStart(2, "0")}:00`;
  const every = ["--every", "7d", "--window", `mon-sun ${window}`];
  await check.prints("drill schedule", ["web", ...every, ...wanted, ...home]);
  await check.prints("drill schedules", home);
  await check.prints("drill schedule", ["web", "--off", ...home]);
  await check.refuses("drill schedule", ["web", "--off", ...home], { exit: 3, code: "drill-schedule-unknown" });
  await check.refuses("drill schedules", ["--home", "/nowhere"], { exit: 5 });
});

test("pushes and releases", async () => checkSoftwareCommands(check, chain));

test("recovery plans", async () => checkPlanCommands(check, chain));

test("consistency groups", async () => {
  await check.prints("group set", ["shop", "--machine", "web", "--interval", "2", ...home]);
  await check.prints("group list", home);
  await check.prints("group show", ["shop", ...home]);
  check.holds(
    "point create --group",
    await eventually<unknown>("the agent knows its group", async () => {
      const run = await leeward(["point", "create", "--group", "shop", "--json", ...home]);
      const document: unknown = run.code === 0 ? JSON.parse(run.stdout) : undefined;
      return document;
    }),
  );
  await check.prints("group points", ["shop", ...home]);
  await check.prints("group remove", ["shop", ...home]);

  await check.refuses("group set", ["shop", "--machine", "nobody", ...home], { exit: 3 });
  await check.refuses("group list", home.slice(1), { exit: 2 });
  await check.refuses("group show", ["shop", ...home], { exit: 3, code: "group-unknown" });
  await check.refuses("group remove", ["shop", ...home], { exit: 3 });
  await check.refuses("group points", ["shop", ...home], { exit: 3 });
  await check.refuses("point create", ["web", "--group", "shop", ...home], { exit: 2, code: "point-of-invalid" });
  await check.refuses("point create --group", ["shop", ...home], { exit: 3 });
});

test("policies, events, what needs a person", async () => {
  await check.prints("policy list", home);
  await check.prints("policy show", ["default", ...home]);
  await check.prints("policy set", ["hourly", "pointIntervalSeconds=3600", ...home]);
  const kept = await check.prints("policy set", ["hourly", "retention=3h:all,2d:10m", ...home]);
  assert.deepEqual([fieldOf(kept, "retention"), fieldOf(kept, "retentionSeconds")], ["3h:all,2d:10m", 172_800]);
  await check.refuses("policy set", ["hourly", "retention=3h:all,2d:7m,9d:10m", ...home], {
    exit: 2,
    code: "retention-invalid",
  });
  await checkRecoverySettings(check, home);
  await check.prints("machine set", ["web", "bandwidth=500MB/s; mon-fri 08:00-18:00 200MB/s", ...home]);
  const [server] = [fieldOf(await check.prints("process-server list", home), "items")].flat();
  const name = String(fieldOf(server, "name"));
  await check.prints("process-server set", [name, "bandwidth=500MB/s", ...home]);
  await check.prints("installation set", ["workingHours=mon-fri 07:00-17:00", ...home]);
  await check.prints("installation show", home);
  await check.prints("events", home);
  await check.prints("status", home, { exit: 1 });

  await check.refuses("policy list", home.slice(1), { exit: 2 });
  await check.refuses("policy show", ["nothing", ...home], { exit: 3 });
  await check.refuses("policy set", ["hourly", "colour=blue", ...home], { exit: 2 });
  await check.prints("policy set", ["hourly", "applicationPointIntervalSeconds=86400", ...home]);
  await check.refuses("policy set", ["hourly", "applicationPointIntervalSeconds=59", ...home], { exit: 2 });
  await check.refuses("policy set", ["hourly", "resyncWindow=never", ...home], { exit: 2 });
  await check.refuses("machine set", ["nobody", "bandwidth=5MB/s", ...home], { exit: 3 });
  await check.refuses("machine set", ["web", "bandwidth=5Mb/s", ...home], { exit: 2, code: "bandwidth-invalid" });
  await check.refuses("machine set", ["web", "colour=blue", ...home], { exit: 2, code: "setting-argument-invalid" });
  await check.refuses("process-server set", ["nothing", "bandwidth=5MB/s", ...home], { exit: 3 });
  await check.refuses("process-server list", ["too", "many", ...home], { exit: 2 });
  const [target] = [fieldOf(await check.prints("master-target list", home), "items")].flat();
  assert.equal(fieldOf(target, "store"), null);
  await check.refuses("master-target list", ["too", "many", ...home], { exit: 2 });
  await check.refuses("installation set", ["workingHours=mon-sun", ...home], { exit: 2, code: "time-window-invalid" });
  await check.refuses("installation show", ["too", "many", ...home], { exit: 2 });
  await check.refuses("events", ["--since", "yesterday", ...home], { exit: 2 });
  await check.refuses("events --follow", ["--since", "yesterday", ...home], { exit: 2 });
  const nowhere = {
    LEEWARD_SERVER: "https://127.0.0.1:1",
    LEEWARD_TOKEN_FILE: `${chain.serverHome}/operator.token`,
    LEEWARD_CA_FILE: `${chain.serverHome}/ca.pem`,
  };
  await check.refuses("status", [], { exit: 5, env: nowhere });
  for (const event of await followedEvents(3)) check.holds("events --follow", event);
});

test("alerts, their rules and channels", async () => checkAlertCommands(check, chain));

/** `events --follow` ends with 0 when it is told to. */
async function followedEvents(count: number): Promise<unknown[]> {
  const follow = spawnLeeward(["events", "--follow", "--since", "2026-01-01T00:00:00Z", ...home, "--json"]);
  const events: unknown[] = [];
  for await (const line of createInterface({ input: follow.stdout })) {
    events.push(JSON.parse(line));
    if (events.length === count) follow.kill("SIGTERM");
  }
  if (follow.exitCode === null) await once(follow, "exit");
  assert.equal(follow.exitCode, 0);
  return events;
}

test("tokens and the recovery key", async () => {
  const made = await check.prints("token create", ["--role", "viewer", "--ttl", "1h", ...home]);
  await check.prints("token list", home);
  const tokenFile = `${chain.folder}/viewer.token`;
  await writeFile(tokenFile, String(fieldOf(made, "token")));
  const viewer = {
    LEEWARD_SERVER: chain.server?.ready.apiUrl ?? "",
    LEEWARD_TOKEN_FILE: tokenFile,
    LEEWARD_CA_FILE: `${chain.serverHome}/ca.pem`,
  };
  await check.prints("machine list", [], { env: viewer });
  await mkdir(`${chain.folder}/config/leeward`, { recursive: true });
  const context = { server: viewer.LEEWARD_SERVER, tokenFile, caFile: viewer.LEEWARD_CA_FILE };
  await writeFile(`${chain.folder}/config/leeward/context.json`, JSON.stringify(context));
  await check.prints("machine list", [], { env: { XDG_CONFIG_HOME: `${chain.folder}/config` } });

  await check.refuses("token list", [], { exit: 4, env: viewer });
  await check.refuses("token create", ["--role", "emperor", ...home], { exit: 2 });
  await check.refuses("token revoke", ["nothing", ...home], { exit: 3 });
  await check.prints("token revoke", [String(fieldOf(made, "id")), ...home]);
  await check.prints("key export", ["--to", `${chain.folder}/recovery.pem`, ...home]);
  await check.refuses("key export", ["--to", `${chain.folder}/again.pem`, ...home], {
    exit: 4,
    code: "recovery-key-not-held",
  });
  await checkKeyCommands(check, chain.folder, `${chain.folder}/recovery.pem`);
});

test("people, who of them is signed in, and what needs two of them", async () => {
  await checkAccessCommands(check, chain);
});

test("another authority follows the one that there is", async () => {
  const home = ["--home", chain.serverHome];
  await check.refuses("ca retire", home, { exit: 4, code: "rotation-none" });
  await check.refuses("ca show", ["too", "many", ...home], { exit: 2 });
  await check.prints("ca rotate", home);
  await check.refuses("ca rotate", home, { exit: 4, code: "rotation-under-way" });
  await eventually("all have certificates of it", async () => {
    const shown = await check.prints("ca show", ["--to", `${chain.folder}/ca.pem`, ...home]);
    const [phase, behind] = [fieldOf(shown, "phase"), fieldOf(shown, "behind")];
    return phase === "renewing" && Array.isArray(behind) && behind.length === 0 ? true : undefined;
  });
  await check.prints("ca retire", home);
  // This command took the new one over while there were both.
  assert.equal(fieldOf(await check.prints("ca show", home), "phase"), "none");
  const trust = ["--home", `${chain.serverHome}/process-server`, "--ca-file", `${chain.serverHome}/ca.pem`];
  await check.prints("ca trust", trust);
  const nowhere = ["--home", `${chain.folder}/nowhere`, "--ca-file", `${chain.serverHome}/ca.pem`];
  await check.refuses("ca trust", nowhere, { exit: 4, code: "not-enrolled" });
});

test("a journal without any server, in a folder and in an object store", async () => {
  await checkOfflineCommands(check, { chain, journal: await journalFolder() });
  const journal = [`${chain.serverHome}/master-target/journal`, "--key", `${chain.folder}/recovery.pem`];
  await checkAzureCommands(check, { home, journal, folder: chain.folder });
});

test("segment files", async () => {
  const folder = `${await journalFolder()}/segments`;
  const [name = ""] = await readdir(folder);
  const file = `${folder}/${name}`;
  const key = ["--key", `${chain.folder}/recovery.pem`];
  const [plain] = [fieldOf(await check.prints("hrl verify", [file]), "items")].flat();
  assert.equal(fieldOf(plain, "checked"), "checksums");
  const [read] = [fieldOf(await check.prints("hrl inspect", [file, ...key]), "items")].flat();
  assert.equal(fieldOf(read, "checked"), "contents");
  const bad = `${chain.folder}/bad.hrl`;
  await cp(file, bad);
  await spoil(bad, 5_000);
  await check.prints("hrl verify", [file, bad], { exit: 7 });
  const theirs = `${chain.folder}/theirs.hrl`;
  await writeFile(theirs, Buffer.concat([Buffer.from("msctlog "), Buffer.alloc(8_192)]));
  const [foreign] = [fieldOf(await check.prints("hrl inspect", [theirs], { exit: 7 }), "items")].flat();
  assert.equal(fieldOf(foreign, "format"), "hyper-v");
  await check.refuses("hrl verify", [`${chain.folder}/nothing.hrl`], { exit: 3, code: "file-missing" });
  await check.refuses("hrl inspect", [file, "--key", `${chain.folder}/nothing`], {
    exit: 3,
    code: "recovery-key-missing",
  });
});

test("the doctor, and a bundle that holds no secret", async () => {
  await check.prints("doctor", home);
  await check.refuses("doctor", ["--homes"], { exit: 2 });
  await writeFile(
    `${chain.serverHome}/config-server/config.yaml`,
    "webhookUrl: https://hook.invalid/very-secret-path\nnested:\n  password: very-secret-word\n",
  );
  const bundle = `${chain.folder}/bundle.json.gz`;
  const written = await check.prints("support bundle", ["--to", bundle, ...home]);
  assert.deepEqual(fieldOf(written, "missing"), []);
  const content = gunzipSync(await readFile(bundle)).toString();
  const secrets = [
    (await readFile(`${chain.serverHome}/operator.token`, "utf8")).trim(),
    "very-secret",
    "PRIVATE KEY",
    "BEGIN CERTIFICATE",
  ];
  for (const secret of secrets) assert(!content.includes(secret), `the bundle holds ${secret.slice(0, 12)}`);
  assert(content.includes("webhookUrl"), "what was left out is named");
  await rm(`${chain.serverHome}/config-server/config.yaml`);
  await check.refuses("support bundle", ["--to", bundle, ...home], { exit: 4, code: "file-exists" });
});

test("the config server's backup", async () => {
  const file = `${chain.folder}/backup`;
  await check.prints("config-server backup", ["--to", file, ...home]);
  await check.prints("config-server restore", ["--from", file, "--home", `${chain.folder}/restored`]);
  await check.refuses("config-server backup", ["--to", file, ...home], { exit: 4, code: "file-exists" });
  await check.refuses(
    "config-server restore",
    ["--from", `${chain.folder}/nothing`, "--home", `${chain.folder}/other`],
    { exit: 3 },
  );
  const alone = ["--from", file, "--home", `${chain.folder}/further`];
  await check.refuses("config-server join", alone, { exit: 4, code: "database-empty" });
});

test("daemons refuse a home that is in use, of newer software, or of nobody", async () => {
  await check.refuses("server start", home, { exit: 4, code: "home-in-use" });
  await check.refuses("agent start", ["--home", chain.agentHome], { exit: 4, code: "home-in-use" });
  await check.refuses("agent start --check", ["--home", `${chain.folder}/nowhere`], {
    exit: 2,
    code: "server-url-invalid",
  });
  for (const role of ["config-server", "process-server", "master-target"] as const) {
    await check.refuses(`${role} start`, ["--home", `${chain.serverHome}/${role}`], { exit: 4, code: "home-in-use" });
  }
  const newer = `${chain.folder}/newer`;
  await mkdir(newer);
  await writeFile(
    `${newer}/format.json`,
    JSON.stringify({ ...JSON.parse(await readFile(`${chain.serverHome}/format.json`, "utf8")), version: 9_999 }),
  );
  await check.refuses("server start", ["--home", newer], { exit: 4, code: "home-newer" });
  await check.refuses("server status", ["--home", newer], { exit: 3 });
  await check.refuses("server stop", ["--home", newer], { exit: 3 });
  await check.refuses("agent status", ["--home", newer], { exit: 3 });
  await check.refuses("agent stop", ["--home", newer], { exit: 3 });
  await check.refuses("agent unregister", ["--home", chain.agentHome], { exit: 4, code: "agent-running" });
  await check.refuses("agent last-look", ["--home", chain.agentHome], { exit: 4, code: "machine-not-stopping" });
  if (!existsSync("/run/systemd/system"))
    await check.refuses("agent prepare-boot", ["--home", chain.agentHome], {
      exit: 4,
      code: "init-system-unsupported",
    });
  else check.refused.add("agent prepare-boot");
  await check.prints("server status", home);
  await check.prints("agent status", ["--home", chain.agentHome]);
  const ready: unknown = JSON.parse(await readFile(`${chain.serverHome}/ready.json`, "utf8"));
  check.holds("server start", ready);
  for (const role of ["config-server", "process-server", "master-target"]) {
    check.holds(`${role} start`, JSON.parse(await readFile(`${chain.serverHome}/${role}/ready.json`, "utf8")));
  }
});

test("what waits too long ends with 6, and what is away with 5", async () => {
  await check.refuses("disk protect", ["web", "--path", `${chain.sourceFolder}/b.img`, "--timeout", "0.001", ...home], {
    exit: 6,
    code: "wait-timed-out",
  });
  await check.prints("agent stop", ["--home", chain.agentHome]);
  await eventually("the machine is offline", async () =>
    fieldOf(await chain.run("machine", "show", "web"), "state") === "offline" ? true : undefined,
  );
  await check.refuses("point create", ["web", "--timeout", "5", ...home], { exit: 5 });
});

test("leaving: a disk, a machine, the server", async () => {
  await check.prints("disk unprotect", ["web", "a", ...home]);
  await checkAgentIdentity(check, chain);
  await check.prints("machine remove", ["web", ...home]);
  await check.prints("server stop", home);
});

test("every command was seen to succeed and to refuse", async () => {
  const { stdout } = await leeward(["--help"]);
  const top = [...stdout.matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  const known = new Set(Object.keys(OUTPUT_SCHEMAS).map((command) => command.split(" ")[0]));
  assert.deepEqual(
    top.filter((name) => !known.has(name)),
    [],
    "each command has a schema",
  );
  const succeeded = new Set([...check.succeeded, ...SEEN_ELSEWHERE]);
  assert.deepEqual(
    Object.keys(OUTPUT_SCHEMAS).filter((command) => !succeeded.has(command)),
    [],
  );
  assert.deepEqual(
    Object.keys(OUTPUT_SCHEMAS).filter((command) => !check.refused.has(command)),
    [],
  );
});

test("a command whose reader has enough ends without a word", async () => {
  const executable = fileURLToPath(new URL("../../../leeward", import.meta.url));
  // By the time that the command prints, nobody reads any more.
  const pipeline = spawn("sh", ["-c", '"$0" --help | true', executable], { stdio: ["ignore", "ignore", "pipe"] });
  let trace = "";
  pipeline.stderr.on("data", (chunk) => (trace += String(chunk)));
  await once(pipeline, "close");
  assert.equal(trace, "");
});
