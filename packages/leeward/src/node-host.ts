import { createInterface } from "node:readline/promises";
import { Fault } from "@leeward/base";
import type { CliHost, TextSink } from "@leeward/cli";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";

/** The process as the commands see it. */
export function processHost(): CliHost {
  const world = processWorld();
  let signal: AbortSignal | undefined;
  return {
    world,
    files: world.files,
    clock: world.clock,
    environment: process.env,
    workingFolder: process.cwd(),
    processId: process.pid,
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : undefined,
    get signal() {
      return (signal ??= stopSignal());
    },
  };
}

async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** A second signal ends the process at once, as it would any other. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(interrupted(name)));
  return stop.signal;
}

function interrupted(signal: string): Fault {
  return new Fault({
    code: "command-interrupted",
    kind: "transient",
    message: `The command was ended by ${signal} before it was done.`,
    remedy: "Run it again. What the server had begun goes on there; `leeward job list` shows it.",
    detail: { signal },
  });
}

function processWorld(): World {
  return { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };
}

function sinkOf(stream: NodeJS.WriteStream): TextSink {
  // Node's types promise a flag where a pipe has none.
  const { isTTY }: { isTTY?: boolean } = stream;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read has enough, as `head` has.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return { isTerminal: isTTY ?? false, write: (text) => void stream.write(text) };
}
