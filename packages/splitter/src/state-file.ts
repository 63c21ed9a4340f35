import { assert, Fault, Mutex, viewOf } from "@leeward/base";
import { type FileHandle, type Files, replaceFile } from "@leeward/world";
import { crc32c } from "@node-rs/crc32";
import { decodeStoredState, type StoredState } from "./stored-state.ts";

/**
 * What a splitter must know after a restart, in two slots that are written in place by turns, so that a full file system
 * does not stop it and a torn write leaves the other slot.
 *
 *   slot (4,096 bytes):   JSON text with a rising `number`, spaces, and in the last 4 bytes the CRC-32C of what is before, little-endian
 *
 * Invariant: what `change` resolved for is what the next open finds, or something newer. A crash during a change leaves the state
 * before or after it. Both slots bad is damage that no crash explains: Fault `splitter-state-damaged`.
 */
const SLOT_BYTES = 4_096;
const TEXT_BYTES_MAX = SLOT_BYTES - 4;
const FILE = "state.json";

export class StateFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #alone = new Mutex();
  #state: StoredState;
  #number: number;

  private constructor(handle: FileHandle, state: StoredState, number: number) {
    this.#handle = handle;
    this.#state = state;
    this.#number = number;
  }

  /** The state of a folder; undefined when it holds none. @throws Fault `splitter-state-damaged` */
  static async open(files: Files, folder: string): Promise<StateFile | undefined> {
    const path = `${folder}/${FILE}`;
    if ((await files.status(path)) === undefined) return undefined;
    const handle = await files.open(path, "update");
    try {
      const bytes = new Uint8Array(2 * SLOT_BYTES);
      await handle.read(bytes, 0);
      const slots = [decodeSlot(bytes.subarray(0, SLOT_BYTES)), decodeSlot(bytes.subarray(SLOT_BYTES))];
      const newest = slots.filter((slot) => slot !== undefined).sort((a, b) => b.number - a.number)[0];
      if (newest === undefined) throw damaged(path);
      // What was read may not be on the disk: a datasync may have failed, or the process been killed before it. The other slot is
      // overwritten next, so this one has to be certain.
      await handle.write([encodeSlot(newest.state, newest.number)], (newest.number % 2) * SLOT_BYTES);
      await handle.datasync();
      return new StateFile(handle, newest.state, newest.number);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Makes the file; durable when it settles. There must be none. */
  static async create(files: Files, folder: string, state: StoredState): Promise<StateFile> {
    const bytes = new Uint8Array(2 * SLOT_BYTES);
    bytes.set(encodeSlot(state, 1), SLOT_BYTES);
    await replaceFile(files, folder, FILE, bytes);
    return new StateFile(await files.open(`${folder}/${FILE}`, "update"), state, 1);
  }

  get state(): StoredState {
    return this.#state;
  }

  /** Replaces what `update` names; durable when it settles. */
  change(update: (state: StoredState) => StoredState): Promise<void> {
    return this.#alone.hold(async () => {
      const state = update(this.#state);
      const number = this.#number + 1;
      await this.#handle.write([encodeSlot(state, number)], (number % 2) * SLOT_BYTES);
      await this.#handle.datasync();
      this.#state = state;
      this.#number = number;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#alone.hold(() => this.#handle.close());
  }
}

function encodeSlot(state: StoredState, number: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ number, ...state }));
  assert(text.length <= TEXT_BYTES_MAX, "a state fits into its slot");
  const slot = new Uint8Array(SLOT_BYTES).fill(0x20);
  slot.set(text, 0);
  slot[TEXT_BYTES_MAX - 1] = 0x0a;
  viewOf(slot).setUint32(TEXT_BYTES_MAX, crc32c(slot.subarray(0, TEXT_BYTES_MAX)), true);
  return slot;
}

/** undefined when the slot is torn, or was never written. */
export function decodeSlot(slot: Uint8Array): { readonly state: StoredState; readonly number: number } | undefined {
  const text = slot.subarray(0, TEXT_BYTES_MAX);
  if (viewOf(slot).getUint32(TEXT_BYTES_MAX, true) !== crc32c(text)) return undefined;
  return decodeStoredState(new TextDecoder().decode(text));
}

function damaged(path: string): Fault {
  return new Fault({
    code: "splitter-state-damaged",
    kind: "corruption",
    message: `${path} does not say how far the disk was captured.`,
    detail: { path },
  });
}
