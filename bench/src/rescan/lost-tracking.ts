import { forgetTracking } from "@leeward/tracker";
import { eventually } from "../../../test/src/harness/eventually.ts";
import { readMetric } from "../../../test/src/harness/metrics.ts";
import { type BenchChain, theDisk } from "../run/bench-chain.ts";
import { usageOf } from "../run/process-usage.ts";

const RESCAN_LIMIT_MS = 900_000;
const SENT = "leeward_payload_sent_bytes_total";

export interface Rescan {
  /** From the start of the agent's process until a point of what the disk holds now could be recovered. */
  readonly seconds: number;
  /** Payload that the agent's process sent by then. */
  readonly sentBytes: number;
  /** Of the agent, by then. */
  readonly cpuSeconds: number;
}

/**
 * Kills the agent, takes from the kernel what it kept, has the disk changed, and starts the agent again. All that was logged before must be at the
 * target already, so that what is sent is the rescan's alone.
 */
export async function rescanAfter(bench: BenchChain, change: () => Promise<void>): Promise<Rescan> {
  const { chain } = bench;
  const { id, sequence: before } = await theDisk(bench);
  await chain.killAgent();
  // Where the kernel kept nothing, the kill was enough.
  await forgetTracking(id);
  await change();
  const begun = performance.now();
  const starting = chain.startAgent();
  const watching = untilRescanned(bench, before.written ?? 0).then(() => (performance.now() - begun) / 1_000);
  const [, seconds] = await Promise.all([starting, watching]);
  const { value: sentBytes } = await readMetric(chain.agentHome, SENT);
  const { cpuSeconds } = await usageOf(chain.agent?.pid ?? 0);
  return { seconds, sentBytes, cpuSeconds };
}

/** Until the config server has learnt that the agent is back, it shows the disk as it was: so the rescan has to be seen. */
async function untilRescanned(bench: BenchChain, writtenBefore: number): Promise<void> {
  let wasSeen = false;
  await eventually(
    "the disk was read again",
    async () => {
      const { state, sequence } = await theDisk(bench);
      if (state === "resync") wasSeen = true;
      const isLater = (sequence.written ?? 0) > writtenBefore;
      return wasSeen && isLater && state === "protected" ? true : undefined;
    },
    RESCAN_LIMIT_MS,
  );
}
