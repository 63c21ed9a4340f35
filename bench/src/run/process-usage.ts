import { readFile } from "node:fs/promises";

/** What a process has used so far, with all its threads, also those that have ended. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** The memory that it holds resident now, bytes. */
  readonly residentBytes: number;
  /** The most memory that it ever held resident, bytes. */
  readonly residentBytesMax: number;
  /** What it made the kernel write to storage, bytes. */
  readonly writtenBytes: number;
}

/** /proc counts CPU time in these; fixed on Linux as programs see it. */
const TICKS_PER_SECOND = 100;
/** Places of utime and stime in /proc/PID/stat after the program's name. */
const [USER_FIELD, SYSTEM_FIELD] = [11, 12];

export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status, io] = await Promise.all(
    ["stat", "status", "io"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")),
  );
  const fields = (stat ?? "").slice((stat ?? "").lastIndexOf(")") + 2).split(" ");
  return {
    cpuSeconds: (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND,
    residentBytes: numberAfter(status, "VmRSS:") * 1024,
    residentBytesMax: numberAfter(status, "VmHWM:") * 1024,
    writtenBytes: numberAfter(io, "\nwrite_bytes:"),
  };
}

function numberAfter(text: string | undefined, name: string): number {
  const at = text?.indexOf(name) ?? -1;
  if (text === undefined || at < 0) throw new Error(`/proc says nothing of ${name.trim()}`);
  return Number.parseInt(text.slice(at + name.length), 10);
}
