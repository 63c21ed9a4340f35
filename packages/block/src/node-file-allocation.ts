import { ceilTo, floorTo } from "@leeward/base";
import type { Allocation } from "./block-device.ts";
import { type Extent, endOf } from "./extent.ts";
import type { SystemCalls } from "./node-system-calls.ts";

/** An open file, and what is needed to ask where it has holes. */
export interface SeekableFile {
  readonly fd: number;
  readonly blockBytes: number;
  readonly calls: SystemCalls;
}

/**
 * Runs by SEEK_DATA and SEEK_HOLE. A block that has any data is data, and where the system cannot tell, all of it is: what is
 * called zero here may be left out of a copy.
 */
export function allocationOf(file: SeekableFile, extent: Extent): readonly Allocation[] {
  const { fd, blockBytes, calls } = file;
  const end = endOf(extent);
  const runs: Allocation[] = [];
  let at = extent.offset;
  while (at < end) {
    const found = calls.seekData(fd, at);
    if (found === undefined) return [{ kind: "data", ...extent }];
    const data = found === "none" ? end : Math.min(end, floorTo(found, blockBytes));
    if (data > at) runs.push({ kind: "zero", offset: at, length: data - at });
    if (data === end) break;
    const hole = calls.seekHole(fd, Math.max(at, data));
    if (hole === undefined) return [{ kind: "data", ...extent }];
    const until = hole === "none" ? end : Math.min(end, ceilTo(hole, blockBytes));
    runs.push({ kind: "data", offset: data, length: until - data });
    at = until;
  }
  return runs;
}
