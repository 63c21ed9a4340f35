import { cpus, freemem, totalmem } from "node:os";

/** How busy the machine is, and how much memory this process holds. */
export interface HostHealthFacts {
  /** 0 … 1 of all cores since the last reading. */
  readonly cpuFraction: number;
  /** 0 … 1 of the memory that cannot be given to anybody else. */
  readonly memoryFraction: number;
  readonly residentBytes: number;
  /** Of this process, on all cores, since it started, microseconds. */
  readonly cpuMicros: number;
}

/** A reader of the machine's health; the first reading covers the time since boot. */
export function hostHealth(): () => HostHealthFacts {
  let before = { busy: 0, total: 0 };
  return () => {
    const now = cpuTimes();
    const total = now.total - before.total;
    const cpuFraction = total > 0 ? (now.busy - before.busy) / total : 0;
    before = now;
    const { user, system } = process.cpuUsage();
    return {
      cpuFraction: Math.min(1, Math.max(0, cpuFraction)),
      memoryFraction: 1 - freemem() / totalmem(),
      residentBytes: process.memoryUsage.rss(),
      cpuMicros: user + system,
    };
  };
}

function cpuTimes(): { busy: number; total: number } {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle };
}
