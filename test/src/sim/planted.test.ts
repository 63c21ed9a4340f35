// The simulation's own test: bugs planted in a temporary copy of the sources must be found.
import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { simulateInProcess } from "./sim-process.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** The search stops at the first seed that notices. */
const SEEDS_MAX = 400;

interface Planted {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The faults under which it shows soonest. */
  readonly faults: string;
  /** Of machines whose disks are tracked, not served. */
  readonly tracked?: boolean;
  /** Of disks that go to two targets. */
  readonly forked?: boolean;
}

const BUGS: readonly Planted[] = [
  {
    name: "the target acknowledges before its manifest is durable",
    file: "packages/journal/src/manifest/manifest-writer.ts",
    from: "await this.#handle.datasync();",
    to: "",
    faults: "power-master-target",
  },
  {
    name: "of overlapping writes the older one wins",
    file: "packages/process-server/src/cut/newest-first.ts",
    from: "parent.sequence >= change.sequence",
    to: "parent.sequence <= change.sequence",
    faults: "kill-agent",
  },
  {
    name: "of merged segments the older one wins",
    file: "packages/journal/src/retention/segment-merger.ts",
    from: "const newestFirst = segments.toReversed();",
    to: "const newestFirst = segments.slice();",
    faults: "sever",
  },
  {
    name: "each disk keeps another point of a step",
    file: "packages/journal/src/retention/thin-plan.ts",
    from: "return more !== 0 ? more > 0 : later !== 0 ? later > 0 : point.id < other.id;",
    to: "return more !== 0 ? more > 0 : point.sequence % 7 > other.sequence % 7;",
    faults: "sever",
  },
  {
    name: "a torn tail is taken for whole",
    file: "proto/src/segment/frame.ts",
    from: "if (crc !== viewOf(headBytes).getUint32(FRAME_HEAD_CHECKED_BYTES, true)) {",
    to: "if (crc < 0) {",
    faults: "power-process-server,sever",
  },
  {
    name: "a log whose durable end rotted is taken for one that a crash tore",
    file: "packages/splitter/src/capture-log.ts",
    from: "const reliedThrough = Math.max(relied(), this.durable);",
    to: "const reliedThrough = 0 * relied();",
    faults: "rot-agent-log,failing-io-agent",
  },
  {
    name: "points begin at the clock again when the agent does",
    file: "packages/mobility-agent/src/marks/point-time.ts",
    from: "return new PointTime(handle, { micros, next: 1 - newest });",
    to: "return new PointTime(handle, { micros: 0, next: 1 - newest });",
    faults: "clock-step,kill-agent",
  },
  {
    name: "a log that cannot be read any more is tried again and again",
    file: "packages/splitter/src/span-search.ts",
    from: "throw logUnreadable(log.folder, error);",
    to: "throw error;",
    faults: "rot-agent-log,lose-tracking",
    tracked: true,
  },
  {
    name: "what a pass took is forgotten when the pass fails",
    file: "packages/mobility-agent/src/disk/tracked-pass.ts",
    from: "if (logged === undefined) taken.giveBack();",
    to: "if (logged === undefined) taken.settle();",
    faults: "failing-disk-reads,failing-io-agent",
    tracked: true,
  },
  {
    name: "what was taken is forgotten when the agent is killed",
    file: "packages/tracker/src/testing/memory-tracker.ts",
    from: "noting.pending.giveBack();",
    to: "noting.pending.settle();",
    faults: "kill-agent,slow-roads",
    tracked: true,
  },
  {
    name: "file systems are let go before the disks are read, and nobody proves that nothing changed",
    file: "packages/mobility-agent/src/marks/file-system-hold.ts",
    from: "const faults = await ofEach(disks, ({ path, live }) => live.hold(use.swap.get(path) ?? NONE));",
    to: "await frozen.thaw(); const faults = await ofEach(disks, ({ live }) => live.hold([{ offset: 0, length: 65536 }]));",
    faults: "sever",
    tracked: true,
  },
  {
    name: "a disk whose tracker missed something is not read anew",
    file: "packages/mobility-agent/src/disk/tracked-disk.ts",
    from: "const identity = `${opened.identity} tracking ${tracker.trackingId}`;",
    to: "const identity = opened.identity;",
    faults: "lose-tracking",
    tracked: true,
  },
  {
    name: "what a pass took is settled before its copy is durable",
    file: "packages/mobility-agent/src/disk/tracked-pass.ts",
    from: "logged = isWhole ? await beginWhole(history) : await history.splitter.logFound(taken.extents, signal);",
    to: "tracker.settle(); logged = isWhole ? await beginWhole(history) : await history.splitter.logFound(taken.extents, signal);",
    faults: "kill-agent",
    tracked: true,
  },
  {
    name: "what a further target lacks leaves with what the main one has",
    file: "packages/process-server/src/cache/held-branch.ts",
    from: "return Math.min(this.#journaled, ...this.#followers.values());",
    to: "return this.#journaled;",
    faults: "kill-further,away-further",
    forked: true,
  },
  {
    name: "points are taken over a hole",
    file: "packages/journal/src/history/journal-state.ts",
    from: "const spans = { complete: false, openSpans: [] };",
    to: "const spans = { complete: true, openSpans: [] };",
    faults: "leave-further,away-further",
    forked: true,
  },
];

describe("a bug planted in a copy of the sources is found", { concurrency: 2 }, () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-planted-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [index, bug] of BUGS.entries()) {
    test(bug.name, async (context) => {
      const copy = await copyOfSources(`${folder}/${index}`);
      const path = `${copy}/${bug.file}`;
      const source = await readFile(path, "utf8");
      assert.ok(source.includes(bug.from), `${bug.file} still has the place`);
      await writeFile(path, source.replaceAll(bug.from, bug.to));
      const found = await firstFailure(`${copy}/test/src/sim/main.ts`, bug);
      assert.notEqual(found, undefined, `none of ${SEEDS_MAX} seeds noticed`);
      context.diagnostic(`found: ${found}`);
    });
  }
});

/** The sources, with the installed packages linked in; each package's own links lead to the copies of its neighbours. */
async function copyOfSources(to: string): Promise<string> {
  const folders = (await readdir(`${ROOT}/packages`)).map((name) => `packages/${name}`);
  for (const name of [...folders, "proto", "test"]) {
    await cp(`${ROOT}/${name}`, `${to}/${name}`, { recursive: true, verbatimSymlinks: true });
  }
  await symlink(`${ROOT}/node_modules`, `${to}/node_modules`);
  await cp(`${ROOT}/package.json`, `${to}/package.json`);
  return to;
}

async function firstFailure(
  main: string,
  { faults, tracked = false, forked = false }: Planted,
): Promise<string | undefined> {
  // A copy that cannot run at all rejects: that finds nothing.
  const report = await simulateInProcess(main, [
    "--seed",
    "1",
    "--runs",
    String(SEEDS_MAX),
    "--until-failure",
    "--faults",
    faults,
    ...(tracked ? ["--capture", "tracker"] : []),
    ...(forked ? ["--forked"] : []),
  ]);
  const [failure] = report.failures;
  return failure === undefined ? undefined : `seed ${failure.seed}: ${failure.problems[0]}`;
}
