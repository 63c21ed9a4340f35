import { formatBytes } from "@leeward/base";
import type { LiveFigures, NotShown } from "./demo-live.ts";

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
  /** The disk that is protected as it is; or why it could not be shown here. */
  readonly live: LiveFigures | NotShown;
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
    ...liveRows(figures.live),
    ["whole demo", seconds(figures.totalSeconds)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

function liveRows(live: LiveFigures | NotShown): [string, string][] {
  if ("notShown" in live) return [["live disk", `not shown: ${live.notShown}`]];
  return [
    [
      "live disk",
      `${formatBytes(live.protectedBytes)} (mounted ext4 under SQLite); its point took ${seconds(live.pointSeconds)}`,
    ],
    [
      "rows in its copy",
      `${live.rowsFound}: all ${live.rowsCommittedBefore} committed before the point was asked for, ${live.rowsFoundOfAfter} begun after it was made`,
    ],
    ["rows lost with it", `${live.rowsCommittedAfter}, committed after the point`],
    ["its file system", `${live.fileSystem}; the database passes its own check`],
  ];
}

function seconds(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(1)} s`;
}
