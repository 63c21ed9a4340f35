import type { VerifyRow, VerifyTally } from "../store/verify-rows.ts";
import { addedTally, NOTHING_VERIFIED } from "../store/verify-rows.ts";
import type { VerifiedWindow } from "./disk-verifier.ts";

const DAY_MICROS = 86_400_000_000;
/** A pass takes this part of its days, so that a machine that is away for a while is not late. */
const PACE = 0.8;
/** A disk that was just copied is left alone for so long, or for a part of its days where these are few. */
const FIRST_MICROS = 3_600_000_000;

/** When the next window of a disk is to be compared, microseconds; undefined when it never is. Passes follow one another, and each is spread evenly. */
export function dueMicros(
  row: VerifyRow,
  of: { readonly createdMicros: number; readonly sizeBytes: number; readonly verifyDays: number },
): number | undefined {
  if (of.verifyDays <= 0 || of.sizeBytes <= 0) return undefined;
  const periodMicros = of.verifyDays * DAY_MICROS * PACE;
  if (row.begunMicros !== null) return row.begunMicros + periodMicros * Math.min(1, row.offset / of.sizeBytes);
  if (row.lastBegunMicros !== null) return row.lastBegunMicros + periodMicros;
  return of.createdMicros + Math.min(FIRST_MICROS, periodMicros / 8);
}

/** Whether a disk has not been compared as a whole for twice as long as it should take. */
export function isOverdue(
  row: VerifyRow,
  of: { readonly createdMicros: number; readonly verifyDays: number; readonly nowMicros: number },
): boolean {
  const since = row.lastEndedMicros ?? of.createdMicros;
  return of.verifyDays > 0 && of.nowMicros - since > 2 * of.verifyDays * DAY_MICROS;
}

/** The row after one more window of the pass that is under way, or that begins with it. */
export function passAdvanced(row: VerifyRow, window: VerifiedWindow, nowMicros: number): VerifyRow {
  const { end, diskBytes, ...tally } = window;
  const begunMicros = row.begunMicros ?? nowMicros;
  const sum = addedTally(row.begunMicros === null ? NOTHING_VERIFIED : row, tally);
  if (end >= diskBytes) return passEnded(row.diskId, { ...sum, begunMicros, endedMicros: nowMicros });
  return { ...row, ...sum, begunMicros, offset: end };
}

/** The row after a whole pass. */
export function passEnded(
  diskId: string,
  pass: VerifyTally & { readonly begunMicros: number; readonly endedMicros: number },
): VerifyRow {
  return {
    diskId,
    ...NOTHING_VERIFIED,
    begunMicros: null,
    offset: 0,
    lastBegunMicros: pass.begunMicros,
    lastEndedMicros: pass.endedMicros,
    lastDifferingBytes: pass.differingBytes,
    lastUnrepairedBytes: pass.differingBytes - pass.repairedBytes,
  };
}
