// npm run sim -- [--seed N] [--runs N] [--echo]: simulated runs of the data path on virtual time; each seed is one run, always the same.
import { parseArgs } from "node:util";
import { simulate } from "./sim-run.ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, runs: { type: "string", default: "1" }, echo: { type: "boolean", default: false } },
});
const first = Number(values.seed);
const totals = new Map<string, number>();
let failed = 0;
for (let seed = first; seed < first + Number(values.runs); seed += 1) {
  const begun = performance.now();
  const outcome = await simulate(seed, { echo: values.echo });
  for (const [kind, count] of outcome.counts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  const verdict = outcome.problems.length === 0 ? "ok" : "FAILED";
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`seed ${seed}: ${verdict}, ${outcome.pointsChecked} points, ${outcome.operations} operations, ${outcome.digest.slice(0, 16)}, ${seconds} s`);
  for (const problem of outcome.problems) console.log(`  ${problem}`);
  if (outcome.problems.length > 0) failed += 1;
}
for (const [kind, count] of [...totals].sort()) console.log(`${kind.padEnd(32)} ${count}`);
process.exitCode = failed === 0 ? 0 : 1;
