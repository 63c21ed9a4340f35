// Everything that can be said about the sources without any peer, in under a minute: format, lint, types, unused code, unit tests and
// the repository's own rules. Runs all of it also when something fails, and says what.
import { runCommand, tool } from "./command.ts";
import { STATE } from "./repository.ts";
import { runSuite } from "./suite-run.ts";
import { type Suite, suites } from "./suites.ts";

interface Check {
  readonly name: string;
  readonly run: () => Promise<{ readonly ok: boolean; readonly said: string; readonly seconds: number }>;
}

const checks: readonly Check[] = [
  { name: "lint", run: () => runCommand(tool("oxlint"), ["--type-aware", "--format", "unix"]) },
  { name: "format", run: () => runCommand(tool("biome"), ["check", "--reporter=summary", "."]) },
  {
    name: "types",
    run: () => runCommand(tool("tsc"), ["-p", ".", "--incremental", "--tsBuildInfoFile", `${STATE}/tsc.tsbuildinfo`]),
  },
  { name: "console", run: () => runCommand(tool("tsc"), ["-p", "packages/console", "--noEmit"]) },
  { name: "unused", run: () => runCommand(tool("knip"), ["--no-progress"]) },
  ...suites({ full: false })
    .filter(({ name }) => name === "unit" || name === "rules")
    .map((suite) => ({ name: suite.name, run: () => runQuietly(suite) })),
];

async function runQuietly(suite: Suite) {
  const told: string[] = [];
  const result = await runSuite(suite, (text) => told.push(text));
  return { ok: result.failed === 0, said: told.join("\n"), seconds: result.minutes * 60 };
}

/** Two at a time: each of them keeps about one core busy. */
async function main(): Promise<void> {
  const waiting = [...checks];
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { ok, said, seconds } = await check.run();
      console.log(`${ok ? "ok    " : "FAILED"} ${check.name.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s`);
      if (ok) continue;
      failed.push(check.name);
      console.log(said.replace(/^/gm, "    "));
    }
  };
  await Promise.all([worker(), worker()]);
  console.log(failed.length === 0 ? "all checks passed" : `failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
