// Every test of the repository, suite by suite, each with a line of its minutes; at the end one line with the numbers.
//
//   npm test                     what belongs to every change
//   npm test -- unit sim         only these suites
//   npm run test:full            also what takes long: LEEWARD_FULL=1, and *.full.test.ts
//   LEEWARD_REQUIRE_PEERS=1      a skipped test is a failure: on a machine where every peer is installed nothing has a reason to skip
//   LEEWARD_TEST_OUTPUT=1        shows what test files print
import { runSuite, type SuiteResult } from "./suite-run.ts";
import { suites } from "./suites.ts";

const tell = (text: string): void => console.log(text);

async function main(args: readonly string[]): Promise<number> {
  const full = args.includes("--full");
  if (full) process.env.LEEWARD_FULL = "1";
  const wanted = args.filter((arg) => arg !== "--full");
  const known = suites({ full });
  const unknown = wanted.filter((name) => !known.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`no such suite: ${unknown.join(", ")}; known: ${known.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const stop = new AbortController();
  // Each time, not once: a terminal and `timeout` may both send it, and the line at the end is still to be written.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const results: SuiteResult[] = [];
  for (const suite of known.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    if (stop.signal.aborted) break;
    const printed = process.env.LEEWARD_TEST_OUTPUT !== undefined;
    const result = await runSuite(suite, tell, { signal: stop.signal, printed });
    results.push(result);
    tell(lineOf(result));
  }
  return conclude(results, stop.signal.aborted);
}

const SLOW_SECONDS = 15;

function lineOf({ name, passed, failed, skipped, minutes, slowest }: SuiteResult): string {
  const numbers = `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
  const slow = slowest.seconds > SLOW_SECONDS ? `   slowest: ${slowest.file}, ${slowest.seconds.toFixed(0)} s` : "";
  return `${name.padEnd(12)} ${numbers}   ${minutes.toFixed(1)} min${slow}`;
}

function conclude(results: readonly SuiteResult[], interrupted: boolean): number {
  const skipped = results.flatMap((result) => result.skipped);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const mustNotSkip = process.env.LEEWARD_REQUIRE_PEERS === "1" && skipped.length > 0;
  for (const name of skipped) tell(`${mustNotSkip ? "skipped, and may not be" : "skipped"}: ${name}`);
  if (interrupted) tell("interrupted: not every test ran");
  tell(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 || mustNotSkip || interrupted || passed === 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
