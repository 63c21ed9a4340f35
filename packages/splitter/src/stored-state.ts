import type { SpanReason } from "@leeward/proto";

/** A span that may have a beginning in the log and no end. */
export interface StoredSpan {
  /** 32 hex digits. */
  readonly spanId: string;
  readonly reason: SpanReason;
  readonly totalBytes: number;
  /**
   * `beginning`, `ending`: its record is put into the log now; whether it got there, the log after the sequence `after` says.
   * `open`: its beginning is durable in the log.
   */
  readonly phase: "beginning" | "open" | "ending";
  readonly after: number;
}

/** A span that copies the whole disk. */
export interface StoredCopy extends StoredSpan {
  /** Bytes of the disk; everything before is copied, durably in the log. */
  readonly position: number;
  /** Zeroes are logged too: the target may hold something else where the disk holds zeroes now. */
  readonly logZeroes: boolean;
  /** Of what lies before the position: what the target was not known to hold, in bytes. */
  readonly differingBytes: number;
  /** All is copied, whatever is known or said of what the target holds. */
  readonly whole: boolean;
}

/** What a splitter knows of its disk after a restart. */
export interface StoredState {
  readonly version: 1;
  readonly machineId: string;
  readonly diskId: string;
  readonly branch: string;
  /** What tells this disk from another one at the same path. */
  readonly source: string;
  /** What the disk said of itself when it was closed cleanly; if it says otherwise, someone else wrote to it. */
  readonly witness: string | null;
  readonly sizeBytes: number;
  readonly bootId: string;
  /** Closed with nothing in doubt. */
  readonly clean: boolean;
  /** Some target holds the whole disk, or did: points can be made during another initial copy. */
  readonly complete: boolean;
  readonly copy: StoredCopy | null;
  readonly catchUp: StoredSpan | null;
  /** The log was durable up to here, and somebody may rely on it: a peer that was sent it, or a bit that was cleared because of it. */
  readonly reliedThrough: number;
  /** 64 hex digits: of the digests that are kept beside the log; null when none of what their file says is to be believed. */
  readonly digestKey: string | null;
}

/** undefined when the text is not a state that this version wrote. */
export function decodeStoredState(text: string): { readonly state: StoredState; readonly number: number } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not JSON: not a state.
    return undefined;
  }
  if (!isObject(parsed) || parsed["version"] !== 1) return undefined;
  const { machineId, diskId, branch, source, witness, sizeBytes, bootId, clean, complete, number } = parsed;
  const { reliedThrough = 0, digestKey = null } = parsed;
  if (!isText(machineId) || !isText(diskId) || !isText(branch) || !isText(source) || !isText(bootId)) return undefined;
  if (!isCount(reliedThrough) || (digestKey !== null && !isDigestKey(digestKey))) return undefined;
  if (!isCount(sizeBytes) || !isCount(number) || typeof clean !== "boolean" || typeof complete !== "boolean")
    return undefined;
  if (witness !== null && !isText(witness)) return undefined;
  const copy = decodeCopy(parsed["copy"]);
  const catchUp = decodeSpan(parsed["catchUp"]);
  if (copy === undefined || catchUp === undefined) return undefined;
  const plain = { version: 1, machineId, diskId, branch, source, witness, sizeBytes, bootId, clean, complete } as const;
  return { state: { ...plain, copy, catchUp, reliedThrough, digestKey }, number };
}

function decodeCopy(value: unknown): StoredCopy | null | undefined {
  const span = decodeSpan(value);
  if (span === null || span === undefined || !isObject(value)) return span === null ? null : undefined;
  const { position, logZeroes, differingBytes = 0, whole = false } = value;
  if (!isCount(position) || !isCount(differingBytes)) return undefined;
  if (typeof logZeroes !== "boolean" || typeof whole !== "boolean") return undefined;
  return { ...span, position, logZeroes, differingBytes, whole };
}

function decodeSpan(value: unknown): StoredSpan | null | undefined {
  if (value === null) return null;
  if (!isObject(value)) return undefined;
  const { spanId, reason, totalBytes, phase, after } = value;
  if (!isText(spanId) || !isCount(totalBytes) || !isCount(after)) return undefined;
  if (reason !== "initial" && reason !== "catch-up" && reason !== "recovery" && reason !== "resync") return undefined;
  if (phase !== "beginning" && phase !== "open" && phase !== "ending") return undefined;
  return { spanId, reason, totalBytes, phase, after };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isDigestKey(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
