import { assert, viewOf } from "@leeward/base";

/** r0 is what a call returns, r1–r5 are its arguments and lost by it, r6–r9 stay, r10 is the frame. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

const ALU = { add: 0x00, sub: 0x10, mul: 0x20, or: 0x40, and: 0x50, shl: 0x60, shr: 0x70, mov: 0xb0 } as const;
const JUMP = { "==": 0x10, ">": 0x20, ">=": 0x30, "!=": 0x50, "<": 0xa0, "<=": 0xb0 } as const;
const SIZE = { 4: 0x00, 8: 0x18 } as const;
const INSTRUCTION_BYTES = 8;
const ATOMIC_ADD = 0;
const ATOMIC_OR = 0x40;
/** What the second register of a 64-bit load says of its value. */
const MAP_FD = 1;
const MAP_VALUE = 2;
const FUNCTION = 4;

interface Instruction {
  readonly opcode: number;
  readonly to: Register;
  readonly from?: number;
  readonly offset?: number;
  readonly value?: number;
  readonly label?: string;
}

/**
 * Instructions of the kernel's virtual machine (Documentation/bpf/standardization/instruction-set.rst), with labels for jumps. Comparisons are
 * without sign and of 64 bits.
 */
export class BpfAssembler {
  readonly #instructions: Instruction[] = [];
  readonly #labels = new Map<string, number>();
  #labelsMade = 0;

  /** A label that nobody else has. */
  fresh(): string {
    this.#labelsMade += 1;
    return `#${this.#labelsMade}`;
  }

  label(name: string): void {
    assert(!this.#labels.has(name), "a label stands once");
    this.#labels.set(name, this.#instructions.length);
  }

  load(size: 4 | 8, to: Register, from: Register, offset: number): void {
    this.#add({ opcode: 0x61 | SIZE[size], to, from, offset });
  }

  store(size: 4 | 8, to: Register, offset: number, from: Register): void {
    this.#add({ opcode: 0x63 | SIZE[size], to, from, offset });
  }

  storeValue(size: 4 | 8, to: Register, offset: number, value: number): void {
    this.#add({ opcode: 0x62 | SIZE[size], to, offset, value });
  }

  /** `to = to operation from`, with a register. */
  with(operation: keyof typeof ALU, to: Register, from: Register): void {
    this.#add({ opcode: 0x0f | ALU[operation], to, from });
  }

  /** `to = to operation value`; the value is of 32 bits with sign. */
  withValue(operation: keyof typeof ALU, to: Register, value: number): void {
    this.#add({ opcode: 0x07 | ALU[operation], to, value });
  }

  atomicAdd(to: Register, offset: number, from: Register): void {
    this.#add({ opcode: 0xdb, to, from, offset, value: ATOMIC_ADD });
  }

  atomicOr(to: Register, offset: number, from: Register): void {
    this.#add({ opcode: 0xdb, to, from, offset, value: ATOMIC_OR });
  }

  /** A whole number up to 2^53 - 1. */
  constant(to: Register, value: number): void {
    this.#wide({ to, from: 0, low: value % 2 ** 32, high: Math.floor(value / 2 ** 32) });
  }

  map(to: Register, fd: number): void {
    this.#wide({ to, from: MAP_FD, low: fd, high: 0 });
  }

  /** The address of a byte in the only value of an array. */
  mapValue(to: Register, fd: number, at: number): void {
    this.#wide({ to, from: MAP_VALUE, low: fd, high: at });
  }

  /** The address of the function that begins at the label. */
  functionAt(to: Register, label: string): void {
    this.#add({ opcode: 0x18, to, from: FUNCTION, label });
    this.#add({ opcode: 0, to: 0 });
  }

  /** Where a function that has been written begins, counted in instructions. */
  placeOf(label: string): number {
    const place = this.#labels.get(label);
    assert(place !== undefined, "the label stands somewhere");
    return place;
  }

  jump(label: string): void {
    this.#add({ opcode: 0x05, to: 0, label });
  }

  jumpIf(condition: keyof typeof JUMP, one: Register, other: Register, label: string): void {
    this.#add({ opcode: 0x0d | JUMP[condition], to: one, from: other, label });
  }

  jumpIfValue(condition: keyof typeof JUMP, one: Register, value: number, label: string): void {
    this.#add({ opcode: 0x05 | JUMP[condition], to: one, value, label });
  }

  call(helper: number): void {
    this.#add({ opcode: 0x85, to: 0, value: helper });
  }

  exit(): void {
    this.#add({ opcode: 0x95, to: 0 });
  }

  code(): Uint8Array {
    const bytes = new Uint8Array(this.#instructions.length * INSTRUCTION_BYTES);
    const view = viewOf(bytes);
    for (const [index, { opcode, to, from = 0, offset = 0, value = 0, label }] of this.#instructions.entries()) {
      const at = index * INSTRUCTION_BYTES;
      const distance = label === undefined ? undefined : this.placeOf(label) - index - 1;
      const isAddress = opcode === 0x18;
      view.setUint8(at, opcode);
      view.setUint8(at + 1, (from << 4) | to);
      view.setInt16(at + 2, isAddress ? 0 : (distance ?? offset), true);
      view.setInt32(at + 4, isAddress ? (distance ?? value) : value, true);
    }
    return bytes;
  }

  #wide(load: { readonly to: Register; readonly from: number; readonly low: number; readonly high: number }): void {
    this.#add({ opcode: 0x18, to: load.to, from: load.from, value: load.low });
    this.#add({ opcode: 0, to: 0, value: load.high });
  }

  #add(instruction: Instruction): void {
    this.#instructions.push(instruction);
  }
}
