import { close as closeFile, closeSync, constants, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import { Fault, KiB, MiB } from "@leeward/base";
import { isAligned, isWindows } from "@leeward/world";
import type { Allocation, BlockDevice, WriteOptions } from "./block-device.ts";
import { type DeviceCall, deviceFaultOf, diskClosed, diskReadOnly } from "./device-fault.ts";
import { assertFits } from "./device-range.ts";
import { type Extent, endOf } from "./extent.ts";
import { type DiskFacts, type DiskIdentity, factsOf, identityOf, openFault } from "./node-disk-facts.ts";
import { allocationOf } from "./node-file-allocation.ts";
import { directIo, type FileIo, pooledIo, readInline, writeInline } from "./node-file-io.ts";
import { type SystemCalls, systemCalls } from "./node-system-calls.ts";
import { openWindowsDevice } from "./node-windows-device.ts";

const datasync = promisify(fdatasync);
const closeAsync = promisify(closeFile);
const PAGE_BYTES = 4 * KiB;
const ZEROES = new Uint8Array(MiB);
const DONE: Promise<void> = Promise.resolve();

export interface FileDeviceOptions {
  /** A raw image file or a block device. */
  readonly path: string;
  readonly readOnly: boolean;
  /**
   * `thread-pool` never holds the event loop. `inline` reads and writes on the calling thread, which is cheaper for small
   * buffered I/O and only right in a worker that serves one disk. What waits for the disk (flush, FUA) always leaves the loop.
   */
  readonly io: "inline" | "thread-pool";
  /** Past the page cache (O_DIRECT), as a live mounted device must be read. Always on the thread pool. */
  readonly direct: boolean;
  /**
   * Whole-page reads of so many bytes or more into memory that starts on a page go past the page cache also where `direct` is not set, if the
   * file system can. A copy that reads a disk through the cache pushes out what the application has there, and leaves its pages in folios so
   * large that every small write after it costs several times as much (ext4).
   */
  readonly directReadsFrom?: number;
  /** Logical block size of a file; a block device says its own. 512 when not given. */
  readonly blockBytes?: 512 | 4096;
  /** Take a block device only when nobody has it mounted or exclusively open (Fault `disk-busy`). */
  readonly exclusive?: boolean;
}

/** A BlockDevice on a file or block device, and what tells whether it is still the same one. */
export interface FileDevice extends BlockDevice {
  readonly path: string;
  readonly kind: "file" | "block-device";
  readonly physicalBlockBytes: number;
  /** As the open file is now, not as the path is. */
  identity(): Promise<DiskIdentity>;
}

/**
 * Opens a raw image file or a block device. What it discards or zeroes reads as zeroes on every kind of disk: the kernel's
 * fallocate is asked first (on block devices it succeeds only where that holds), and where it is refused zeroes are written.
 *
 * @throws Fault `disk-missing`, `disk-denied`, `disk-busy`, `disk-unsuitable`; on Windows also `not-on-windows`
 */
export async function openFileDevice(options: FileDeviceOptions): Promise<FileDevice> {
  if (isWindows) return openWindowsDevice(options);
  const calls = await systemCalls();
  const { path, readOnly, direct, exclusive = false } = options;
  const access = readOnly ? constants.O_RDONLY : constants.O_RDWR;
  const flags = access | (direct ? constants.O_DIRECT : 0) | (exclusive ? constants.O_EXCL : 0);
  let fd: number | undefined;
  try {
    fd = openSync(path, flags);
    const facts = factsOf(fd, path, options.blockBytes ?? 512, calls);
    // The same file once more, where a write returns when it is durable: cheaper for one write than a sync of the whole disk.
    const durableFd = readOnly
      ? fd
      : openSync(`/proc/self/fd/${fd}`, access | constants.O_DSYNC | (direct ? constants.O_DIRECT : 0));
    const directFd = options.directReadsFrom === undefined || direct ? undefined : directReader(fd);
    return new NodeFileDevice(options, facts, { fd, durableFd, directFd }, calls);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw error instanceof Fault ? error : openFault(error, path);
  }
}

/** The same file past the page cache; undefined where that cannot be. */
function directReader(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_DIRECT);
  } catch {
    return undefined;
  }
}

function isWholePages(offset: number, target: Uint8Array): boolean {
  return offset % PAGE_BYTES === 0 && target.length % PAGE_BYTES === 0 && isAligned(target);
}

class NodeFileDevice implements FileDevice {
  readonly path: string;
  readonly kind: "file" | "block-device";
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
  readonly readOnly: boolean;
  readonly #fd: number;
  readonly #durableFd: number;
  readonly #directFd: number | undefined;
  readonly #directReadsFrom: number;
  readonly #inline: boolean;
  readonly #io: FileIo;
  readonly #calls: SystemCalls | undefined;
  /** Calls that left the event loop and use a descriptor. It must not be closed under them: its number may be given to another file. */
  #underWay = 0;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(
    options: FileDeviceOptions,
    facts: DiskFacts,
    fds: { fd: number; durableFd: number; directFd: number | undefined },
    calls: SystemCalls | undefined,
  ) {
    this.path = options.path;
    this.kind = facts.kind;
    this.sizeBytes = facts.sizeBytes;
    this.blockBytes = facts.blockBytes;
    this.physicalBlockBytes = facts.physicalBlockBytes;
    this.readOnly = options.readOnly;
    this.#fd = fds.fd;
    this.#durableFd = fds.durableFd;
    this.#directFd = fds.directFd;
    this.#directReadsFrom = options.directReadsFrom ?? Number.POSITIVE_INFINITY;
    this.#inline = options.io === "inline" && !options.direct;
    this.#io = options.direct ? directIo() : pooledIo;
    this.#calls = calls;
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    const { length } = target;
    if (this.#directFd !== undefined && length >= this.#directReadsFrom && isWholePages(offset, target)) {
      const directFd = this.#directFd;
      return this.#outside(this.#call("read", { offset, length }), () => pooledIo.read(directFd, offset, target));
    }
    if (!this.#inline || this.#closed !== undefined) {
      const call = this.#call("read", { offset, length: target.length });
      return this.#outside(call, () => this.#io.read(this.#fd, offset, target));
    }
    try {
      readInline(this.#fd, offset, target);
      return DONE;
    } catch (error) {
      return Promise.reject(deviceFaultOf(error, this.#call("read", { offset, length: target.length })));
    }
  }

  write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
    assertFits(this, offset, data.length);
    if (!this.#inline || options.fua || this.readOnly || this.#closed !== undefined) {
      const call = this.#call("write", { offset, length: data.length });
      return this.#change(call, () => this.#io.write(options.fua ? this.#durableFd : this.#fd, offset, data));
    }
    try {
      writeInline(this.#fd, offset, data);
      return DONE;
    } catch (error) {
      return Promise.reject(deviceFaultOf(error, this.#call("write", { offset, length: data.length })));
    }
  }

  zero(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#change(this.#call("zero", extent), () => this.#clear(extent, options));
  }

  discard(extent: Extent, options: WriteOptions): Promise<void> {
    assertFits(this, extent.offset, extent.length);
    return this.#change(this.#call("discard", extent), () => this.#clear(extent, { ...options, mayDiscard: true }));
  }

  flush(): Promise<void> {
    return this.#outside(this.#call("flush"), () => (this.readOnly ? DONE : datasync(this.#fd)));
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    if (this.#closed !== undefined) throw diskClosed(this.#call("allocation", extent));
    return this.#calls === undefined || this.kind === "block-device"
      ? [{ kind: "data", ...extent }]
      : allocationOf({ fd: this.#fd, blockBytes: this.blockBytes, calls: this.#calls }, extent);
  }

  async identity(): Promise<DiskIdentity> {
    if (this.#closed !== undefined) throw diskClosed(this.#call("allocation"));
    return identityOf(this.#fd, this.sizeBytes);
  }

  /** Settles when all calls under way have ended and the descriptors are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers<void>();
      if (this.#underWay === 0) this.#closed.resolve();
      await this.#closed.promise;
      await closeAsync(this.#fd);
      if (this.#durableFd !== this.#fd) await closeAsync(this.#durableFd);
      if (this.#directFd !== undefined) await closeAsync(this.#directFd);
    }
    await this.#closed.promise;
  }

  async #clear(extent: Extent, options: WriteOptions & { readonly mayDiscard: boolean }): Promise<void> {
    const cleared =
      this.#calls !== undefined &&
      ((options.mayDiscard && (await this.#calls.punchHole(this.#fd, extent))) ||
        (await this.#calls.zeroRange(this.#fd, extent)));
    // Whatever the reason of the refusal, writing zeroes is right, and tells the true error where there is one.
    if (!cleared) await this.#writeZeroes(extent);
    if (options.fua) await datasync(this.#fd);
  }

  async #writeZeroes(extent: Extent): Promise<void> {
    for (let at = extent.offset; at < endOf(extent); at += ZEROES.length) {
      await this.#io.write(this.#fd, at, ZEROES.subarray(0, Math.min(ZEROES.length, endOf(extent) - at)));
    }
  }

  #change(call: DeviceCall, work: () => Promise<void>): Promise<void> {
    return this.readOnly ? Promise.reject(diskReadOnly(call)) : this.#outside(call, work);
  }

  async #outside(call: DeviceCall, work: () => Promise<void>): Promise<void> {
    if (this.#closed !== undefined) throw diskClosed(call);
    this.#underWay += 1;
    try {
      await work();
    } catch (error) {
      throw deviceFaultOf(error, call);
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#closed?.resolve();
  }

  #call(operation: DeviceCall["operation"], extent?: Extent): DeviceCall {
    return { disk: this.path, operation, ...(extent === undefined ? {} : { extent }) };
  }
}
