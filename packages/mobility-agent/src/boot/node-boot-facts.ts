import { promises as fs } from "node:fs";
import { BootTrace, bootTraceState, deviceIdentity } from "@leeward/tracker";
import type { Clock, Files } from "@leeward/world";
import { BOOT_TRACE_MS_MAX } from "../limits.ts";
import type { BootFacts } from "./boot-gap.ts";
import { hasClosingNote } from "./boot-notes.ts";

const LOOK_EVERY_MS = 2_000;
const MS_PER_SECOND = 1_000;

/** As the running kernel tells it. */
export const nodeBootFacts: BootFacts = {
  async changesOf(path) {
    const trace = await BootTrace.find();
    return trace?.changesOf(path) ?? { kind: "unproved", reason: "the kernel was not told to trace from its start on" };
  },
  identityOf: (path) => deviceIdentity(path),
  async upMs() {
    return Number.parseFloat(await fs.readFile("/proc/uptime", "utf8")) * MS_PER_SECOND;
  },
};

/** Frees the trace of the machine's start once no disk of the home is to look at it any more, or will in time. */
export async function keepBootTrace(
  { files, clock, home }: { readonly files: Files; readonly clock: Clock; readonly home: string },
  signal: AbortSignal,
): Promise<void> {
  if ((await bootTraceState().catch(() => "absent")) !== "recording") return;
  const until = clock.monotonicMicros() + BOOT_TRACE_MS_MAX * 1_000;
  while (clock.monotonicMicros() < until && (await isWanted(files, home))) await clock.sleep(LOOK_EVERY_MS, signal);
  (await BootTrace.find())?.free();
}

async function isWanted(files: Files, home: string): Promise<boolean> {
  for (const name of await files.list(`${home}/disks`)) {
    if (await hasClosingNote(files, `${home}/disks/${name}`)) return true;
  }
  return false;
}
