import { ceilTo, floorTo } from "@leeward/base";
import { type Allocation, type Extent, ExtentSet, endOf } from "@leeward/block";
import type { StatusRun } from "./client-request.ts";
import { STATE } from "./protocol.ts";

/**
 * Asks `status` for the runs of the extent, bit by bit: a server may tell less than it was asked, and more than that too. Only
 * whole blocks that it calls zero are believed to be; all else is data.
 */
export async function allocationBy(
  status: (from: number) => Promise<readonly StatusRun[]>,
  extent: Extent,
  blockBytes: number,
): Promise<readonly Allocation[]> {
  const zeroes = new ExtentSet();
  let at = extent.offset;
  while (at < endOf(extent)) {
    for (const run of await status(at)) {
      const start = ceilTo(at, blockBytes);
      at += run.length;
      const end = floorTo(at, blockBytes);
      if ((run.flags & STATE.zero) !== 0 && end > start) zeroes.add({ offset: start, length: end - start });
    }
    // A block of which only a part was told counts as data.
    at = ceilTo(at, blockBytes);
  }
  return runsOf(zeroes, extent);
}

function runsOf(zeroes: ExtentSet, extent: Extent): Allocation[] {
  const runs: Allocation[] = [];
  let at = extent.offset;
  for (const zero of zeroes.within(extent)) {
    if (zero.offset > at) runs.push({ kind: "data", offset: at, length: zero.offset - at });
    runs.push({ kind: "zero", ...zero });
    at = endOf(zero);
  }
  if (at < endOf(extent)) runs.push({ kind: "data", offset: at, length: endOf(extent) - at });
  return runs;
}
