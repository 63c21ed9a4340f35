// Hooks as real processes: those that do as they should, fail, hang, do not heed SIGTERM, leave children; and an agent that is killed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EventReport } from "@leeward/proto";
import { nodeClock, nodeFiles } from "@leeward/world";
import { BegunNote } from "./begun-note.ts";
import { HookQuiesce } from "./hook-quiesce.ts";
import { HookSet } from "./hook-set.ts";
import { readHookFolder } from "./node-hook-folder.ts";
import { NodeHookRunner } from "./node-hook-runner.ts";
import type { PointAsked } from "./quiesce.ts";

const files = nodeFiles({ io: "inline" });
const HOLDER = fileURLToPath(new URL("fixtures/node-hold.ts", import.meta.url));
const ID = "ab".repeat(16);
const BY_HAND: PointAsked = { pointId: ID, kind: "mark", consistency: "application" };
const BY_SCHEDULE: PointAsked = { ...BY_HAND, kind: "auto" };
const LIMIT_MS = 60_000;
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "leeward-hooks-"));
});
after(() => rm(root, { recursive: true }));

interface Bench {
  readonly home: string;
  readonly quiesce: HookQuiesce;
  readonly events: EventReport[];
  /** What hooks wrote down, a line for each. */
  said(): Promise<string[]>;
  stop(): Promise<void>;
}

/** A home with the hooks, and an agent's part that runs them. `$SAY` in a hook is the file that it writes to. */
async function benchWith(
  hooks: Readonly<Record<string, string>>,
  context: TestContext,
  limitMs = LIMIT_MS,
): Promise<Bench> {
  const home = await mkdtemp(`${root}/home-`);
  await mkdir(`${home}/hooks`);
  for (const [name, text] of Object.entries(hooks)) await writeHook(`${home}/hooks/${name}`, text, `${home}/said`);
  return benchAt(home, context, limitMs);
}

/** An agent's part that runs the hooks of a home, after whoever did before. */
function benchAt(home: string, context: TestContext, limitMs = LIMIT_MS): Bench {
  const events: EventReport[] = [];
  const set = new HookSet({
    folder: `${home}/hooks`,
    find: () => readHookFolder(`${home}/hooks`),
    runner: new NodeHookRunner(),
    note: new BegunNote(files, home),
    limitMs: () => limitMs,
    machine: () => "web",
  });
  const quiesce = new HookQuiesce({
    clock: nodeClock,
    hooks: set,
    machine: () => "web",
    onEvent: (event) => events.push(event),
  });
  const stopping = new AbortController();
  const running = quiesce.run(stopping.signal);
  const stop = (): Promise<void> => {
    stopping.abort();
    return running;
  };
  context.after(stop);
  return { home, quiesce, events, said: () => linesOf(`${home}/said`), stop };
}

async function writeHook(path: string, text: string, said: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text.replaceAll("$SAY", said)}\n`);
  await chmod(path, 0o755);
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await delay(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Gone, or dead and not yet taken note of by its parent. */
async function isGone(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return true;
  return /\) Z /.test(await readFile(`/proc/${pid}/stat`, "latin1").catch(() => ") Z "));
}

const never = new AbortController().signal;
const TELLING = 'echo "$(basename "$0") $1 $LEEWARD_OUTCOME" >> $SAY';

describe("hooks that do as they should", () => {
  test("are called in order before, and in reverse order after, and make the point an application-consistent one", async (context) => {
    const bench = await benchWith({ "20-b": TELLING, "10-a": TELLING, "30-c.off": TELLING }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    assert.equal(rest.consistency(), "application");
    assert.deepEqual(await bench.said(), ["10-a --pre ", "20-b --pre "]);
    assert.ok(existsSync(`${bench.home}/hooks-begun.json`));
    assert.equal(await rest.after("made"), "application");
    assert.deepEqual((await bench.said()).slice(2), ["20-b --post made", "10-a --post made"]);
    assert.ok(!existsSync(`${bench.home}/hooks-begun.json`));
    assert.equal(await rest.after("failed"), "application", "a second call answers as the first");
    assert.equal((await bench.said()).length, 4);
    assert.deepEqual(bench.events, []);
  });

  test("get a clean environment, no input, and a folder that may be unmounted", async (context) => {
    const bench = await benchWith({ a: "env | sort >> $SAY; pwd >> $SAY; cat >> $SAY" }, context);
    await (await bench.quiesce.before(BY_HAND, never)).after("made");
    const said = (await bench.said()).filter((line) => !/^(_|SHLVL|OLDPWD)=/.test(line));
    const common = [`LEEWARD_MACHINE=web`];
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const id = `LEEWARD_POINT_ID=${ID}`;
    assert.deepEqual(said, [
      ...[...common, "LEEWARD_PHASE=pre", id, path, "PWD=/", "/"],
      ...[...common, "LEEWARD_OUTCOME=made", "LEEWARD_PHASE=post", id, path, "PWD=/", "/"],
    ]);
  });

  test("are for one point at a time", async (context) => {
    const bench = await benchWith({ a: TELLING }, context);
    const first = await bench.quiesce.before(BY_HAND, never);
    let begun = false;
    const second = bench.quiesce.before(BY_HAND, never).then((rest) => {
      begun = true;
      return rest;
    });
    assert.deepEqual([begun, await first.after("made")], [false, "application"]);
    await (await second).after("made");
    assert.equal((await bench.said()).length, 4);
  });

  test("are not called for a crash-consistent point, and nothing freezes file systems", async (context) => {
    const bench = await benchWith({ a: TELLING }, context);
    await (await bench.quiesce.before({ ...BY_HAND, consistency: "crash" }, never)).after("made");
    assert.equal(bench.events.length, 0);
    const rest = await bench.quiesce.before({ ...BY_HAND, consistency: "file-system" }, never);
    assert.equal(rest.consistency(), "crash");
    assert.equal(bench.events.at(0)?.detail["code"], "consistency-unavailable");
    assert.deepEqual(await bench.said(), []);
  });
});

describe("a hook that does not", () => {
  test("when it fails, ends what was begun, makes the point less, and says why", async (context) => {
    const failing = `${TELLING}; echo out; echo why >&2; [ "$1" = --post ] || exit 7`;
    const bench = await benchWith({ "1": TELLING, "2": failing, "3": TELLING }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    assert.equal(rest.consistency(), "crash");
    assert.equal(await rest.after("made"), "crash");
    assert.deepEqual(await bench.said(), ["1 --pre ", "2 --pre ", "2 --post failed", "1 --post failed"]);
    const [event] = bench.events;
    assert.equal(event?.kind, "point-less-consistent");
    assert.equal(event?.severity, "warning");
    const { code, hook, phase, exitCode, stdout, stderr } = event?.detail ?? {};
    assert.deepEqual([code, hook, phase, exitCode, stdout, stderr], ["hook-failed", "2", "pre", "7", "out\n", "why\n"]);
    assert.ok(!existsSync(`${bench.home}/hooks-begun.json`));
  });

  test("when its --post fails, the point is not called application-consistent", async (context) => {
    const bench = await benchWith({ a: '[ "$1" = --pre ]' }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    assert.equal(rest.consistency(), "application");
    assert.equal(await rest.after("made"), "crash");
    await until("the event", () => bench.events.length === 1);
    assert.equal(bench.events[0]?.detail["phase"], "post");
  });

  test("when it hangs and does not heed SIGTERM, is killed with its children", async (context) => {
    const hanging = `${TELLING}; [ "$1" = --post ] && exit 0; trap '' TERM; sh -c 'trap "" TERM; echo $$ >> $SAY; sleep 600' & sleep 600; wait`;
    const bench = await benchWith({ a: hanging }, context, 1_000);
    const rest = await bench.quiesce.before(BY_HAND, never);
    assert.equal(rest.consistency(), "crash");
    assert.equal(bench.events[0]?.detail["code"], "hook-late");
    const child = Number((await bench.said()).find((line) => /^\d+$/.test(line)));
    assert.ok(child > 0);
    await until("its child is gone", () => isGone(child));
    assert.ok((await bench.said()).includes("a --post failed"));
  });

  test("when it prints without end, is read and kept to 16 KiB", async (context) => {
    const printing =
      '[ "$1" = --post ] && exit 0; head -c 5000000 /dev/zero | tr "\\0" x; head -c 5000000 /dev/zero | tr "\\0" y >&2; exit 1';
    const bench = await benchWith({ a: printing }, context);
    await bench.quiesce.before(BY_HAND, never);
    assert.match(bench.events[0]?.detail["stdout"] ?? "", /^x{4096}$/);
    assert.match(bench.events[0]?.detail["stderr"] ?? "", /^y{4096}$/);
  });

  test("when it is no program, is a fault and no mistake", async (context) => {
    const bench = await benchWith({}, context);
    await writeFile(`${bench.home}/hooks/a`, "#!/nowhere/interpreter\n");
    await chmod(`${bench.home}/hooks/a`, 0o755);
    await bench.quiesce.before(BY_HAND, never);
    assert.equal(bench.events[0]?.detail["code"], "hook-failed");
    assert.match(bench.events[0]?.message ?? "", /could not be started/);
    assert.match(bench.events[0]?.detail["stderr"] ?? "", /ENOENT/);
  });

  test("when there is none at all, no point is called application-consistent", async (context) => {
    const bench = await benchWith({}, context);
    assert.equal((await bench.quiesce.before(BY_HAND, never)).consistency(), "crash");
    assert.equal(bench.events[0]?.detail["code"], "hooks-missing");
  });

  test("is told once for points of the schedule, again after one that was good, and each time by hand", async (context) => {
    const bench = await benchWith({ a: '[ "$1" = --post ] || [ -e $SAY ]' }, context);
    const make = async (asked: PointAsked) => (await bench.quiesce.before(asked, never)).after("made");
    await make(BY_SCHEDULE);
    await make(BY_SCHEDULE);
    assert.equal(bench.events.length, 1);
    await make(BY_HAND);
    assert.equal(bench.events.length, 2);
    await writeFile(`${bench.home}/said`, "");
    assert.equal(await make(BY_SCHEDULE), "application");
    await rm(`${bench.home}/said`);
    await make(BY_SCHEDULE);
    assert.equal(bench.events.length, 3);
  });
});

describe("a hold", () => {
  test("ends by itself when the point's moment does not come, and the point is less", async (context) => {
    const bench = await benchWith({ a: TELLING }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    await until("the hold is over", async () => (await bench.said()).includes("a --post failed"));
    assert.equal(rest.consistency(), "crash");
    assert.equal(await rest.after("made"), "crash");
    await until("the event", () => bench.events[0]?.detail["code"] === "hold-lost");
  });

  test("ends when the agent stops, and none begins after that", async (context) => {
    const bench = await benchWith({ a: TELLING }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    await bench.stop();
    assert.deepEqual(await bench.said(), ["a --pre ", "a --post failed"]);
    assert.equal(rest.consistency(), "crash");
    assert.equal((await bench.quiesce.before(BY_HAND, never)).consistency(), "crash");
    assert.equal((await bench.said()).length, 2);
  });

  test("does not begin when nobody waits any more: the --pre under way is ended, and its --post is run", async (context) => {
    const bench = await benchWith({ a: `${TELLING}; [ "$1" = --post ] || sleep 600` }, context);
    const gone = new AbortController();
    const before = bench.quiesce.before(BY_HAND, gone.signal);
    await until("--pre is at work", async () => (await bench.said()).length === 1);
    gone.abort();
    assert.equal((await before).consistency(), "crash");
    assert.deepEqual((await bench.said()).slice(1), ["a --post failed"]);
  });

  test("of a background process ends with its descriptor 3 after the --post", async (context) => {
    const holding = `[ "$1" = --post ] && exit 0; (cat <&3 >/dev/null; echo released >> $SAY) >/dev/null 2>&1 & exit 0`;
    const bench = await benchWith({ a: holding }, context);
    const rest = await bench.quiesce.before(BY_HAND, never);
    assert.equal(rest.consistency(), "application");
    assert.deepEqual(await bench.said(), []);
    await rest.after("made");
    await until("the hold is given back", async () => (await bench.said()).includes("released"));
  });
});

describe("an agent that is killed", () => {
  test("lets a hook's background process go at once, and the next agent runs what was begun to its end", async (context) => {
    const holding = `${TELLING}; [ "$1" = --post ] && exit 0; (cat <&3 >/dev/null; echo released >> $SAY) >/dev/null 2>&1 & exit 0`;
    const home = await killedWhileHolding({ a: TELLING, b: holding }, context);
    await until("the hold is given back", async () => (await linesOf(`${home}/said`)).includes("released"));
    assert.ok(existsSync(`${home}/hooks-begun.json`));
    const events = await recoveredAt(home);
    const said = await linesOf(`${home}/said`);
    assert.deepEqual(said.slice(-2), ["b --post failed", "a --post failed"]);
    assert.ok(!existsSync(`${home}/hooks-begun.json`));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["hooks-left"],
    );
    assert.deepEqual(await recoveredAt(home), [], "once is enough");
  });

  test("in the midst of a --pre that hangs: the next one ends that process before it runs --post", async (context) => {
    const hanging = `[ "$1" = --post ] && { echo post >> $SAY; exit 0; }; trap '' TERM; echo $$ >> $SAY; sleep 600; sleep 600`;
    const home = await killedWhileHolding({ a: hanging }, context);
    const pid = Number((await linesOf(`${home}/said`))[0]);
    assert.ok(isAlive(pid), "nothing else ends it");
    await recoveredAt(home);
    assert.ok(await isGone(pid));
    assert.equal((await linesOf(`${home}/said`)).at(-1), "post");
  });

  test("leaves a note that may be torn: every hook's --post is run then", async (context) => {
    const bench = await benchWith({ a: TELLING, b: TELLING }, context);
    await bench.stop();
    for (const torn of ['{"pointId":"ab', "", '{"pointId":7,"names":[]}', "[]"]) {
      await rm(`${bench.home}/said`, { force: true });
      await writeFile(`${bench.home}/hooks-begun.json`, torn);
      await recoveredAt(bench.home);
      assert.deepEqual(await bench.said(), ["b --post failed", "a --post failed"], torn);
      assert.ok(!existsSync(`${bench.home}/hooks-begun.json`));
    }
  });
});

/** What an agent with these hooks leaves that is killed as soon as one of them has said something, or all have been called. */
async function killedWhileHolding(hooks: Readonly<Record<string, string>>, context: TestContext): Promise<string> {
  const bench = await benchWith(hooks, context);
  await bench.stop();
  const holder: ChildProcess = spawn(process.execPath, [HOLDER, bench.home], { stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => holder.kill("SIGKILL"));
  let out = "";
  holder.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const waiting = Object.values(hooks).some((text) => text.includes("sleep 600"));
  await until("the hooks are at work", async () => (waiting ? (await bench.said()).length > 0 : out.includes("held")));
  holder.kill("SIGKILL");
  await once(holder, "exit");
  return bench.home;
}

/** The events of an agent that is started, and stopped when it has looked at what was left. */
async function recoveredAt(home: string): Promise<EventReport[]> {
  const events: EventReport[] = [];
  const set = new HookSet({
    folder: `${home}/hooks`,
    find: () => readHookFolder(`${home}/hooks`),
    runner: new NodeHookRunner(),
    note: new BegunNote(files, home),
    limitMs: () => LIMIT_MS,
    machine: () => "web",
  });
  const onEvent = (event: EventReport): void => void events.push(event);
  await new HookQuiesce({ clock: nodeClock, hooks: set, machine: () => "web", onEvent }).run(AbortSignal.abort());
  return events;
}

describe("the folder of hooks", () => {
  test("refuses by name what others could have written, or that cannot be run", async () => {
    const folder = await mkdtemp(`${root}/folder-`);
    const make = async (name: string, mode: number): Promise<void> => {
      await writeFile(`${folder}/${name}`, "#!/bin/sh\n");
      await chmod(`${folder}/${name}`, mode);
    };
    await make("good", 0o755);
    await make("plain", 0o644);
    await make("group", 0o775);
    await make("others", 0o757);
    await make("README.md", 0o644);
    await make("mysql~", 0o777);
    await mkdir(`${folder}/folder`);
    await symlink("/nowhere", `${folder}/dangling`);
    await symlink("/bin/true", `${folder}/linked`);
    await mkdir(`${root}/open`);
    await chmod(`${root}/open`, 0o777);
    await writeFile(`${root}/open/target`, "#!/bin/sh\n");
    await chmod(`${root}/open/target`, 0o755);
    await symlink(`${root}/open/target`, `${folder}/exchangeable`);
    const { hooks, faults } = await readHookFolder(folder);
    assert.deepEqual(
      hooks.map(({ name }) => name),
      ["good", "linked"],
    );
    const refused = faults.map(({ code, detail }) => `${code} ${String(detail["path"]).slice(folder.length + 1)}`);
    assert.deepEqual(
      refused.sort(),
      ["dangling", "exchangeable", "folder", "group", "others", "plain"].map((name) => `hook-refused ${name}`),
    );
    assert.deepEqual(await readHookFolder(`${folder}/missing`), { hooks: [], faults: [] });
  });

  test("refuses a hook of another user", {
    skip: process.getuid?.() === 0 ? false : "only root can give files away",
  }, async () => {
    const folder = await mkdtemp(`${root}/folder-`);
    await writeHook(`${folder}/foreign`, "true", "");
    await chown(`${folder}/foreign`, 12_345, 0);
    assert.match((await readHookFolder(folder)).faults[0]?.message ?? "", /belongs to neither root/);
  });

  test("with a hook that is refused, no hook is run and no point is called application-consistent", async (context) => {
    const bench = await benchWith({ a: TELLING, b: TELLING }, context);
    await chmod(`${bench.home}/hooks/b`, 0o777);
    assert.equal((await bench.quiesce.before(BY_HAND, never)).consistency(), "crash");
    assert.equal(bench.events[0]?.detail["code"], "hook-refused");
    assert.deepEqual(await bench.said(), []);
  });
});

describe("a rest that lasts", () => {
  const STOP: PointAsked = { pointId: ID, kind: "mark", consistency: "application" };

  test("goes on over the end of its agent, and ends when it is asked to, in reverse order", async (context) => {
    const bench = await benchWith({ "10-a": TELLING, "20-b": TELLING }, context);
    assert.deepEqual(await bench.quiesce.begin(STOP, never), { consistency: "application" });
    assert.equal((await bench.quiesce.before(BY_HAND, never)).consistency(), "crash", "no point has a rest of its own");
    await bench.stop();
    const next = benchAt(bench.home, context);
    await (await next.quiesce.before(BY_HAND, never)).after("made");
    await next.stop();
    assert.deepEqual(await bench.said(), ["10-a --pre ", "20-b --pre "]);
    const last = benchAt(bench.home, context);
    await last.quiesce.end();
    await last.quiesce.end();
    assert.deepEqual((await bench.said()).slice(2), ["20-b --post made", "10-a --post made"]);
    assert.deepEqual(
      [...bench.events, ...next.events, ...last.events].map(({ kind }) => kind),
      ["applications-resumed"],
    );
    assert.equal((await last.quiesce.before(BY_HAND, never)).consistency(), "application");
  });

  test("ends in the agent that began it, whose hooks keep what they hold until then", async (context) => {
    const bench = await benchWith({ a: TELLING }, context);
    await bench.quiesce.begin(STOP, never);
    await bench.quiesce.end();
    assert.deepEqual(await bench.said(), ["a --pre ", "a --post made"]);
    assert.ok(!existsSync(`${bench.home}/hooks-begun.json`));
  });

  test("is not reached where a hook fails or hangs: who was at rest goes on, and it is said why", async (context) => {
    for (const [text, code] of [
      ['test "$1" = --post || exit 3', "hook-failed"],
      ['test "$1" = --post || sleep 600', "hook-late"],
    ] as const) {
      const bench = await benchWith({ "10-a": TELLING, "20-b": text }, context, 1_500);
      const { consistency, fault } = await bench.quiesce.begin(STOP, never);
      assert.deepEqual([consistency, fault?.code], ["crash", code]);
      assert.deepEqual(await bench.said(), ["10-a --pre ", "10-a --post failed"]);
      await bench.quiesce.end();
      assert.equal((await bench.said()).length, 2);
      await bench.stop();
    }
  });

  test("has nobody to bring to rest on a machine without hooks, and nothing is wrong with that", async (context) => {
    const bench = await benchWith({}, context);
    assert.deepEqual(await bench.quiesce.begin(STOP, never), { consistency: "crash" });
    await bench.quiesce.end();
    assert.deepEqual(bench.events, []);
  });

  test("whose agent was killed in the middle of it is ended with what its hooks left", async (context) => {
    const bench = await benchWith({ a: `${TELLING}; test "$1" = --post || { sleep 600 & }` }, context);
    await bench.quiesce.begin(STOP, never);
    const next = benchAt(bench.home, context);
    await next.quiesce.end();
    assert.deepEqual(await bench.said(), ["a --pre ", "a --post made"]);
  });
});
