import type { ApiClient, Opened } from "@leeward/api";
import { isFault, seededRandom } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { eventually } from "../../../test/src/harness/eventually.ts";
import type { SplitChain } from "../../../test/src/harness/split-chain.ts";
import { dropCaches } from "../run/file-caches.ts";
import { usageOf } from "../run/process-usage.ts";
import { type DayHistory, DISK_BYTES, EXTENT_BYTES } from "./day-history.ts";

const RANDOM_READS = 1_000;
const READ_BYTES = 4096;
const LIMIT_MS = 120_000;
const SEED = 20_261_121;

export interface ColdOpen {
  /** From the start of the process until the point's first bytes were read. */
  readonly seconds: number;
  /** Of them: until the process said that it is ready, and from asking for the point on. */
  readonly readySeconds: number;
  readonly openSeconds: number;
  readonly residentBytes: number;
  /** After reads all over the disk. */
  readonly residentBytesAfterReads: number;
  readonly readsPerSecond: number;
}

/** Starts the master target anew and opens the history's point, by the API as ever. The master target does not run. */
export async function openCold(chain: SplitChain, history: DayHistory, disk: string): Promise<ColdOpen> {
  await dropCaches();
  const client = await chain.client();
  const begun = performance.now();
  await chain.restart("master-target");
  const readySeconds = secondsSince(begun);
  const { opened, seconds: openSeconds, device } = await openAndRead(client, { chain, history, disk });
  const seconds = secondsSince(begun);
  const pid = chain.daemon("master-target")?.pid ?? 0;
  const { residentBytesMax: residentBytes } = await usageOf(pid);
  const readsPerSecond = await readAround(device);
  await device[Symbol.asyncDispose]();
  const { residentBytesMax: residentBytesAfterReads } = await usageOf(pid);
  await client.call("closePoint", { params: { id: opened.id } });
  client.close();
  return { seconds, readySeconds, openSeconds, residentBytes, residentBytesAfterReads, readsPerSecond };
}

async function openAndRead(
  client: ApiClient,
  { chain, history, disk }: { chain: SplitChain; history: DayHistory; disk: string },
): Promise<{ opened: Opened; seconds: number; device: NbdClient }> {
  const params = { machine: chain.machine, disk };
  // It is asked as soon as its session to the config server is there again, and may still be opening the journal then.
  const { opened, asked } = await eventually(
    "the point is opened",
    async () => {
      const now = performance.now();
      try {
        return { opened: await client.call("openPoint", { params, body: { at: history.pointId } }), asked: now };
      } catch (error) {
        if (isFault(error) && (error.kind === "transient" || error.code === "disk-unknown")) return undefined;
        throw error;
      }
    },
    LIMIT_MS,
  );
  const { address, exportName } = parseNbdUri(opened.nbdUri);
  const device = await connectNbd(address, { exportName, clock: nodeClock }, AbortSignal.timeout(LIMIT_MS));
  const found = new Uint8Array(EXTENT_BYTES);
  await device.read(history.offset, found);
  const seconds = secondsSince(asked);
  if (Buffer.compare(found, history.content) !== 0) throw new Error("the point reads something else than was written");
  return { opened, seconds, device };
}

async function readAround(device: NbdClient): Promise<number> {
  const random = seededRandom(SEED);
  const bytes = new Uint8Array(READ_BYTES);
  const begun = performance.now();
  for (let count = 0; count < RANDOM_READS; count += 1) {
    await device.read(random.below(DISK_BYTES / READ_BYTES) * READ_BYTES, bytes);
  }
  return RANDOM_READS / secondsSince(begun);
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}
