import { viewOf } from "@leeward/base";

/*
 * The types of a program's own functions (BTF): the kernel wants them of a program that hands it the address of one. All are
 * `static int name(void)`, which is all that it looks at.
 */
const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const NAMES = "\0int\0note\0step\0";
const NAME = { int: 1, note: 5, step: 10 } as const;
const KIND = { int: 1 << 24, function: 12 << 24, proto: 13 << 24 } as const;
const SIGNED_32 = (1 << 24) | 32;
const NOTE_TYPE = 3;
const STEP_TYPE = 4;

export const FUNCTION_INFO_BYTES = 8;

/** 1 int, 2 int (void), 3 note, 4 step. */
export function functionTypes(): Uint8Array {
  const types = [
    [NAME.int, KIND.int, 4, SIGNED_32],
    [0, KIND.proto, 1],
    [NAME.note, KIND.function, 2],
    [NAME.step, KIND.function, 2],
  ].flat();
  const names = new TextEncoder().encode(NAMES);
  const typesBytes = 4 * types.length;
  const bytes = new Uint8Array(HEADER_BYTES + typesBytes + names.length);
  const view = viewOf(bytes);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, 1);
  for (const [index, value] of [HEADER_BYTES, 0, typesBytes, typesBytes, names.length].entries()) {
    view.setUint32(4 + 4 * index, value, true);
  }
  for (const [index, value] of types.entries()) view.setUint32(HEADER_BYTES + 4 * index, value, true);
  bytes.set(names, HEADER_BYTES + typesBytes);
  return bytes;
}

/** Which function begins at which instruction (struct bpf_func_info). */
export function functionInfo(stepAt: number | undefined): Uint8Array {
  const functions = stepAt === undefined ? [0, NOTE_TYPE] : [0, NOTE_TYPE, stepAt, STEP_TYPE];
  const bytes = new Uint8Array(4 * functions.length);
  for (const [index, value] of functions.entries()) viewOf(bytes).setUint32(4 * index, value, true);
  return bytes;
}
