// The hooks that come with the agent, against the servers that they are for: real ones, in a folder of their own, reached by a Unix socket alone.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { peer } from "@leeward/nbd/testing";
import type { EventReport } from "@leeward/proto";
import { nodeClock, nodeFiles } from "@leeward/world";
import { BegunNote } from "./begun-note.ts";
import { HookQuiesce } from "./hook-quiesce.ts";
import { HookSet } from "./hook-set.ts";
import { readHookFolder } from "./node-hook-folder.ts";
import { NodeHookRunner } from "./node-hook-runner.ts";
import type { PointAsked, Quiesced } from "./quiesce.ts";

const READY_MADE = fileURLToPath(new URL("../../hooks", import.meta.url));
const HOLDER = fileURLToPath(new URL("fixtures/node-hold.ts", import.meta.url));
const LIMIT_MS = 60_000;
const LET_GO_MS_MAX = 5_000;
const ASKED: PointAsked = { pointId: "cd".repeat(16), kind: "mark", consistency: "application" };
const POSTGRESQL = "/usr/lib/postgresql";
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const never = new AbortController().signal;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env, timeout: LIMIT_MS });
  let [out, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, out: out.trim(), errors };
}

async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, out, errors } = await run(program, args);
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${errors}`);
  return out;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await delay(50);
  }
}

/** A home with one ready-made hook and its settings. */
class HookHome {
  readonly home: string;
  readonly hook: string;
  readonly events: EventReport[] = [];

  private constructor(home: string, hook: string) {
    this.home = home;
    this.hook = hook;
  }

  static async make(folder: string, name: string, settings: Readonly<Record<string, string>>): Promise<HookHome> {
    const home = await mkdtemp(`${folder}/home-`);
    const hook = `${home}/hooks/${name}`;
    await mkdir(`${home}/hooks`);
    await copyFile(`${READY_MADE}/${name}`, hook);
    await chmod(hook, 0o755);
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    await writeFile(`${hook}.conf`, `# of a test\n${lines.join("")}`);
    return new HookHome(home, hook);
  }

  quiesce(context: TestContext, limitMs = LIMIT_MS): HookQuiesce {
    const hooks = new HookSet({
      folder: `${this.home}/hooks`,
      find: () => readHookFolder(`${this.home}/hooks`),
      runner: new NodeHookRunner(),
      note: new BegunNote(nodeFiles({ io: "inline" }), this.home),
      limitMs: () => limitMs,
      machine: () => "db",
    });
    const onEvent = (event: EventReport): void => void this.events.push(event);
    const quiesce = new HookQuiesce({ clock: nodeClock, hooks, machine: () => "db", onEvent });
    const stopping = new AbortController();
    const running = quiesce.run(stopping.signal);
    context.after(() => {
      stopping.abort();
      return running;
    });
    return quiesce;
  }

  /** Why the last point was less. */
  why(): readonly (string | undefined)[] {
    const { code, exitCode, stderr } = this.events.at(-1)?.detail ?? {};
    return [code, exitCode, stderr?.trim().split("\n").at(-1)];
  }

  /** A call by hand: without descriptor 3. */
  call(argument: string): Promise<Ran> {
    return run(this.hook, [argument], { PATH: process.env["PATH"] });
  }
}

const postgresqlFolder = (existsSync(POSTGRESQL) ? readdirSync(POSTGRESQL) : [])
  .sort((a, b) => Number(a) - Number(b))
  .at(-1);
const required = process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skipPostgresql = postgresqlFolder === undefined && !required ? "postgresql is not installed" : false;

describe("the hook for PostgreSQL", { skip: isRoot ? skipPostgresql : "only root can be another user" }, () => {
  const bin = `${POSTGRESQL}/${postgresqlFolder}/bin`;
  let folder = "";
  let settings: Record<string, string> = {};
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-pg-"));
    await chmod(folder, 0o755);
    await mkdir(`${folder}/server`);
    await chown(`${folder}/server`, NOBODY, NOBODY);
    settings = { RUN_AS: "nobody", HOST: `${folder}/server`, ROLE: "nobody" };
    await asNobody("initdb", "-D", `${folder}/server/data`, "-A", "trust", "--no-sync");
    const options = `-k ${folder}/server -c listen_addresses='' -c full_page_writes=on`;
    await asNobody("pg_ctl", "start", "-w", "-D", `${folder}/server/data`, "-l", `${folder}/server/log`, "-o", options);
  });
  after(async () => {
    await asNobody("pg_ctl", "stop", "-m", "immediate", "-D", `${folder}/server/data`);
    await rm(folder, { recursive: true });
  });

  test("has it make a checkpoint, and holds nobody", async (context) => {
    const home = await HookHome.make(folder, "postgresql", settings);
    await sql("CREATE TABLE numbers (number integer)");
    await sql("INSERT INTO numbers SELECT generate_series(1, 1000)");
    const before = await sql("SELECT checkpoint_lsn FROM pg_control_checkpoint()");
    const rest = await home.quiesce(context).before(ASKED, never);
    assert.equal(rest.consistency(), "application", home.why().join(" "));
    assert.notEqual(await sql("SELECT checkpoint_lsn FROM pg_control_checkpoint()"), before);
    await sql("INSERT INTO numbers VALUES (0)");
    assert.equal(await rest.after("made"), "application");
    assert.equal((await home.call("--post")).code, 0);
  });

  test("says what is wrong: no server, no such user, a setting that does not exist, a call that does not", async (context) => {
    const absent = await HookHome.make(folder, "postgresql", { ...settings, HOST: folder });
    await absent.quiesce(context).before(ASKED, never);
    assert.deepEqual(absent.why(), ["hook-failed", "3", "postgresql hook: the server does not answer"]);
    const stranger = await HookHome.make(folder, "postgresql", { ...settings, ROLE: "stranger" });
    assert.equal((await stranger.call("--pre")).code, 3);
    const colourful = await HookHome.make(folder, "postgresql", { COLOUR: "blue" });
    assert.equal((await colourful.call("--pre")).code, 2);
    assert.equal((await colourful.call("--sideways")).code, 64);
  });

  test("refuses a server whose snapshot could not be recovered from", async () => {
    const home = await HookHome.make(folder, "postgresql", settings);
    await sql("ALTER SYSTEM SET fsync = off");
    await sql("SELECT pg_reload_conf()");
    await until("it is off", async () => (await sql("SHOW fsync")) === "off");
    const { code, errors } = await home.call("--pre");
    assert.equal(code, 5);
    assert.match(errors, /off: fsync/);
    await sql("ALTER SYSTEM RESET fsync");
    await sql("SELECT pg_reload_conf()");
    await until("it is on", async () => (await sql("SHOW fsync")) === "on");
  });

  test("that hangs is ended, and the server goes on", async (context) => {
    const home = await HookHome.make(folder, "postgresql", settings);
    const postmaster = Number((await must("head", ["-1", `${folder}/server/data/postmaster.pid`])).trim());
    process.kill(postmaster, "SIGSTOP");
    try {
      const rest = await home.quiesce(context, 1_000).before(ASKED, never);
      assert.equal(rest.consistency(), "crash");
      assert.equal(home.why()[0], "hook-late");
    } finally {
      process.kill(postmaster, "SIGCONT");
    }
    await sql("INSERT INTO numbers VALUES (-1)");
    await until("no session of the hook is left", async () => {
      return (await sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leeward-hook'")) === "0";
    });
  });

  function asNobody(program: string, ...args: string[]): Promise<string> {
    return must("setpriv", [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", `${bin}/${program}`, ...args]);
  }

  function sql(statement: string): Promise<string> {
    const place = ["-h", `${folder}/server`, "-U", "nobody", "-d", "postgres"];
    return must(`${bin}/psql`, ["-X", "-A", "-t", "-q", ...place, "-c", statement]);
  }
});

const server = peer("mariadbd");
const client = peer("mariadb");
const skipMariadb = isRoot ? server.skip || client.skip : "only root can be another user";

describe("the hook for MySQL and MariaDB", { skip: skipMariadb }, () => {
  let folder = "";
  let settings: Record<string, string> = {};
  let running: ChildProcess;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-my-"));
    await chmod(folder, 0o755);
    await mkdir(`${folder}/server`);
    await chown(`${folder}/server`, NOBODY, NOBODY);
    const data = `--datadir=${folder}/server/data`;
    const install = ["--no-defaults", "--user=nobody", "--skip-test-db", data];
    await must("mariadb-install-db", [...install, "--auth-root-authentication-method=normal"]);
    const socket = `${folder}/server/socket`;
    settings = { DEFAULTS_FILE: "/dev/null", SOCKET: socket, STATE: `${folder}/state`, LOCK_SECONDS: "2" };
    const place = [`--socket=${socket}`, `--pid-file=${folder}/server/pid`, "--skip-networking", "--log-bin=log"];
    running = spawn(server.path, ["--no-defaults", "--user=nobody", data, ...place], { stdio: "ignore" });
    await until("the server answers", async () => (await sql("SELECT 1")).code === 0);
    await sql("CREATE DATABASE shop; CREATE TABLE shop.orders (number INT) ENGINE=MyISAM");
  });
  after(async () => {
    running.kill("SIGKILL");
    await once(running, "exit");
    await rm(folder, { recursive: true });
  });

  test("holds every write from --pre to --post, and --post again does nothing", async (context) => {
    const home = await HookHome.make(folder, "mysql", settings);
    const rest = await rested(home, context);
    const writing = sql("INSERT INTO shop.orders VALUES (1)");
    await until("the write waits", async () => (await waitingWrites()) === 1);
    assert.equal(await rest.after("made"), "application", home.why().join(" "));
    assert.equal((await writing).code, 0);
    assert.equal((await home.call("--post")).code, 0);
    assert.deepEqual(readdirSync(`${folder}/state`), []);
    assert.deepEqual(home.events, []);
  });

  test("fails where it does not get the lock in time, and nobody waits behind it", async (context) => {
    const home = await HookHome.make(folder, "mysql", { ...settings, LOCK_SECONDS: "1" });
    const busy = sql("LOCK TABLES shop.orders WRITE; DO SLEEP(6)");
    await until("the table is locked", async () => (await count("state = 'User sleep'")) === 1);
    const rest = await home.quiesce(context).before(ASKED, never);
    assert.equal(rest.consistency(), "crash");
    assert.deepEqual(home.why().slice(0, 2), ["hook-failed", "3"]);
    assert.match(String(home.events[0]?.detail["stderr"]), /Lock wait timeout/);
    await until("no session of the hook is left", async () => (await hookSessions()) === 0);
    assert.equal((await busy).code, 0);
  });

  test("says so when its lock was taken from it before --post: the point is less", async (context) => {
    const home = await HookHome.make(folder, "mysql", settings);
    const rest = await rested(home, context);
    const { out } = await sql("SELECT id FROM information_schema.processlist WHERE command = 'Sleep'");
    await sql(`KILL ${out}`);
    assert.equal((await sql("INSERT INTO shop.orders VALUES (2)")).code, 0);
    assert.equal(await rest.after("made"), "crash");
    await until("the event", () => home.events.length === 1);
    assert.deepEqual(home.why(), ["hook-failed", "5", "mysql hook: the lock had ended before"]);
  });

  test("lets go by itself when its time is over", async (context) => {
    const home = await HookHome.make(folder, "mysql", { ...settings, HOLD_SECONDS: "1" });
    const rest = await rested(home, context);
    assert.equal((await sql("INSERT INTO shop.orders VALUES (3)")).code, 0);
    assert.equal(await rest.after("made"), "crash");
  });

  test("lets go when the agent is killed, long before the next one starts", async (context) => {
    const home = await HookHome.make(folder, "mysql", { ...settings, HOLD_SECONDS: "600" });
    const agent = spawn(process.execPath, [HOLDER, home.home], { stdio: ["ignore", "pipe", "inherit"] });
    context.after(() => agent.kill("SIGKILL"));
    const said: unknown[] = await once(agent.stdout, "data");
    assert.equal(String(said[0]), "held");
    const writing = sql("INSERT INTO shop.orders VALUES (4)");
    await until("the write waits", async () => (await waitingWrites()) === 1);
    agent.kill("SIGKILL");
    const killedAt = performance.now();
    assert.equal((await writing).code, 0);
    const letGoMs = performance.now() - killedAt;
    context.diagnostic(`the write went on ${Math.round(letGoMs)} ms after the agent was killed`);
    assert.ok(letGoMs < LET_GO_MS_MAX, `${letGoMs} ms`);
    home.quiesce(context);
    await until("what was left is told", () => home.events.length === 1);
    assert.equal(home.events[0]?.kind, "hooks-left");
    assert.equal(home.events[0]?.detail["code"], undefined, home.events[0]?.message);
    assert.equal(await hookSessions(), 0);
  });

  test("that hangs is ended with its session", async (context) => {
    const home = await HookHome.make(folder, "mysql", settings);
    running.kill("SIGSTOP");
    try {
      const rest = await home.quiesce(context, 1_000).before(ASKED, never);
      assert.equal(rest.consistency(), "crash");
      assert.ok(["hook-late", "hook-failed"].includes(home.why()[0] ?? ""));
    } finally {
      running.kill("SIGCONT");
    }
    assert.equal((await sql("INSERT INTO shop.orders VALUES (5)")).code, 0);
    await until("no session of the hook is left", async () => (await hookSessions()) === 0);
  });

  test("says what is wrong: no server, a setting that does not exist or is no number, a call that does not", async () => {
    const absent = await HookHome.make(folder, "mysql", { ...settings, SOCKET: `${folder}/nothing` });
    assert.equal((await absent.call("--pre")).code, 3);
    assert.equal((await absent.call("--post")).code, 0);
    for (const wrong of [{ COLOUR: "blue" }, { HOLD_SECONDS: "soon" }]) {
      assert.equal((await (await HookHome.make(folder, "mysql", wrong)).call("--pre")).code, 2);
    }
    assert.equal((await absent.call("--sideways")).code, 64);
  });

  async function rested(home: HookHome, context: TestContext): Promise<Quiesced> {
    const rest = await home.quiesce(context).before(ASKED, never);
    assert.equal(rest.consistency(), "application", home.why().join(" "));
    return rest;
  }

  function sql(statement: string): Promise<Ran> {
    const plain = ["--no-defaults", "--batch", "--skip-column-names", `--socket=${folder}/server/socket`];
    return run(client.path, [...plain, "-e", statement]);
  }

  async function count(condition: string): Promise<number> {
    return Number((await sql(`SELECT COUNT(*) FROM information_schema.processlist WHERE ${condition}`)).out);
  }

  function waitingWrites(): Promise<number> {
    return count("state LIKE 'Waiting for %lock' AND info LIKE 'INSERT%'");
  }

  /** Every other connection is one of the tests' own, which end by themselves. */
  function hookSessions(): Promise<number> {
    return count("command = 'Sleep' OR info LIKE 'FLUSH%'");
  }
});
