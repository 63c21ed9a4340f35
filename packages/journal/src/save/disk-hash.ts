import { createHash } from "node:crypto";
import { MiB } from "@leeward/base";
import { type BlockDevice, endOf } from "@leeward/block";

const READ_BYTES = 4 * MiB;
const ALLOCATION_BYTES = 256 * MiB;
const ZEROES = new Uint8Array(READ_BYTES);

/** The SHA-256 of a disk's whole content, fed in order: what is zero counts as the zeroes that it reads as. */
export class DiskHash {
  readonly #hash = createHash("sha256");

  data(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  zeroes(length: number): void {
    for (let rest = length; rest > 0; rest -= ZEROES.length)
      this.#hash.update(ZEROES.subarray(0, Math.min(ZEROES.length, rest)));
  }

  hex(): string {
    return this.#hash.digest("hex");
  }
}

/** Reads the whole disk; stops with the signal's reason at the next piece when it aborts. */
export async function hashDevice(
  device: BlockDevice,
  { signal, done }: { readonly signal: AbortSignal; readonly done: (doneBytes: number) => void },
): Promise<string> {
  const hash = new DiskHash();
  const buffer = new Uint8Array(READ_BYTES);
  for (let offset = 0; offset < device.sizeBytes; offset += ALLOCATION_BYTES) {
    const extent = { offset, length: Math.min(ALLOCATION_BYTES, device.sizeBytes - offset) };
    for (const run of await device.allocation(extent)) {
      signal.throwIfAborted();
      if (run.kind === "zero") hash.zeroes(run.length);
      for (let at = run.offset; run.kind === "data" && at < endOf(run); at += READ_BYTES) {
        signal.throwIfAborted();
        const target = buffer.subarray(0, Math.min(READ_BYTES, endOf(run) - at));
        await device.read(at, target);
        hash.data(target);
        done(at + target.length);
      }
    }
    done(endOf(extent));
  }
  return hash.hex();
}
