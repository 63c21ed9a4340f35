import { Fault, type FaultKind } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "fence.json";
const VERSION = 1;
const BYTES_MAX = 64 * 1024;

/** What became of the last point of an orderly fence. */
export interface StopNote {
  readonly failoverId: string;
  /** Hooks were called, or may have been. */
  readonly hooks: boolean;
  /** The target has the last point, or there was none to be made. */
  readonly done: boolean;
  /** Empty where there is none. */
  readonly lastPointId: string;
  /** Why it is less consistent than it could be. */
  readonly fault?: StopFault;
}

export interface StopFault {
  readonly code: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly sinceMicros: number;
}

/** What a machine remembers of fences, beside the plan in force. */
export interface FenceNote {
  /** The highest epoch that it heard of as another's: it serves with none that is lower. 0 where it never did. */
  readonly heardEpoch: number;
  /** The highest with which a peer refused its own. */
  readonly refusedEpoch: number;
  readonly stop?: StopNote;
}

const NOTHING: FenceNote = { heardEpoch: 0, refusedEpoch: 0 };

/** @throws Fault `fence-damaged`: without the note, a machine that was shut out would take writes again */
export async function readFenceNote(files: Files, home: string): Promise<FenceNote> {
  const path = `${home}/${FILE}`;
  if ((await files.status(path)) === undefined) return NOTHING;
  const bytes = await readFile(files, path, BYTES_MAX);
  let note: FenceNote | undefined;
  try {
    note = noteOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (note === undefined) throw damaged(path, undefined);
  return note;
}

/** Durable when it settles. */
export async function writeFenceNote(files: Files, home: string, note: FenceNote): Promise<void> {
  const text = JSON.stringify({ version: VERSION, ...note });
  await replaceFile(files, home, FILE, new TextEncoder().encode(`${text}\n`));
}

function noteOf(document: unknown): FenceNote | undefined {
  if (!isRecord(document) || document["version"] !== VERSION) return undefined;
  const { heardEpoch, refusedEpoch, stop } = document;
  if (!isEpoch(heardEpoch) || !isEpoch(refusedEpoch)) return undefined;
  if (stop === undefined) return { heardEpoch, refusedEpoch };
  const found = stopOf(stop);
  return found && { heardEpoch, refusedEpoch, stop: found };
}

function stopOf(value: unknown): StopNote | undefined {
  if (!isRecord(value)) return undefined;
  const { failoverId, hooks, done, lastPointId, fault } = value;
  if (typeof failoverId !== "string" || typeof lastPointId !== "string") return undefined;
  if (typeof hooks !== "boolean" || typeof done !== "boolean") return undefined;
  if (fault === undefined) return { failoverId, hooks, done, lastPointId };
  const found = faultOf(fault);
  return found && { failoverId, hooks, done, lastPointId, fault: found };
}

function faultOf(value: unknown): StopFault | undefined {
  if (!isRecord(value)) return undefined;
  const { code, kind, message, sinceMicros } = value;
  if (typeof code !== "string" || typeof message !== "string" || typeof sinceMicros !== "number") return undefined;
  const found = KINDS.find((each) => each === kind);
  return found && { code, kind: found, message, sinceMicros };
}

const KINDS: readonly FaultKind[] = ["transient", "discontinuity", "corruption", "protocol", "operator"];

function isEpoch(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "fence-damaged",
    kind: "corruption",
    message: `${path} does not say whether another copy of this machine has taken over; its disks are not served.`,
    detail: { path },
    cause,
  });
}
