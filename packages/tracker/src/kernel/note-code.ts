import type { BpfAssembler, Register } from "./bpf-assembler.ts";
import { CURRENT_AT, EVENTS_AT, OUTSIDE_AT, SECTORS_AT, TOO_DEEP_AT, TOO_LONG_AT } from "./control-page.ts";
import { SECTOR_BYTES } from "./tracked-device.ts";

/*
 * What all programs of a tracked disk have in common.
 *
 * The kernel skips a program that it runs already on the same processor, and only counts that (`recursion_misses`): a completion in an interrupt
 * that comes while the program runs for another completion, of any disk, would be missed. So each program is loaded COPIES times, and every copy
 * runs for every event. An event that one copy misses because it was interrupted is seen by the next: it is missed by all only when all were
 * interrupted on one processor at the same time, each by the next. Task, softirq and interrupt nest three deep. Whether it was ever COPIES deep is
 * counted per processor (`deep`), and is a loss.
 *
 * What is to be counted once for an event is counted by the first copy that comes to it: each processor keeps by what the newest events were known. That a copy runs
 * is nothing to go by: the kernel takes it for running a little before and after it does.
 *
 * Frame: -4 key of an array   -16 address of what the processor keeps   -56 state of the walk over what is to be marked, for `step`   below: of the program
 * State: 0 next region   8 last region   16 next bio   24 operation   32 first word of the current bitmap
 */
export const COPIES = 4;
const KEY_AT = -4;
const LOCAL_AT = -16;
/** So many events may come between two copies of one; a nested batch of more has it counted twice, which costs a copy of the disk at worst. */
const NEWEST = 16;
/** What a processor keeps for each event that has programs: 0 depth   8 place of the next of the newest   16 by what they were known */
const NEXT_AT = 8;
const NEWEST_AT = 16;
export const LOCAL_BYTES = NEWEST_AT + 8 * NEWEST;
const STATE_AT = -56;
const STATE = { next: 0, last: 8, bio: 16, operation: 24, currentWord: 32 } as const;

export const HELPER = { lookup: 1, update: 2, delete: 3, loop: 181 } as const;

/** How many words of 64 regions one event marks at most; a request of 4 GiB has 1,025, and one of many bios two more for each. */
const STEPS_MAX = 131_072;
const REGION_SECTORS_SHIFT = 7;

export interface EventProgram {
  readonly code: Uint8Array;
  /** Where `step` begins, in instructions; undefined for a program without. */
  readonly stepAt?: number;
}

/** What a program works on: file descriptors of maps, and the range of the disk that is tracked. */
export interface NoteTarget {
  readonly live: number;
  readonly control: number;
  readonly local: number;
  /** Words of 64 regions in one bitmap. */
  readonly words: number;
  readonly major: number;
  readonly minor: number;
  readonly firstSector: number;
  readonly sectors: number;
}

/** Keeps the context in r6, and counts how deeply copies of this program are nested here; each event that has programs counts in a place of its own. */
export function enter(code: BpfAssembler, target: NoteTarget, place: 0 | 1): void {
  const deepEnough = code.fresh();
  const found = code.fresh();
  code.with("mov", 6, 1);
  code.storeValue(4, 10, KEY_AT, place);
  lookUp(code, target.local, KEY_AT);
  code.jumpIfValue("!=", 0, 0, found);
  code.exit();
  code.label(found);
  code.store(8, 10, LOCAL_AT, 0);
  code.load(8, 1, 0, 0);
  code.withValue("add", 1, 1);
  code.store(8, 0, 0, 1);
  code.jumpIfValue("<", 1, COPIES, deepEnough);
  count(code, target, TOO_DEEP_AT);
  code.label(deepEnough);
}

/** Where every program ends: at the label `leave`. */
export function leave(code: BpfAssembler): void {
  code.label("leave");
  code.load(8, 1, 10, LOCAL_AT);
  code.load(8, 2, 1, 0);
  code.withValue("sub", 2, 1);
  code.store(8, 1, 0, 2);
  code.withValue("mov", 0, 0);
  code.exit();
}

/** r0 = where the map has the value of the key in the frame, or 0. */
export function lookUp(code: BpfAssembler, map: number, key: number): void {
  code.map(1, map);
  code.with("mov", 2, 10);
  code.withValue("add", 2, key);
  code.call(HELPER.lookup);
}

export function count(code: BpfAssembler, target: NoteTarget, at: number): void {
  code.mapValue(1, target.control, at);
  code.withValue("mov", 2, 1);
  code.atomicAdd(1, 0, 2);
}

/** Leaves unless the gendisk that the steps lead to, from the structure in `from`, is the tracked one. Uses r2 and r3. */
export function onlyOfDisk(
  code: BpfAssembler,
  target: NoteTarget,
  way: {
    readonly from: Register;
    readonly disk: readonly number[];
    readonly major: number;
    readonly firstMinor: number;
  },
): void {
  code.with("mov", 2, way.from);
  for (const step of way.disk) code.load(8, 2, 2, step);
  code.load(4, 3, 2, way.major);
  code.jumpIfValue("!=", 3, target.major, "leave");
  code.load(4, 3, 2, way.firstMinor);
  code.jumpIfValue("!=", 3, target.minor, "leave");
}

/** Counts the event, and reads once which bitmap is current. */
export function beginNoting(code: BpfAssembler, target: NoteTarget): void {
  count(code, target, EVENTS_AT);
  code.mapValue(1, target.control, CURRENT_AT);
  code.load(8, 1, 1, 0);
  code.withValue("and", 1, 1);
  code.withValue("mul", 1, target.words);
  code.store(8, 10, STATE_AT + STATE.currentWord, 1);
}

/**
 * Adds the bytes in r8 to the sectors that were noted, unless a copy before this one did so for the event. Uses r0 to r5; r7 is the request.
 *
 * By what the event is known: the place that the request has got to, when it began, and its tag. (Its address is nothing that a program may reckon with.)
 */
export function countSectors(
  code: BpfAssembler,
  target: NoteTarget,
  { sector, begun, tag }: { readonly sector: number; readonly begun: number; readonly tag: number },
): void {
  const counted = code.fresh();
  code.load(8, 1, 7, begun);
  code.constant(2, 0x1_0000_01b3);
  code.with("mul", 1, 2);
  code.load(8, 3, 7, sector);
  code.with("add", 1, 3);
  code.with("mul", 1, 2);
  code.load(4, 3, 7, tag);
  code.with("add", 1, 3);
  code.load(8, 2, 10, LOCAL_AT);
  for (let each = 0; each < NEWEST; each += 1) {
    code.load(8, 3, 2, NEWEST_AT + 8 * each);
    code.jumpIf("==", 1, 3, counted);
  }
  code.load(8, 3, 2, NEXT_AT);
  code.withValue("and", 3, NEWEST - 1);
  code.with("mov", 4, 3);
  code.withValue("add", 4, 1);
  code.store(8, 2, NEXT_AT, 4);
  code.withValue("shl", 3, 3);
  code.with("add", 2, 3);
  code.store(8, 2, NEWEST_AT, 1);
  code.mapValue(1, target.control, SECTORS_AT);
  code.with("mov", 2, 8);
  code.withValue("shr", 2, Math.log2(SECTOR_BYTES));
  code.atomicAdd(1, 0, 2);
  code.label(counted);
}

/** r7, r8 = first and last region of the sectors from r1 on, `bytes` of them in r2, as far as they are tracked; r7 > r8 when none is. */
export function regionsOf(code: BpfAssembler, target: NoteTarget): void {
  const [begins, ends, none, done] = [code.fresh(), code.fresh(), code.fresh(), code.fresh()];
  code.withValue("add", 2, SECTOR_BYTES - 1);
  code.withValue("shr", 2, Math.log2(SECTOR_BYTES));
  code.with("add", 2, 1);
  code.constant(3, target.firstSector);
  code.constant(4, target.firstSector + target.sectors);
  code.jumpIf(">=", 1, 3, begins);
  code.with("mov", 1, 3);
  code.label(begins);
  code.jumpIf("<=", 2, 4, ends);
  code.with("mov", 2, 4);
  code.label(ends);
  code.jumpIf(">=", 1, 2, none);
  code.with("sub", 1, 3);
  code.with("sub", 2, 3);
  code.withValue("sub", 2, 1);
  code.withValue("shr", 1, REGION_SECTORS_SHIFT);
  code.withValue("shr", 2, REGION_SECTORS_SHIFT);
  code.with("mov", 7, 1);
  code.with("mov", 8, 2);
  code.jump(done);
  code.label(none);
  code.withValue("mov", 7, 1);
  code.withValue("mov", 8, 0);
  code.label(done);
}

/** What `advance` finds in r6: the state of the walk. */
export const BIO_IN_STATE = STATE.bio;
export const OPERATION_IN_STATE = STATE.operation;

/**
 * Keeps where the walk begins: at r7 and r8, and with what else the registers given hold. Uses r1.
 *
 * Kernels before 6.7 verify `step` as if it ran once, with the first values alone, and take out whatever such a run would never come to. That the walk
 * is at its end is such a thing when all that it knows of r7 and r8 is that they lie within the disk: so it is not let know.
 */
export function beginWalk(code: BpfAssembler, more: { readonly bio: Register; readonly operation: Register }): void {
  storeUnseen(code, STATE_AT + STATE.next, 7);
  storeUnseen(code, STATE_AT + STATE.last, 8);
  code.store(8, 10, STATE_AT + STATE.bio, more.bio);
  code.store(8, 10, STATE_AT + STATE.operation, more.operation);
}

/** In two halves: the verifier follows what is stored whole, and forgets what it knows of a value that is not. */
function storeUnseen(code: BpfAssembler, at: number, from: Register): void {
  code.with("mov", 1, from);
  code.store(4, 10, at, 1);
  code.withValue("shr", 1, 32);
  code.store(4, 10, at + 4, 1);
}

/** Runs `step` until it says that nothing is left; falls through, to `leave`. */
export function walk(code: BpfAssembler, target: NoteTarget): void {
  code.withValue("mov", 1, STEPS_MAX);
  code.functionAt(2, "step");
  code.with("mov", 3, 10);
  code.withValue("add", 3, STATE_AT);
  code.withValue("mov", 4, 0);
  code.call(HELPER.loop);
  code.jumpIfValue("<", 0, STEPS_MAX, "leave");
  count(code, target, TOO_LONG_AT);
}

/**
 * A function of its own, behind the program's end: marks one word, or has `advance` make r7 and r8 of what comes next. `advance` jumps to `stop` when
 * nothing does, else to `stepped`; it finds the state in r6.
 */
export function stepFunction(code: BpfAssembler, target: NoteTarget, advance: () => void): void {
  code.label("step");
  code.with("mov", 6, 2);
  code.load(8, 7, 6, STATE.next);
  code.load(8, 8, 6, STATE.last);
  code.jumpIf(">", 7, 8, "advance");
  markWord(code, target);
  code.label("stepped");
  code.store(8, 6, STATE.next, 7);
  code.store(8, 6, STATE.last, 8);
  code.withValue("mov", 0, 0);
  code.exit();
  code.label("advance");
  advance();
  code.label("outside");
  count(code, target, OUTSIDE_AT);
  code.label("stop");
  code.withValue("mov", 0, 1);
  code.exit();
}

/** Marks of r7 to r8 what lies in the word of r7, and moves r7 behind that. Who finds all bits set writes nothing. */
function markWord(code: BpfAssembler, target: NoteTarget): void {
  const [last, set] = [code.fresh(), code.fresh()];
  code.with("mov", 1, 7);
  code.withValue("shr", 1, 6);
  code.load(8, 2, 6, STATE.currentWord);
  code.with("add", 1, 2);
  code.store(4, 10, KEY_AT, 1);
  lookUp(code, target.live, KEY_AT);
  code.jumpIfValue("==", 0, 0, "outside");
  code.with("mov", 2, 7);
  code.withValue("or", 2, 63);
  code.jumpIf("<=", 2, 8, last);
  code.with("mov", 2, 8);
  code.label(last);
  code.withValue("mov", 3, -1);
  code.with("mov", 4, 7);
  code.withValue("and", 4, 63);
  code.with("shl", 3, 4);
  code.with("mov", 5, 2);
  code.withValue("and", 5, 63);
  code.withValue("mov", 4, 63);
  code.with("sub", 4, 5);
  code.withValue("mov", 1, -1);
  code.with("shr", 1, 4);
  code.with("and", 3, 1);
  code.with("mov", 7, 2);
  code.withValue("add", 7, 1);
  code.load(8, 1, 0, 0);
  code.with("and", 1, 3);
  code.jumpIf("==", 1, 3, set);
  code.atomicOr(0, 0, 3);
  code.label(set);
}
