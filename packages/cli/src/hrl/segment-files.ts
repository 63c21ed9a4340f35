import { posix } from "node:path";
import { formatTime, isFault } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { World } from "@leeward/world";
import { dataKeyOf, readDescription, readRecoveryKey } from "../journal/journal-keys.ts";
import { checkSegment, type FileFault, type SegmentCheck } from "./segment-check.ts";

/** A segment of a journal lies in the journal's folder or in one folder of it. */
const FOLDERS_UP = 2;

/** One file as `hrl verify` prints it. `records`, `from` and `to` are null where they cannot be known. */
export interface VerifiedFile {
  readonly file: string;
  readonly ok: boolean;
  readonly sealed: boolean;
  readonly records: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly faults: readonly FileFault[];
  readonly format: SegmentCheck["format"];
  readonly encrypted: boolean | null;
  readonly checked: SegmentCheck["checked"];
}

/** Checks the files one after another. @throws Fault `file-missing`, `recovery-key-…`, `journal-keys-…`, and what the files throw */
export async function checkFiles(
  world: World,
  paths: readonly string[],
  keyFile: string | undefined,
): Promise<[string, SegmentCheck][]> {
  const recovery = keyFile === undefined ? undefined : await readRecoveryKey(world, keyFile);
  const checks: [string, SegmentCheck][] = [];
  for (const path of paths) {
    const key = recovery === undefined ? undefined : await dataKeyBeside(path);
    await using source = await world.files.open(path, "read");
    checks.push([path, await checkSegment(source, { compute: world.compute, key })]);
  }
  return checks;

  async function dataKeyBeside(path: string): Promise<DataKey | undefined> {
    let folder = posix.dirname(path);
    for (let up = 0; up < FOLDERS_UP && recovery !== undefined; up += 1) {
      try {
        return await dataKeyOf(recovery, await readDescription(world.files, folder, recovery));
      } catch (error) {
        if (!isFault(error, "journal-keys-missing")) throw error;
        folder = posix.dirname(folder);
      }
    }
    return undefined;
  }
}

export function verifiedFile([file, check]: [string, SegmentCheck]): VerifiedFile {
  const { header, footer, format, checked, ok, sealed, faults } = check;
  const encrypted = header === undefined ? null : header.encryption !== undefined;
  return {
    file,
    ok,
    sealed,
    records: recordsOf(check),
    from: header?.from ?? null,
    to: footer?.to ?? header?.to ?? null,
    faults,
    format,
    encrypted,
    checked,
  };
}

/** One file as `hrl inspect` prints it: what its header, and where it can be read its footer, say. */
export function inspectedFile([file, check]: [string, SegmentCheck]): InspectedFile {
  const { header, footer } = check;
  return {
    ...verifiedFile([file, check]),
    kind: header?.kind ?? null,
    fileId: header?.fileId ?? null,
    machine: header?.machineId ?? null,
    disk: header?.diskId ?? null,
    branch: header?.branch ?? null,
    parent: header?.parent ?? null,
    range: header === undefined ? null : { ...header.range },
    diskBytes: footer?.diskBytes ?? header?.diskBytes ?? null,
    blockBytes: header?.blockBytes ?? null,
    codec: header?.codec ?? null,
    keyId: header?.encryption?.keyId ?? null,
    begunAt: header === undefined ? null : formatTime(header.wallMicros),
    rawBytes: footer?.rawBytes ?? null,
    extents: footer?.entryCount ?? null,
    counts: footer === undefined ? null : { ...footer.counts },
    marks:
      footer === undefined
        ? null
        : footer.marks.map(({ sequence, timeMicros, mark }) => ({
            sequence,
            time: formatTime(timeMicros),
            point: mark.pointId,
          })),
    spans:
      footer === undefined
        ? null
        : footer.spans.map((span) => ({
            sequence: span.sequence,
            step: span.step,
            span: span.step === "begin" ? span.span.spanId : span.spanId,
          })),
  };
}

export interface InspectedFile extends VerifiedFile {
  readonly kind: string | null;
  readonly fileId: string | null;
  readonly machine: string | null;
  readonly disk: string | null;
  readonly branch: string | null;
  readonly parent: { readonly branch: string; readonly sequence: number } | null;
  readonly range: { readonly offset: number; readonly length: number } | null;
  readonly diskBytes: number | null;
  readonly blockBytes: number | null;
  readonly codec: string | null;
  readonly keyId: string | null;
  readonly begunAt: string | null;
  readonly rawBytes: number | null;
  readonly extents: number | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly marks: readonly { readonly sequence: number; readonly time: string; readonly point: string }[] | null;
  readonly spans: readonly { readonly sequence: number; readonly step: string; readonly span: string }[] | null;
}

function recordsOf({ footer }: SegmentCheck): number | null {
  if (footer === undefined) return null;
  return Object.values(footer.counts).reduce((total, count) => total + count, 0);
}
