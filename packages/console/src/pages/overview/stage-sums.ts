import type { DiskStages, StageName } from "@leeward/api";

const STAGES: readonly StageName[] = ["read", "log", "network", "cache", "compress", "forward", "apply"];

export interface StageSum {
  readonly stage: StageName;
  /** Of the disk for which it is the busiest. */
  readonly busyFraction: number | null;
  /** Of all disks together. */
  readonly bytesPerSecond: number | null;
  readonly waitingBytes: number | null;
  readonly bottleneckOf: readonly { readonly disk: string; readonly machine: string }[];
}

/** Each stage over all disks, in the order in which a write passes them; null where no disk says. */
export function stageSums(disks: readonly DiskStages[]): readonly StageSum[] {
  return STAGES.map((stage) => {
    const parts = disks.flatMap(({ stages }) => stages.filter((each) => each.stage === stage));
    const busy = parts.flatMap(({ busyFraction }) => busyFraction ?? []);
    return {
      stage,
      busyFraction: busy.length === 0 ? null : Math.max(...busy),
      bytesPerSecond: sum(parts.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? [])),
      waitingBytes: sum(parts.flatMap(({ waitingBytes }) => waitingBytes ?? [])),
      bottleneckOf: disks.filter(({ bottleneck }) => bottleneck === stage),
    };
  });
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((one, other) => one + other, 0);
}
