import { BpfAssembler } from "./bpf-assembler.ts";
import { UNHELD_AT } from "./control-page.ts";
import type { BioFields } from "./kernel-fields.ts";
import {
  beginNoting,
  beginWalk,
  count,
  type EventProgram,
  enter,
  HELPER,
  leave,
  lookUp,
  type NoteTarget,
  onlyOfDisk,
  regionsOf,
  stepFunction,
  walk,
} from "./note-code.ts";
import { OPERATION, OPERATION_MASK } from "./tracked-device.ts";

/*
 * Programs for devices without a request queue (LVM, md, dm-crypt, zram). A bio says where it goes when it is queued; when it completes its place
 * has moved on. So what is queued is held, bio → (sector, bytes), until it completes, and marked then. What finds no room is counted as a loss.
 */
export const HELD_KEY_BYTES = 8;
export const HELD_VALUE_BYTES = 16;
const BIO_AT = -64;
const HELD_AT = -80;

/** With the map of bios that are held. */
export interface HeldTarget extends NoteTarget {
  readonly held: number;
}

/** On block_bio_queue(bio). A copy that finds the bio held as it is does nothing; one that was held before, at another place, is held anew. */
export function bioQueuedProgram(fields: BioFields, target: HeldTarget): EventProgram {
  const { held } = target;
  const code = new BpfAssembler();
  enter(code, target, 1);
  code.load(8, 7, 6, 0);
  onlyOfDisk(code, target, { from: 7, ...fields });
  code.load(4, 9, 7, fields.operation);
  code.withValue("and", 9, OPERATION_MASK);
  for (const passed of [OPERATION.read, OPERATION.flush]) code.jumpIfValue("==", 9, passed, "leave");
  code.load(8, 8, 7, fields.sector);
  code.load(4, 9, 7, fields.bytes);
  code.jumpIfValue("==", 9, 0, "leave");
  code.store(8, 10, BIO_AT, 7);
  code.store(8, 10, HELD_AT, 8);
  code.store(8, 10, HELD_AT + 8, 9);
  lookUp(code, held, BIO_AT);
  code.jumpIfValue("==", 0, 0, "hold");
  code.load(8, 1, 0, 0);
  code.jumpIf("!=", 1, 8, "hold");
  code.load(8, 1, 0, 8);
  code.jumpIf("==", 1, 9, "leave");
  code.label("hold");
  code.map(1, held);
  code.with("mov", 2, 10);
  code.withValue("add", 2, BIO_AT);
  code.with("mov", 3, 10);
  code.withValue("add", 3, HELD_AT);
  code.withValue("mov", 4, 0);
  code.call(HELPER.update);
  code.jumpIfValue("==", 0, 0, "leave");
  count(code, target, UNHELD_AT);
  leave(code);
  return { code: code.code() };
}

/** On block_bio_complete(queue, bio), which comes before whoever waits for the bio hears of it. */
export function bioCompletedProgram(target: HeldTarget): EventProgram {
  const { held } = target;
  const code = new BpfAssembler();
  enter(code, target, 0);
  code.load(8, 7, 6, 8);
  code.store(8, 10, BIO_AT, 7);
  lookUp(code, held, BIO_AT);
  code.jumpIfValue("==", 0, 0, "leave");
  code.load(8, 1, 0, 0);
  code.load(8, 2, 0, 8);
  regionsOf(code, target);
  code.map(1, held);
  code.with("mov", 2, 10);
  code.withValue("add", 2, BIO_AT);
  code.call(HELPER.delete);
  beginNoting(code, target);
  code.withValue("mov", 6, 0);
  beginWalk(code, { bio: 6, operation: 6 });
  walk(code, target);
  leave(code);
  stepFunction(code, target, () => code.jump("stop"));
  return { code: code.code(), stepAt: code.placeOf("step") };
}
