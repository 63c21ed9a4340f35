import { cp, rm } from "node:fs/promises";
import { GiB, KiB, type Random, randomId, seededRandom } from "@leeward/base";
import { Journal } from "@leeward/journal";
import { stageSegment } from "@leeward/journal/testing";
import type { LogRecord } from "@leeward/proto";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import type { BenchContext } from "../run/bench-context.ts";
import { dropCaches } from "../run/file-caches.ts";
import type { Row } from "../run/row.ts";
import { median } from "../run/statistics.ts";

const DISK_BYTES = 4 * GiB;
/** What is written again and again. */
const HOT_BYTES = GiB / 4;
const WRITE_BYTES = 16 * KiB;
const WRITES_PER_POINT = 32;
const POINT_MICROS = 2_000_000;
const HOUR_MICROS = 3_600_000_000;
const MERGED_AS = {
  windowMicros: 30 * 24 * HOUR_MICROS,
  bytesMax: 0,
  tiers: [{ afterMicros: 0, stepMicros: 300_000_000 }],
};

const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };

/** An hour of points two seconds apart is thinned to one each five minutes; beside a copy of the files that are merged. */
export async function mergeRows({ place, say, runs, isQuick }: BenchContext, suite: string): Promise<Row[]> {
  const points = isQuick ? 300 : 1_800;
  const rates: number[] = [];
  const copies: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const folder = `${place.folder}/merged-${run}`;
    const dataKey = { keyId: "1".repeat(32), bytes: new Uint8Array(32).fill(run) };
    await using journal = await makeHistory(folder, { dataKey, points, random: seededRandom(run) });
    const copyBytes = journal.status().segmentBytes;
    await dropCaches();
    const copying = performance.now();
    await cp(`${folder}/segments`, `${place.folder}/copied`, { recursive: true });
    copies.push(copyBytes / (performance.now() - copying) / 1_000);
    await rm(`${place.folder}/copied`, { recursive: true });
    await journal.retain({ ...MERGED_AS, advance: "when-worth-it" }, new AbortController().signal);
    await dropCaches();
    const begun = performance.now();
    const { bytesBefore, bytesAfter, merges } = await journal.merge(MERGED_AS, new AbortController().signal);
    rates.push(bytesBefore / (performance.now() - begun) / 1_000);
    say(`run ${run}: ${merges} merges, ${bytesBefore} bytes to ${bytesAfter}, ${rates.at(-1)?.toFixed(1)} MB/s`);
    await rm(folder, { recursive: true });
  }
  return [
    {
      suite,
      name: "merging of history, stored bytes taken in",
      measured: { value: median(rates), unit: "MB/s" },
      against: { name: "a copy of the files", value: median(copies), unit: "MB/s" },
      ratio: median(rates) / median(copies),
      note: `${points.toLocaleString("en-US")} points thinned to one each 5 min; decrypted, merged, encrypted, synced`,
    },
  ];
}

async function makeHistory(
  folder: string,
  { dataKey, points, random }: { dataKey: { keyId: string; bytes: Uint8Array }; points: number; random: Random },
): Promise<Journal> {
  const [machineId, diskId, branch] = [randomId(random), randomId(random), randomId(random)];
  const journal = await Journal.create(world, { folder, dataKey, machineId, diskId });
  const beginMicros = Date.now() * 1_000 - (points + 60) * POINT_MICROS;
  let sequence = 0;
  const next = (): number => {
    sequence += 1;
    return sequence;
  };
  for (let number = 1; number <= points; number += 1) {
    const timeMicros = beginMicros + number * POINT_MICROS;
    const from = sequence + 1;
    const records: LogRecord[] = [];
    if (number === 1) {
      const spanId = randomId(random);
      records.push({
        kind: "span-begin",
        sequence: next(),
        timeMicros,
        span: { spanId, reason: "initial", totalBytes: 0 },
      });
      records.push({ kind: "span-end", sequence: next(), timeMicros, spanId });
    }
    for (let count = 0; count < WRITES_PER_POINT; count += 1) {
      const offset = random.below(HOT_BYTES / WRITE_BYTES) * WRITE_BYTES;
      const data = random.bytes(WRITE_BYTES);
      records.push({ kind: "write", sequence: next(), timeMicros, offset, length: WRITE_BYTES, data });
    }
    const id = randomId(random);
    records.push({
      kind: "mark",
      sequence: next(),
      timeMicros,
      mark: { pointId: id, number, timeMicros, kind: "auto", consistency: "crash" },
    });
    const place = { machineId, diskId, branch, from, to: sequence, diskBytes: DISK_BYTES, dataKey };
    await journal.accept(await stageSegment(world, journal.stagingPath(`${from}`), { ...place, records }));
    const kinds = { kind: "auto", consistency: "crash" } as const;
    const members = [{ diskId, branch, sequence }];
    await journal.addPoint({
      id,
      machineId,
      number,
      timeMicros,
      validUntilMicros: timeMicros,
      ...kinds,
      epoch: 1,
      members,
      missingDiskIds: [],
    });
  }
  return journal;
}
