// npm run bench -- [suite…] [--json FILE] [--runs N] [--quick] [--cpu-prof DIR]: figures as ratios against peers and limits of the same run.
// Goals are printed as met or not met; the exit code is 0 unless something failed to run. Nothing is left behind.
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { controlPlaneSuite } from "./control-plane/control-plane.ts";
import { failoverSuite } from "./failover/failover.ts";
import { iopsSuite } from "./iops/iops.ts";
import { openSuite } from "./open/open.ts";
import { cutSuite } from "./process-server/cut-suite.ts";
import { replicationSuite } from "./replication/replication.ts";
import { rescanSuite } from "./rescan/rescan.ts";
import { rpoSuite } from "./rpo/rpo.ts";
import type { Suite } from "./run/bench-context.ts";
import { BenchPlace } from "./run/bench-place.ts";
import { documentOf, tableOf } from "./run/report.ts";
import type { Row } from "./run/row.ts";
import { storeSuite } from "./store/store.ts";
import { trackerSuite } from "./tracker/tracker.ts";
import { wireSuite } from "./wire/wire-suite.ts";

const SUITES: Readonly<Record<string, Suite>> = {
  replication: replicationSuite,
  iops: iopsSuite,
  rpo: rpoSuite,
  open: openSuite,
  rescan: rescanSuite,
  tracker: trackerSuite,
  wire: wireSuite,
  "process-server": cutSuite,
  failover: failoverSuite,
  store: storeSuite,
  "control-plane": controlPlaneSuite,
};
const RUNS_MAX = 99;
const INTERRUPTED_CODE = 130;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    runs: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    "cpu-prof": { type: "string" },
  },
});
const names = positionals.length === 0 ? Object.keys(SUITES) : positionals;
const runs = Number(values.runs);
const unknown = names.find((name) => !Object.hasOwn(SUITES, name));
if (unknown !== undefined || !Number.isInteger(runs) || runs < 1 || runs > RUNS_MAX) {
  process.stderr.write(
    `usage: npm run bench -- [${Object.keys(SUITES).join("|")}]… [--json FILE] [--runs 1..${RUNS_MAX}]`,
  );
  process.stderr.write(" [--quick] [--cpu-prof DIR]\n");
  process.exit(2);
}
const profileFolder = values["cpu-prof"] === undefined ? undefined : resolve(values["cpu-prof"]);
if (profileFolder !== undefined) await mkdir(profileFolder, { recursive: true });

const begun = performance.now();
/** What else the machine did before: figures of a busy machine say less. */
const [loadBefore = 0] = loadavg();
let place: BenchPlace | undefined;
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void interrupt());
const rows: Row[] = [];
for (const name of names) if (!interruption.signal.aborted) rows.push(...(await runSuite(name)));
process.stdout.write(`\n${tableOf(rows)}\n`);
const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? null, memoryBytes: totalmem(), loadBefore };
const document = documentOf(rows, { machine, runs, isQuick: values.quick });
if (values.json !== undefined) await writeFile(resolve(values.json), `${JSON.stringify(document, null, 2)}\n`);

/** A suite that fails to run is said, and the others go on. */
async function runSuite(name: string): Promise<readonly Row[]> {
  const say = (text: string): void => sayOf(name, text);
  await using own = await BenchPlace.open();
  place = own;
  try {
    return (await SUITES[name]?.({ place: own, runs, isQuick: values.quick, profileFolder, say })) ?? [];
  } catch (error) {
    if (interruption.signal.aborted) return [];
    process.exitCode = 1;
    say(`failed: ${error instanceof Error ? error.stack : String(error)}`);
    return [{ suite: name, name: "failed to run", measured: undefined }];
  }
}

/** What the suite has started ends, and what it made goes, before the process does. */
async function interrupt(): Promise<void> {
  interruption.abort();
  await place?.[Symbol.asyncDispose]();
  process.exit(INTERRUPTED_CODE);
}

function sayOf(name: string, text: string): void {
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1).padStart(7);
  process.stderr.write(`[${seconds} s] ${name}: ${text}\n`);
}
