import { closeSync } from "node:fs";
import { type FaultDetail, viewOf } from "@leeward/base";
import { FUNCTION_INFO_BYTES, functionInfo, functionTypes } from "./function-types.ts";
import type { EventProgram } from "./note-code.ts";

/*
 * bpf(2), the few commands that are needed, by koffi. Offsets are those of `union bpf_attr` (include/uapi/linux/bpf.h), x86-64.
 */
const SYS_BPF = 321;
const SYS_MEMBARRIER = 324;
const MEMBARRIER_GLOBAL = 1;
const COMMAND = {
  mapCreate: 0,
  mapUpdate: 2,
  progLoad: 5,
  pin: 6,
  get: 7,
  info: 15,
  openRawTracepoint: 17,
  btfLoad: 18,
} as const;
const ATTRIBUTE_BYTES = 144;
const MAP_TYPE = { hash: 1, array: 2, percpuArray: 6, arrayOfMaps: 12 } as const;
const MAPPABLE = 1_024;
const PROG_TYPE_TRACING = 26;
const TRACE_RAW_TRACEPOINT = 23;
const INSTRUCTION_BYTES = 8;
const LICENSE = new TextEncoder().encode("Dual MIT/GPL\0");
const LOAD_ATTEMPTS = 5;
const LOG_BYTES = 1 << 20;
const LOG_TAIL_LETTERS = 600;
const INFO_BYTES = 232;
const RECURSION_MISSES_AT = 208;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const PAGE_BYTES = 4_096;
const F_DUPFD_CLOEXEC = 1_030;

export interface MapShape {
  readonly kind: keyof typeof MAP_TYPE;
  readonly keyBytes?: number;
  readonly valueBytes: number;
  readonly entries: number;
  /** Can be mapped into this process; only an array can. */
  readonly mapped?: boolean;
  /** A map as those that it will hold. */
  readonly inner?: number;
}

/** Memory that a map and this process share. Nothing may use `memory` after the disposal. */
export interface MappedMap extends Disposable {
  readonly memory: ArrayBuffer;
}

/** What bpf(2) refused. The tracker falls to another backend, or makes a Fault of it. */
export class BpfRefusal extends Error {
  override readonly name = "BpfRefusal";
  readonly detail: FaultDetail;

  constructor(what: string, errno: string, log?: string) {
    super(`bpf(2) refused to ${what} (${errno})`);
    this.detail = { errno, ...(log === undefined ? {} : { verifier: log }) };
  }
}

/** File descriptors are closed with `closeFd`; what is pinned or attached lives on while a pin or descriptor holds it. */
export interface Bpf {
  createMap(shape: MapShape): number;
  mapMemory(fd: number, bytes: number): MappedMap;
  /** Another descriptor of the same. */
  duplicate(fd: number): number;
  /** A program for a tracepoint that BTF names by a typedef. */
  loadProgram(program: EventProgram, typedefId: number): number;
  /** The program runs for each of its events until nothing holds the link. */
  attach(program: number): number;
  pin(fd: number, path: string): void;
  /** The map, program or link that is pinned there. */
  get(path: string): number;
  /** How often the kernel skipped the program because it ran already; undefined when this kernel does not count. */
  recursionMisses(program: number): number | undefined;
  /** Returns when every program that ran at the call has ended. */
  awaitPrograms(): Promise<void>;
}

export function closeFd(fd: number): void {
  closeSync(fd);
}

let loading: Promise<Bpf> | undefined;

/** @throws when this is not Linux on x86-64 with glibc */
export function loadBpf(): Promise<Bpf> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Bpf> {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("it is made for Linux on x86-64 alone");
  const { default: koffi } = await import("koffi");
  const library = koffi.load("libc.so.6");
  const errnoName = (): string => {
    const errno = koffi.errno();
    return Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
  };
  const bpfCall: (number: number, command: number, attributes: Uint8Array, bytes: number) => number = library.func(
    "syscall",
    "long",
    ["long", "int", "void *", "unsigned int"],
  );
  const call: Call = (command, what, attributes) => {
    const result = bpfCall(SYS_BPF, command, attributes.bytes, ATTRIBUTE_BYTES);
    const errno = errnoName();
    attributes.release();
    if (result < 0) throw new BpfRefusal(what, errno);
    return result;
  };
  const address: Address = (bytes) => koffi.address(bytes);
  const fcntl: (fd: number, command: number, value: number) => number = library.func("fcntl", "int", [
    "int",
    "int",
    "int",
  ]);
  const pathCall = (command: number, path: string, fd: number): number => {
    const name = new TextEncoder().encode(`${path}\0`);
    return call(
      command,
      `${fd === 0 ? "open" : "pin"} ${path}`,
      new Attributes().pointer(0, address(name), name).number(8, fd),
    );
  };

  const createMap = (shape: MapShape): number => {
    const { kind, keyBytes = 4, valueBytes, entries, mapped = false, inner = 0 } = shape;
    const attributes = new Attributes();
    const numbers = [MAP_TYPE[kind], keyBytes, valueBytes, entries, mapped ? MAPPABLE : 0, inner];
    for (const [index, value] of numbers.entries()) attributes.number(4 * index, value);
    return call(COMMAND.mapCreate, "create a map", attributes);
  };

  return {
    createMap,
    loadProgram: programLoader(call, address),
    mapMemory: mapper(koffi, library),
    duplicate(fd) {
      const copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
      if (copy < 0) throw new BpfRefusal("duplicate a descriptor", errnoName());
      return copy;
    },
    attach: (program) => call(COMMAND.openRawTracepoint, "attach a program", new Attributes().number(8, program)),
    pin: (fd, path) => void pathCall(COMMAND.pin, path, fd),
    get: (path) => pathCall(COMMAND.get, path, 0),
    recursionMisses(program) {
      const info = new Uint8Array(INFO_BYTES);
      const asked = new Attributes().number(0, program).number(4, info.length).pointer(8, address(info), info);
      call(COMMAND.info, "tell of a program", asked);
      return asked.view.getUint32(4, true) < RECURSION_MISSES_AT + 8
        ? undefined
        : Number(viewOf(info).getBigUint64(RECURSION_MISSES_AT, true));
    },
    awaitPrograms: graceOf({ library, createMap, address }),
  };
}

type Call = (command: number, what: string, attributes: Attributes) => number;
type Address = (bytes: Uint8Array) => bigint;

function programLoader(call: Call, address: Address): Bpf["loadProgram"] {
  const loadTypes = (): number => {
    const types = functionTypes();
    const asked = new Attributes().pointer(0, address(types), types).number(16, types.length);
    return call(COMMAND.btfLoad, "load types", asked);
  };
  const loadOnce = (program: EventProgram, typedefId: number, attempt: number): number => {
    const { code, stepAt } = program;
    const functions = functionInfo(stepAt);
    const types = loadTypes();
    const asked = (): Attributes =>
      new Attributes()
        .number(0, PROG_TYPE_TRACING)
        .number(4, code.length / INSTRUCTION_BYTES)
        .pointer(8, address(code), code)
        .pointer(16, address(LICENSE), LICENSE)
        .number(68, TRACE_RAW_TRACEPOINT)
        .number(72, types)
        .number(76, FUNCTION_INFO_BYTES)
        .pointer(80, address(functions), functions)
        .number(88, functions.length / FUNCTION_INFO_BYTES)
        .number(108, typedefId);
    try {
      return call(COMMAND.progLoad, "load a program", asked());
    } catch (error) {
      if (!(error instanceof BpfRefusal)) throw error;
      // A signal came while the kernel verified it.
      if (error.detail["errno"] === "EAGAIN" && attempt < LOAD_ATTEMPTS)
        return loadOnce(program, typedefId, attempt + 1);
      // Only now with a log: one that overflows would make a good program fail.
      const log = new Uint8Array(LOG_BYTES);
      try {
        const logged = asked().number(24, 1).number(28, log.length).pointer(32, address(log), log);
        return call(COMMAND.progLoad, "load a program", logged);
      } catch {
        // The first refusal tells the reason; this call was made for the log alone.
        throw new BpfRefusal("load a program", String(error.detail["errno"]), tailOf(log));
      }
    } finally {
      closeFd(types);
    }
  };
  return (program, typedefId) => loadOnce(program, typedefId, 1);
}

type Koffi = typeof import("koffi")["default"];
type Library = ReturnType<Koffi["load"]>;

function mapper(koffi: Koffi, library: Library): Bpf["mapMemory"] {
  type Mmap = (
    ...values: [at: bigint, bytes: number, protection: number, flags: number, fd: number, offset: number]
  ) => bigint | number;
  const mmap: Mmap = library.func("mmap", "intptr_t", ["intptr_t", "size_t", "int", "int", "int", "int64_t"]);
  const munmap: (at: bigint, bytes: number) => number = library.func("munmap", "int", ["intptr_t", "size_t"]);
  return (fd, bytes) => {
    const length = Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
    const at = BigInt(mmap(0n, length, PROT_READ_WRITE, MAP_SHARED, fd, 0));
    if (at === -1n) throw new BpfRefusal("map a map into memory", `errno ${koffi.errno()}`);
    return { memory: koffi.view(at, bytes), [Symbol.dispose]: () => void munmap(at, length) };
  };
}

interface GraceParts {
  readonly library: Library;
  readonly createMap: (shape: MapShape) => number;
  readonly address: Address;
}

/**
 * Both ways are synchronize_rcu, under which programs run: membarrier's global command, and where that is refused (nohz_full) the change of a map
 * of maps, which returns only when no program uses the map that it held before (maybe_wait_bpf_programs).
 */
function graceOf({ library, createMap, address }: GraceParts): () => Promise<void> {
  const syscall4 = library.func("syscall", "long", ["long", "int", "void *", "unsigned int"]);
  const later = (number: number, command: number, bytes: Uint8Array, last: number): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    syscall4.async(number, command, bytes, last, (error: Error | null, result: number) =>
      error === null ? resolve(result) : reject(error),
    );
    return promise;
  };
  return async () => {
    if ((await later(SYS_MEMBARRIER, MEMBARRIER_GLOBAL, new Uint8Array(1), 0)) === 0) return;
    const inner = createMap({ kind: "array", valueBytes: 8, entries: 1 });
    const outer = createMap({ kind: "arrayOfMaps", valueBytes: 4, entries: 1, inner });
    const key = new Uint8Array(4);
    const value = new Uint8Array(4);
    viewOf(value).setUint32(0, inner, true);
    const asked = new Attributes().number(0, outer).pointer(8, address(key), key).pointer(16, address(value), value);
    const result = await later(SYS_BPF, COMMAND.mapUpdate, asked.bytes, ATTRIBUTE_BYTES);
    asked.release();
    closeFd(outer);
    closeFd(inner);
    if (result < 0) throw new BpfRefusal("wait for running programs", "by a map of maps");
  };
}

/** A `union bpf_attr`, and what it points to: held until the call is over, since the collector does not see an address. */
class Attributes {
  readonly bytes = new Uint8Array(ATTRIBUTE_BYTES);
  readonly view = viewOf(this.bytes);
  readonly #held: Uint8Array[] = [];

  number(at: number, value: number): this {
    this.view.setUint32(at, value, true);
    return this;
  }

  pointer(at: number, address: bigint, bytes: Uint8Array): this {
    this.#held.push(bytes);
    this.view.setBigUint64(at, address, true);
    return this;
  }

  release(): void {
    this.#held.length = 0;
  }
}

function tailOf(log: Uint8Array): string {
  const end = log.indexOf(0);
  return new TextDecoder().decode(log.subarray(0, end === -1 ? log.length : end)).slice(-LOG_TAIL_LETTERS);
}
