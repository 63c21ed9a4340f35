// What a disk's users pay for its tracking: random 4 KiB writes by fio on a loop device, without a tracker and with each that this kernel has, in
// turns; and what memory each takes for its size.

import { withoutLoopDevices } from "../load/loop-devices.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { missingTool } from "../run/tool-run.ts";
import { memoryRows } from "./memory.ts";
import { speedRows } from "./speed.ts";
import { SUITE } from "./tracked.ts";

export async function trackerSuite(context: BenchContext): Promise<readonly Row[]> {
  const missing = withoutLoopDevices() ?? missingTool("fio", "dd");
  if (missing !== undefined) return [skippedRow(SUITE, "writes to a tracked disk", missing)];
  return [...(await speedRows(context)), ...(await memoryRows(context))];
}
