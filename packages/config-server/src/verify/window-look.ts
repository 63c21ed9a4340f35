import { Fault, isFault } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import { DIGEST_WINDOW_BYTES } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { VERIFY_LOOKS_MAX, VERIFY_REQUEST_MS_MAX, VERIFY_RETRY_MS } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";

/** Whom a disk's comparison asks. */
export interface Compared {
  readonly disk: DiskRow;
  readonly agent: MemberRow;
  readonly target: MemberRow;
}

/** One look at a window: the newest point's digests, compared by the agent. */
export interface Look {
  /** Of the disk at the point. */
  readonly diskBytes: number;
  /** What the disk has of the window; no length behind its end. */
  readonly length: number;
  readonly branch: string;
  readonly comparedBytes: number;
  readonly skipped: ExtentSet;
  readonly differing: ExtentSet;
}

export interface LookMeans {
  readonly requests: MemberRequests;
  readonly clock: Clock;
}

/** Nothing could be compared, as the agent says: a newer point may do. */
const NEWER_POINT = ["comparison-impossible", "log-trimmed"] as const;

/**
 * Looks at the window that begins at `offset`. Where no point can be compared, because more is written meanwhile than the log keeps, all of
 * it counts as skipped. @throws Fault what target and agent say, and as MemberRequests.ask
 */
export async function lookAt(
  of: Compared,
  offset: number,
  { requests, clock, signal }: LookMeans & { readonly signal: AbortSignal },
): Promise<Look> {
  const { disk, agent, target } = of;
  const wait = { signal, timeoutMs: VERIFY_REQUEST_MS_MAX };
  for (let looks = 1; ; looks += 1) {
    const place = { offset, length: DIGEST_WINDOW_BYTES, present: false, replicaId: "" };
    const window = { machineId: disk.machineId, diskId: disk.id, ...place };
    const held = await requests.ask(target, { kind: "replicaDigests", value: window }, wait);
    const { diskBytes, length, branch, sequence, digests } = held;
    const look = { diskBytes, length, branch };
    if (length === 0) return { ...look, comparedBytes: 0, skipped: new ExtentSet(), differing: new ExtentSet() };
    try {
      const value = { diskId: disk.id, branch, sequence, offset, length, digests };
      const answer = await requests.ask(agent, { kind: "compareDigests", value }, wait);
      const [skipped, differing] = [ExtentSet.of(answer.skipped), ExtentSet.of(answer.differing)];
      if (!agrees({ offset, length }, answer.comparedBytes, { skipped, differing })) throw answerInvalid(agent);
      return { ...look, comparedBytes: answer.comparedBytes, skipped, differing };
    } catch (error) {
      if (!isFault(error, ...NEWER_POINT)) throw error;
      const skipped = ExtentSet.of([{ offset, length }]);
      if (looks >= VERIFY_LOOKS_MAX) return { ...look, comparedBytes: 0, skipped, differing: new ExtentSet() };
    }
    await clock.sleep(VERIFY_RETRY_MS, signal);
  }
}

/** Whether the answer speaks of every byte of the window once: one that leaves something out must not count as equal. */
function agrees(
  window: Extent,
  comparedBytes: number,
  { skipped, differing }: { readonly skipped: ExtentSet; readonly differing: ExtentSet },
): boolean {
  const inside = (set: ExtentSet): boolean =>
    [...set.within(window)].reduce((sum, { length }) => sum + length, 0) === set.totalBytes;
  return (
    inside(skipped) &&
    inside(differing) &&
    comparedBytes + skipped.totalBytes === window.length &&
    differing.totalBytes <= comparedBytes &&
    [...differing].every((extent) => !skipped.intersects(extent))
  );
}

function answerInvalid(agent: MemberRow): Fault {
  return new Fault({
    code: "comparison-invalid",
    kind: "protocol",
    message: `${agent.name} answered a comparison with other extents than it was asked for.`,
    remedy: "Bring both sides to the same release.",
    detail: { machine: agent.name },
  });
}
