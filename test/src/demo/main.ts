// npm run demo -- [--keep] [--json FILE]: the main job, whole, on this machine: protect, replicate, survive kills, lose the source, get two
// moments back, and compare them with what the application knows. As root it protects a mounted disk as it is beside that. Nothing is left
// behind unless --keep is given: also when it fails, or is ended by a signal that can be answered.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Chain } from "../harness/chain.ts";
import { LiveSource, type NotShown } from "./demo-live.ts";
import { type DemoFigures, reportOf } from "./demo-report.ts";
import { demonstrate } from "./demonstration.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false }, json: { type: "string" } } });
const begun = performance.now();
const interrupted = new AbortController();
let endedBy: (typeof SIGNALS)[number] | undefined;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    endedBy ??= signal;
    interrupted.abort(new Error(`ended by ${endedBy}`));
  });
}

try {
  await run();
} catch (error) {
  // What fails because everything is being ended says nothing.
  if (endedBy === undefined) throw error;
  say(`ended by ${endedBy}`);
  process.exitCode = 128 + constants.signals[endedBy];
}

async function run(): Promise<void> {
  await using owned = new AsyncDisposableStack();
  // Not in the chain's folder: `--keep` keeps no source, which is lost.
  const folder = await mkdtemp(join(tmpdir(), "leeward-demo-"));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const live = await LiveSource.make(`${folder}/live`);
  if (live instanceof LiveSource) owned.use(live);
  else say(`no live disk is shown: ${live.notShown}`);
  interrupted.signal.throwIfAborted();
  const protectable = live instanceof LiveSource ? [live.device] : [];
  const chain = await Chain.start({ machine: "web", protectable, say });
  owned.defer(() => leave(chain, live));
  // Whatever is asked of the chain from here on fails soon, and what waits for it ends.
  interrupted.signal.addEventListener("abort", () => void chain.stop({ keep: true }));
  interrupted.signal.throwIfAborted();
  const figures = await demonstrate({ chain, live, signal: interrupted.signal, say });
  const whole: DemoFigures = { ...figures, totalSeconds: secondsSoFar() };
  process.stdout.write(`\n${reportOf(whole)}\n`);
  if (values.json !== undefined) await writeFile(resolve(values.json), `${JSON.stringify(whole, null, 2)}\n`);
}

async function leave(chain: Chain, live: LiveSource | NotShown): Promise<void> {
  say(values.keep ? `stopping; everything stays in ${chain.folder}` : "stopping, leaving nothing behind");
  await chain.stop({ keep: true });
  try {
    if (live instanceof LiveSource) await live.lose(chain);
  } finally {
    await chain.stop({ keep: values.keep });
  }
}

function secondsSoFar(): number {
  return (performance.now() - begun) / 1_000;
}

function say(text: string): void {
  process.stderr.write(`[${secondsSoFar().toFixed(1).padStart(6)} s] ${text}\n`);
}
