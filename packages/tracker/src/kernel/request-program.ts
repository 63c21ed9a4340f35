import { BpfAssembler } from "./bpf-assembler.ts";
import { PASSED_THROUGH_AT } from "./control-page.ts";
import type { RequestFields } from "./kernel-fields.ts";
import {
  BIO_IN_STATE,
  beginNoting,
  beginWalk,
  count,
  countSectors,
  type EventProgram,
  enter,
  leave,
  type NoteTarget,
  OPERATION_IN_STATE,
  onlyOfDisk,
  regionsOf,
  stepFunction,
  walk,
} from "./note-code.ts";
import { OPERATION, OPERATION_MASK } from "./tracked-device.ts";

/**
 * The program on block_rq_complete(request, error, bytes), which comes before whoever waits for the request hears of it, also when it failed.
 *
 * A discard may hold bios of ranges that are not neighbours: each that the request still holds is marked. A command that was passed through to the
 * disk (SG_IO and the like) and sends data there may change anything: it is counted as a loss. One that reads is passed over, as is a flush.
 *
 * The event comes right before the disk itself counts the same bytes as written or discarded, in the same function of the kernel
 * (block/blk-mq.c, blk_update_request and blk_complete_request), whatever part of the disk they lie in: so all of them are added up too.
 */
export function requestProgram(fields: RequestFields, target: NoteTarget): EventProgram {
  const code = new BpfAssembler();
  enter(code, target, 0);
  code.load(8, 7, 6, 0);
  code.load(8, 8, 6, 16);
  code.withValue("shl", 8, 32);
  code.withValue("shr", 8, 32);
  onlyOfDisk(code, target, { from: 7, ...fields });
  code.load(4, 9, 7, fields.operation);
  code.withValue("and", 9, OPERATION_MASK);
  for (const passed of [OPERATION.read, OPERATION.flush, OPERATION.passedIn]) {
    code.jumpIfValue("==", 9, passed, "leave");
  }
  code.jumpIfValue("==", 9, OPERATION.passedOut, "passed-through");
  beginNoting(code, target);
  countSectors(code, target, fields);
  code.load(8, 6, 7, fields.bio);
  code.load(8, 1, 7, fields.sector);
  code.with("mov", 2, 8);
  regionsOf(code, target);
  code.jumpIfValue("==", 6, 0, "walk");
  code.jumpIfValue("==", 9, OPERATION.discard, "bios");
  code.jumpIfValue("!=", 9, OPERATION.secureErase, "walk");
  code.label("bios");
  code.withValue("mov", 7, 1);
  code.withValue("mov", 8, 0);
  code.label("walk");
  beginWalk(code, { bio: 6, operation: 9 });
  walk(code, target);
  code.jump("leave");
  code.label("passed-through");
  count(code, target, PASSED_THROUGH_AT);
  leave(code);
  stepFunction(code, target, () => nextBio(code, fields, target));
  return { code: code.code(), stepAt: code.placeOf("step") };
}

function nextBio(code: BpfAssembler, fields: RequestFields, target: NoteTarget): void {
  code.load(8, 1, 6, OPERATION_IN_STATE);
  code.jumpIfValue("==", 1, OPERATION.discard, "next-bio");
  code.jumpIfValue("!=", 1, OPERATION.secureErase, "stop");
  code.label("next-bio");
  code.load(8, 5, 6, BIO_IN_STATE);
  code.jumpIfValue("==", 5, 0, "stop");
  code.load(8, 1, 5, fields.bioSector);
  code.load(4, 2, 5, fields.bioBytes);
  code.load(8, 5, 5, fields.bioNext);
  code.store(8, 6, BIO_IN_STATE, 5);
  regionsOf(code, target);
  code.jump("stepped");
}
