import { viewOf } from "@leeward/base";

/*
 * BTF, the kernel's description of its own types (Documentation/bpf/btf.rst), all little-endian:
 *
 *   header   0 magic 0xEB9F (2)  2 version (1)  3 flags (1)  4 header length (4)  8 types at (4)  12 types length (4)
 *            16 names at (4)  20 names length (4); places count from the header's end
 *   type     0 name (4)  4 info (4): 0-15 how many members, 24-28 kind, 31 kind flag  8 size or type (4), then what the kind brings along
 *   member   0 name (4)  4 type (4)  8 offset in bits (4), of which the upper 8 are a width where the kind flag is set
 */
const MAGIC = 0xeb9f;
const TYPE_BYTES = 12;
const KIND = { pointer: 2, struct: 4, union: 5, typedef: 8, functionProto: 13 } as const;
/** What follows a type's head, bytes: [fixed, per member], by kind; a kind that is missing brings nothing. */
const TRAILING: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};
const KIND_MAX = 19;

/** Where the running kernel has the fields of its structures. */
export class KernelTypes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #names: number;
  /** Where each type's head stands; type 0 is void. */
  readonly #places: Uint32Array;

  private constructor(bytes: Uint8Array, names: number, places: Uint32Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#names = names;
    this.#places = places;
  }

  /** undefined when the bytes are not BTF, or of a kind that is newer than this. */
  static decode(bytes: Uint8Array): KernelTypes | undefined {
    const view = viewOf(bytes);
    if (bytes.length < 24 || view.getUint16(0, true) !== MAGIC) return undefined;
    const head = view.getUint32(4, true);
    const begin = head + view.getUint32(8, true);
    const end = begin + view.getUint32(12, true);
    const places = end <= bytes.length ? placesOf(view, begin, end) : undefined;
    return places && new KernelTypes(bytes, head + view.getUint32(16, true), places);
  }

  /** Where the field is in its structure, bytes, also inside of what has no name; undefined when there is none of that name. "a.b" is b in a. */
  offsetOf(structure: string, field: string): number | undefined {
    const id = this.#find(KIND.struct, structure);
    if (id === undefined) return undefined;
    let at = 0;
    let inside = id;
    for (const name of field.split(".")) {
      const member = this.#member(inside, name);
      if (member === undefined || member.bits % 8 !== 0) return undefined;
      at += member.bits / 8;
      inside = member.type;
    }
    return at;
  }

  typedefId(name: string): number | undefined {
    return this.#find(KIND.typedef, name);
  }

  /** How many arguments the function has that the typedef points to. */
  argumentsOf(typedef: string): number | undefined {
    const id = this.#find(KIND.typedef, typedef);
    const pointer = id === undefined ? undefined : this.#target(id);
    const proto = pointer === undefined || this.#kind(pointer) !== KIND.pointer ? undefined : this.#target(pointer);
    return proto === undefined || this.#kind(proto) !== KIND.functionProto ? undefined : this.#count(proto);
  }

  #find(kind: number, name: string): number | undefined {
    const wanted = new TextEncoder().encode(`${name}\0`);
    for (let id = 1; id < this.#places.length; id += 1) {
      if (this.#kind(id) === kind && this.#named(this.#word(id, 0), wanted)) return id;
    }
    return undefined;
  }

  #member(id: number, name: string): { readonly type: number; readonly bits: number } | undefined {
    const kind = this.#kind(id);
    if (kind !== KIND.struct && kind !== KIND.union) return undefined;
    const wanted = new TextEncoder().encode(`${name}\0`);
    const narrow = this.#word(id, 4) >>> 31 === 1;
    for (let index = 0; index < this.#count(id); index += 1) {
      const at = TYPE_BYTES + 12 * index;
      const [called, type, packed] = [this.#word(id, at), this.#word(id, at + 4), this.#word(id, at + 8)];
      const bits = narrow ? packed & 0xffffff : packed;
      if (this.#named(called, wanted)) return { type, bits };
      const inner = this.#named(called, new Uint8Array(1)) ? this.#member(type, name) : undefined;
      if (inner !== undefined) return { type: inner.type, bits: bits + inner.bits };
    }
    return undefined;
  }

  #named(name: number, wanted: Uint8Array): boolean {
    const at = this.#names + name;
    return wanted.every((byte, index) => this.#bytes[at + index] === byte);
  }

  #word(id: number, at: number): number {
    return this.#view.getUint32((this.#places[id] ?? 0) + at, true);
  }

  #kind(id: number): number {
    return (this.#word(id, 4) >>> 24) & 0x1f;
  }

  #count(id: number): number {
    return this.#word(id, 4) & 0xffff;
  }

  #target(id: number): number {
    return this.#word(id, 8);
  }
}

function placesOf(view: DataView, begin: number, end: number): Uint32Array | undefined {
  const places = new Uint32Array((end - begin) / TYPE_BYTES + 1);
  let count = 1;
  let at = begin;
  while (at + TYPE_BYTES <= end) {
    const info = view.getUint32(at + 4, true);
    const kind = (info >>> 24) & 0x1f;
    if (kind > KIND_MAX) return undefined;
    const [fixed, each] = TRAILING[kind] ?? [0, 0];
    places[count] = at;
    count += 1;
    at += TYPE_BYTES + fixed + each * (info & 0xffff);
  }
  return at === end ? places.slice(0, count) : undefined;
}
