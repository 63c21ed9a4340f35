import { Fault, isFault, Mutex, Waiters } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { World } from "@leeward/world";
import type { JournalState } from "./history/journal-state.ts";
import { IntakeTraffic } from "./intake/intake-traffic.ts";
import { type JournalMemory, journalMemory } from "./journal-memory.ts";
import type { JournalLimits } from "./limits.ts";
import type { Entry } from "./manifest/entry.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { FileLibrary } from "./view/file-library.ts";
import { ReadGate } from "./view/read-gate.ts";

/** What the parts of one open journal work on together. */
export interface JournalParts {
  readonly world: World;
  readonly folder: string;
  readonly dataKey: DataKey;
  readonly limits: JournalLimits;
  readonly manifest: Manifest;
  /** As JournalOptions. */
  readonly isTakenOver: boolean;
  readonly memory: JournalMemory;
  readonly library: FileLibrary;
  readonly gate: ReadGate;
  /** Held by whoever builds or replaces files: runs and the base never change at once. */
  readonly maintenance: Mutex;
  /** Held from a decision about the state until it is recorded, by everything that decides what points may rely on. */
  readonly decisions: Mutex;
  readonly traffic: IntakeTraffic;
  /** Told whenever something was added to the state. */
  readonly changed: Waiters;
}

/** As JournalOptions of journal.ts, with what an open found. */
export interface PartsOptions {
  readonly folder: string;
  readonly dataKey: DataKey;
  readonly limits: JournalLimits;
  readonly manifest: Manifest;
  readonly isTakenOver?: boolean;
  readonly memory?: JournalMemory;
}

export function partsOf(world: World, options: PartsOptions): JournalParts {
  const { folder, dataKey, limits, manifest, isTakenOver = false } = options;
  const { openFilesMax, cacheBytesMax } = limits;
  const memory = options.memory ?? journalMemory(cacheBytesMax);
  return {
    world,
    folder,
    dataKey,
    limits,
    manifest,
    isTakenOver,
    memory,
    library: new FileLibrary(world, { folder, dataKey, openFilesMax, cache: memory.cache }),
    gate: new ReadGate(),
    decisions: new Mutex(),
    maintenance: new Mutex(),
    traffic: new IntakeTraffic(),
    changed: new Waiters(),
  };
}

export function stateOf(parts: JournalParts): JournalState {
  return parts.manifest.state;
}

/**
 * Makes the entries durable and part of the state.
 * @throws Fault `journal-full` when there is no space for them
 */
export async function record(parts: JournalParts, entries: readonly Entry[]): Promise<void> {
  await orFull(parts.folder, () => parts.manifest.append(entries));
  parts.changed.notify();
}

/** Runs `work`; a full disk becomes the journal's own fault, which ends by itself when there is space again. */
export async function orFull<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFault(error, "disk-full")) throw journalFull(folder, {}, error);
    throw error;
  }
}

export function journalFull(folder: string, detail: Fault["detail"], cause?: unknown): Fault {
  return new Fault({
    code: "journal-full",
    kind: "transient",
    message: `No space is left for the journal ${folder}; nothing more is taken in until there is.`,
    detail: { folder, ...detail },
    cause,
  });
}
