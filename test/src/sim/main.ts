// npm run sim -- [--seed N] [--runs N] [--twice] [--until-failure] [--faults A,B] [--capture tracker] [--forked] [--json] [--echo]: simulated runs of the data path on virtual time; each
// seed is one run, always the same. --faults takes only these kinds; --forked has two targets; --twice runs each seed twice and wants one trace; --until-failure stops at the first failure.
import { parseArgs } from "node:util";
import { FORKED_FAULT_KINDS, TRACKER_FAULT_KINDS } from "./fault-plan.ts";
import { type SimOutcome, simulate } from "./sim-run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "1" },
    twice: { type: "boolean", default: false },
    "until-failure": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    faults: { type: "string", default: "" },
    capture: { type: "string", default: "splitter" },
    forked: { type: "boolean", default: false },
    echo: { type: "boolean", default: false },
  },
});

const first = Number(values.seed);
const named = values.faults.split(",");
const capture = values.capture === "tracker" ? "tracker" : "splitter";
const known = new Set([...TRACKER_FAULT_KINDS, ...FORKED_FAULT_KINDS]);
const kinds = [...known].filter((kind) => named.includes(kind));
const options = { capture, isForked: values.forked, ...(kinds.length === 0 ? {} : { faults: kinds }) } as const;
const totals = new Map<string, number>();
const failures: { readonly seed: number; readonly problems: readonly string[] }[] = [];
let points = 0;
for (let seed = first; seed < first + Number(values.runs); seed += 1) {
  const begun = performance.now();
  const outcome = await simulate(seed, { ...options, echo: values.echo });
  const problems = [...outcome.problems, ...(values.twice ? await differences(outcome) : [])];
  for (const [kind, count] of outcome.counts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  points += outcome.pointsChecked;
  if (problems.length > 0) failures.push({ seed, problems });
  if (!values.json) tell(outcome, problems, (performance.now() - begun) / 1_000);
  if (problems.length > 0 && values["until-failure"]) break;
}
if (values.json) process.stdout.write(`${JSON.stringify({ points, counts: Object.fromEntries(totals), failures })}\n`);
else for (const [kind, count] of [...totals].sort()) process.stdout.write(`${kind.padEnd(32)} ${count}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function differences(outcome: SimOutcome): Promise<string[]> {
  const again = await simulate(outcome.seed, { ...options, echo: false });
  return again.digest === outcome.digest ? [] : [`the second run of the seed went another way: ${again.digest}`];
}

function tell(outcome: SimOutcome, problems: readonly string[], seconds: number): void {
  const verdict = problems.length === 0 ? "ok" : "FAILED";
  const numbers = `${outcome.pointsChecked} points, ${outcome.pointsThinned} thinned by ${outcome.merges} merges, ${outcome.operations} operations`;
  process.stdout.write(
    `seed ${outcome.seed}: ${verdict}, ${numbers}, ${outcome.digest.slice(0, 16)}, ${seconds.toFixed(1)} s\n`,
  );
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
}
