// Disks of Windows: physical drives, volumes and shadow copies by their device paths, and image files. They are read, never written: nothing of ours stands in a
// write's way there, and nothing is brought back to one (docs/decisions/0030-windows.md).
import { close, fstatSync, openSync } from "node:fs";
import { promisify } from "node:util";
import { assert, Fault, MiB } from "@leeward/base";
import { AlignedBuffers } from "@leeward/world";
import type { Allocation } from "./block-device.ts";
import { type DeviceCall, deviceFaultOf, diskClosed, diskReadOnly } from "./device-fault.ts";
import { assertFits } from "./device-range.ts";
import type { Extent } from "./extent.ts";
import { type DiskFacts, type DiskIdentity, identityOf, openFault, suitable, unsuitable } from "./node-disk-facts.ts";
import type { FileDevice, FileDeviceOptions } from "./node-file-device.ts";
import { pooledIo } from "./node-file-io.ts";
import { type WindowsCalls, windowsCalls } from "./node-windows-calls.ts";
import { askDrive, type DriveFacts } from "./node-windows-drives.ts";
import { isDevicePath } from "./windows-drive.ts";

const FSCTL_ALLOW_EXTENDED_DASD_IO = 0x0009_0083;
const BUFFER_BYTES = MiB;
/** Each holds one of koffi's threads while it reads. */
const READS_AT_ONCE_MAX = 8;
const closeFile = promisify(close);

let buffers: AlignedBuffers | undefined;

/** Of this thread; made when the first drive is read. */
function sharedBuffers(): AlignedBuffers {
  buffers ??= new AlignedBuffers({ count: READS_AT_ONCE_MAX, bytes: BUFFER_BYTES });
  return buffers;
}

/** As openFileDevice; `direct` and `io` change nothing: devices are always read past the cache, and nothing holds the event loop. */
export async function openWindowsDevice(options: FileDeviceOptions): Promise<FileDevice> {
  const { path, readOnly, exclusive = false } = options;
  if (!readOnly) throw notWritten(path);
  // Windows lets nobody have a drive alone while a volume of it is mounted, and says nothing of who else reads.
  if (exclusive && isDevicePath(path)) throw notOnWindows(`${path} cannot be taken for the agent alone`);
  const source = isDevicePath(path) ? await openDrive(path) : openImage(path, options.blockBytes ?? 512);
  return new WindowsDevice(path, source);
}

/** What is open: how it is read, and what it is. */
interface Source {
  readonly facts: DiskFacts;
  identity(): DiskIdentity;
  read(offset: number, target: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

async function openDrive(path: string): Promise<Source> {
  const calls = await windowsCalls();
  assert(calls !== undefined, "only Windows has drives");
  let handle: bigint | undefined;
  try {
    handle = calls.open(path, "read");
    // A volume's last sector, the copy of its first one, is behind what its file system counts; a drive does not know the question.
    calls.ask(handle, FSCTL_ALLOW_EXTENDED_DASD_IO);
    const drive = askDrive(calls, { handle, path });
    const facts = { kind: "block-device", ...sizesOf(path, drive) } as const;
    return driveSource(calls, { handle, drive, facts: suitable(facts, path) });
  } catch (error) {
    if (handle !== undefined) calls.close(handle);
    throw error instanceof Fault ? error : openFault(error, path);
  }
}

function sizesOf(path: string, drive: DriveFacts): Omit<DiskFacts, "kind"> {
  const { blockBytes = 512, physicalBlockBytes = blockBytes } = drive;
  const { sizeBytes } = drive;
  if (sizeBytes === undefined) throw unsuitable(path, "Windows does not tell its size");
  return { sizeBytes, blockBytes, physicalBlockBytes };
}

function driveSource(
  calls: WindowsCalls,
  { handle, drive, facts }: { readonly handle: bigint; readonly drive: DriveFacts; readonly facts: DiskFacts },
): Source {
  return {
    facts,
    identity: () => ({
      kind: facts.kind,
      device: `${drive.serial} ${drive.signature}`.trim(),
      inode: "0",
      sizeBytes: facts.sizeBytes,
      modifiedMicros: 0,
    }),
    async read(offset, target) {
      for (let done = 0; done < target.length; ) {
        done += await sharedBuffers().lend(async (buffer) => {
          const part = buffer.subarray(0, Math.min(BUFFER_BYTES, target.length - done));
          const got = await calls.read(handle, offset + done, part);
          if (got === 0) throw Object.assign(new Error("the disk ends before the extent does"), { code: "ENXIO" });
          target.set(part.subarray(0, got), done);
          return got;
        });
      }
    },
    close: async () => calls.close(handle),
  };
}

function openImage(path: string, blockBytes: number): Source {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw openFault(error, path);
  }
  const stat = fstatSync(fd, { bigint: true });
  const facts = { kind: "file", sizeBytes: Number(stat.size), blockBytes, physicalBlockBytes: 4096 } as const;
  try {
    if (!stat.isFile()) throw unsuitable(path, "it is neither a file nor a drive");
    suitable(facts, path);
  } catch (error) {
    void closeFile(fd);
    throw error;
  }
  return {
    facts,
    identity: () => identityOf(fd, facts.sizeBytes),
    read: (offset, target) => pooledIo.read(fd, offset, target),
    close: () => closeFile(fd),
  };
}

class WindowsDevice implements FileDevice {
  readonly path: string;
  readonly kind: "file" | "block-device";
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
  readonly readOnly = true;
  readonly #source: Source;
  readonly #reads = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(path: string, source: Source) {
    this.path = path;
    this.kind = source.facts.kind;
    this.sizeBytes = source.facts.sizeBytes;
    this.blockBytes = source.facts.blockBytes;
    this.physicalBlockBytes = source.facts.physicalBlockBytes;
    this.#source = source;
  }

  async read(offset: number, target: Uint8Array): Promise<void> {
    assertFits(this, offset, target.length);
    const call: DeviceCall = { disk: this.path, operation: "read", extent: { offset, length: target.length } };
    if (this.#closed !== undefined) throw diskClosed(call);
    const reading = this.#source.read(offset, target);
    this.#reads.add(reading);
    try {
      await reading;
    } catch (error) {
      throw deviceFaultOf(error, call);
    } finally {
      this.#reads.delete(reading);
    }
  }

  write(offset: number, { length }: Uint8Array): Promise<void> {
    return this.#refuse("write", { offset, length });
  }

  zero(extent: Extent): Promise<void> {
    return this.#refuse("zero", extent);
  }

  discard(extent: Extent): Promise<void> {
    return this.#refuse("discard", extent);
  }

  async flush(): Promise<void> {
    if (this.#closed !== undefined) throw diskClosed({ disk: this.path, operation: "flush" });
  }

  async allocation(extent: Extent): Promise<readonly Allocation[]> {
    assertFits(this, extent.offset, extent.length);
    if (this.#closed !== undefined) throw diskClosed({ disk: this.path, operation: "allocation", extent });
    return [{ kind: "data", ...extent }];
  }

  async identity(): Promise<DiskIdentity> {
    if (this.#closed !== undefined) throw diskClosed({ disk: this.path, operation: "allocation" });
    return this.#source.identity();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= Promise.allSettled(this.#reads).then(() => this.#source.close());
    return this.#closed;
  }

  async #refuse(operation: DeviceCall["operation"], extent: Extent): Promise<never> {
    assertFits(this, extent.offset, extent.length);
    throw diskReadOnly({ disk: this.path, operation, extent });
  }
}

function notWritten(path: string): Fault {
  return notOnWindows(`${path} cannot be written`);
}

function notOnWindows(what: string): Fault {
  return new Fault({
    code: "not-on-windows",
    kind: "operator",
    message: `${what}: Leeward only reads disks of Windows.`,
    remedy: "Protect the disk with `--capture rescan`; see the manual's page about Windows for what is not there.",
  });
}
