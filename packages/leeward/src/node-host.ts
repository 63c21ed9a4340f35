import type { CliHost, TextSink } from "@leeward/cli";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";

/** The process as the commands see it. */
export function processHost(signal: AbortSignal): CliHost {
  const world = processWorld();
  return {
    world,
    files: world.files,
    clock: world.clock,
    environment: process.env,
    workingFolder: process.cwd(),
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    signal,
  };
}

function processWorld(): World {
  return { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };
}

function sinkOf(stream: NodeJS.WriteStream): TextSink {
  return { isTerminal: stream.isTTY === true, write: (text) => void stream.write(text) };
}
