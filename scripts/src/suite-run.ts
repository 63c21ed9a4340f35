import { type EventData, run } from "node:test";
import { inspect } from "node:util";
import { ROOT, STATE } from "./repository.ts";
import type { Suite } from "./suites.ts";

export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** The names of those that were skipped, with the reason. */
  readonly skipped: readonly string[];
  readonly minutes: number;
  /** The file that took longest. */
  readonly slowest: { readonly file: string; readonly seconds: number };
}

export interface SuiteRunOptions {
  readonly signal?: AbortSignal;
  /** Whether to tell what the test files print; by default not, since a test that passes has nothing to say. */
  readonly printed?: boolean;
}

// Each file is a process of its own: it need not compile what another one has.
process.env["NODE_COMPILE_CACHE"] ??= `${STATE}/compile-cache`;

type Tell = (text: string) => void;

/** Runs a suite, each file in its own process. What fails is told at once with its error; what passes is only counted. */
export async function runSuite(suite: Suite, tell: Tell, options: SuiteRunOptions = {}): Promise<SuiteResult> {
  const begun = performance.now();
  const tally: Tally = { passed: 0, failed: 0, skipped: [], slowest: { file: "", seconds: 0 }, tell };
  const waiting = [...suite.files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (options.signal?.aborted === true) return;
      const fileBegun = performance.now();
      await runFile(file, suite, { tally, options });
      const seconds = (performance.now() - fileBegun) / 1_000;
      if (seconds > tally.slowest.seconds) tally.slowest = { file, seconds };
    }
  };
  await Promise.all(Array.from({ length: suite.concurrency }, worker));
  const { passed, failed, skipped, slowest } = tally;
  return { name: suite.name, passed, failed, skipped, slowest, minutes: (performance.now() - begun) / 60_000 };
}

interface Tally {
  passed: number;
  failed: number;
  readonly skipped: string[];
  slowest: SuiteResult["slowest"];
  readonly tell: Tell;
}

/** The runner's own time limit ends a test, but not a process that does not end after it: each file has a deadline, too. */
async function runFile(
  file: string,
  { minutesMax }: Suite,
  { tally, options }: { readonly tally: Tally; readonly options: SuiteRunOptions },
): Promise<void> {
  const deadline = AbortSignal.timeout(minutesMax * 60_000);
  const signal = AbortSignal.any([deadline, ...(options.signal === undefined ? [] : [options.signal])]);
  const stream = run({ files: [`${ROOT}/${file}`], cwd: ROOT, timeout: minutesMax * 0.9 * 60_000, signal });
  const failedBefore = tally.failed;
  let told = false;
  const running = new Set<string>();
  stream.on("test:dequeue", ({ name }) => running.add(name));
  stream.on("test:complete", ({ name }) => running.delete(name));
  stream.on("test:pass", (data) => notePass(tally, data));
  stream.on("test:fail", (data) => noteFailure(tally, data));
  stream.on("test:summary", (data) => {
    // The runner itself has the last word.
    if (data.file === undefined) told = data.success;
  });
  if (options.printed === true) {
    const print = (data: EventData.TestStdout): void => tally.tell(data.message.trimEnd());
    stream.on("test:stdout", print).on("test:stderr", print);
  }
  await drained(stream);
  if (options.signal?.aborted === true) return;
  if (deadline.aborted) tally.tell(`✖ ${file}: it did not end within ${minutesMax} minutes${hanging(running, file)}`);
  if (told || tally.failed > failedBefore) return;
  tally.failed += 1;
  if (!deadline.aborted) tally.tell(`✖ ${file}: the run failed although no test did`);
}

/** The tests that had begun and not ended; the runner counts the file itself as one. */
function hanging(running: ReadonlySet<string>, file: string): string {
  const names = [...running].filter((name) => !name.endsWith(file));
  return names.length === 0 ? "" : `; still running: ${names.join(", ")}`;
}

function notePass(tally: Tally, data: EventData.TestPass): void {
  const skip = data.skip ?? false;
  // Of a group that is skipped nothing else is heard: its tests are not even looked at.
  if (data.details.type === "suite" && skip === false) return;
  if (skip === false) tally.passed += 1;
  else tally.skipped.push(typeof skip === "string" ? `${nameOf(data)} (${skip})` : nameOf(data));
}

function noteFailure(tally: Tally, data: EventData.TestFail): void {
  if (data.details.type === "suite") return;
  tally.failed += 1;
  tally.tell(`✖ ${nameOf(data)}\n${indented(errorOf(data.details.error))}`);
}

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

function nameOf(data: EventData.TestPass | EventData.TestFail): string {
  const file = data.file?.replace(`${ROOT}/`, "");
  return file === undefined || data.name.endsWith(file) ? data.name : `${file}: ${data.name}`;
}

/** The runner wraps what a test threw. */
function errorOf(error: Error): string {
  const cause: unknown = error.cause ?? error;
  return typeof cause === "string" ? cause : inspect(cause, { depth: 6 });
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}
