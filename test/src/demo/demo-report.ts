import { formatBytes } from "@leeward/base";

/** The demo's figures, as `--json FILE` writes them. Sizes in bytes, times in seconds. */
export interface DemoFigures {
  readonly imageMadeBy: string;
  readonly protectedBytes: number;
  readonly initialReplicationSeconds: number;
  readonly initialReplicationBytesPerSecond: number;
  readonly writesAcknowledged: number;
  readonly writesRetried: number;
  readonly rpoSecondsMax: number;
  readonly journalBytes: number;
  readonly points: number;
  readonly agentBackSeconds: number;
  readonly processServerBackSeconds: number;
  readonly pointOpenSeconds: number;
  readonly restoreSeconds: number;
  readonly restoreBytesPerSecond: number;
  readonly blocksCompared: number;
  readonly blocksWritten: number;
  readonly fileSystem: string;
  readonly totalSeconds: number;
}

/** The table at the end. */
export function reportOf(figures: DemoFigures): string {
  const perSecond = (bytes: number): string => `${formatBytes(Math.round(bytes))}/s`;
  const rows: [string, string][] = [
    ["protected", `${formatBytes(figures.protectedBytes)} (ext4, made by ${figures.imageMadeBy})`],
    [
      "initial replication",
      `${seconds(figures.initialReplicationSeconds)}, ${perSecond(figures.initialReplicationBytesPerSecond)} of disk, whole chain`,
    ],
    ["writes acknowledged", `${figures.writesAcknowledged} (${figures.writesRetried} done again after a kill)`],
    ["RPO", `at most ${seconds(figures.rpoSecondsMax)} while everything ran`],
    ["journal", `${formatBytes(figures.journalBytes)}, compressed and encrypted; ${figures.points} points`],
    ["agent killed", `served again after ${seconds(figures.agentBackSeconds)}`],
    ["process server killed", `up again after ${seconds(figures.processServerBackSeconds)}`],
    ["open a point as a disk", seconds(figures.pointOpenSeconds)],
    ["restore to a file", `${seconds(figures.restoreSeconds)}, ${perSecond(figures.restoreBytesPerSecond)}`],
    [
      "verified",
      `two points, ${figures.blocksCompared} blocks each byte for byte; ${figures.blocksWritten} blocks of the newer written by the application`,
    ],
    ["file system", figures.fileSystem],
    ["whole demo", seconds(figures.totalSeconds)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

function seconds(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(1)} s`;
}
