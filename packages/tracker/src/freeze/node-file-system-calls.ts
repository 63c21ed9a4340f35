import koffi from "koffi";
import { type FileExtents, fileExtents } from "./fiemap.ts";

const FIFREEZE = 0xc0045877;
const FITHAW = 0xc0045878;
const FS_IOC_FIEMAP = 0xc020660b;
const O_CLOEXEC = 0x80000;

interface Calls {
  readonly ioctl: {
    (fd: number, request: number, argument: number): number;
    async(fd: number, request: number, argument: number, done: (error: unknown, result: number) => void): void;
  };
  readonly ioctlBytes: (fd: number, request: number, bytes: Uint8Array) => number;
  readonly syncfs: { async(fd: number, done: (error: unknown, result: number) => void): void };
  readonly pipe2: (fds: number[], flags: number) => number;
  readonly write: (fd: number, bytes: Uint8Array, length: number) => number;
}

let loaded: Calls | undefined;

/** Of the C library, which Windows does not have; there nothing asks for them. */
function calls(): Calls {
  loaded ??= load();
  return loaded;
}

function load(): Calls {
  const libc = koffi.load(null);
  return {
    ioctl: libc.func("ioctl", "int", ["int", "unsigned long", "long"]),
    ioctlBytes: libc.func("ioctl", "int", ["int", "unsigned long", "void *"]),
    syncfs: libc.func("int syncfs(int fd)"),
    pipe2: libc.func("pipe2", "int", [koffi.out(koffi.pointer("int")), "int"]),
    write: libc.func("write", "long", ["int", "void *", "size_t"]),
  };
}

const NAMES = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]));

/** The name of an error's number, as EBUSY; undefined stands for success. */
export type Errno = string | undefined;

function outcome(result: number): Errno {
  if (result >= 0) return undefined;
  const errno = koffi.errno();
  return NAMES.get(errno) ?? `error ${errno}`;
}

/** Stops all writing to the file system of `fd`, after what is dirty was written. Blocks this thread until the kernel answers. */
export function freezeFileSystem(fd: number): Errno {
  return outcome(calls().ioctl(fd, FIFREEZE, 0));
}

/** EINVAL when it is not frozen. Blocks this thread. */
export function thawFileSystem(fd: number): Errno {
  return outcome(calls().ioctl(fd, FITHAW, 0));
}

/** As `thawFileSystem`, on a thread of koffi's. */
export function thawAside(fd: number): Promise<Errno> {
  const { promise, resolve } = Promise.withResolvers<Errno>();
  calls().ioctl.async(fd, FITHAW, 0, (error, result) =>
    resolve(error === null ? outcome(result) : "no thread to call it on"),
  );
  return promise;
}

/** syncfs(2) on a thread of koffi's. */
export function syncAside(fd: number): Promise<Errno> {
  const { promise, resolve } = Promise.withResolvers<Errno>();
  calls().syncfs.async(fd, (error, result) => resolve(error === null ? outcome(result) : "no thread to call it on"));
  return promise;
}

/** Where the file of `fd` lies; undefined when its file system does not tell. */
export function extentsOf(fd: number): FileExtents | undefined {
  return fileExtents((request) => calls().ioctlBytes(fd, FS_IOC_FIEMAP, request) >= 0);
}

/** A pipe of which no other child than one that is handed an end ever holds one. Undefined when there are no more descriptors. */
export function openPipe(): { readonly reader: number; readonly writer: number } | undefined {
  const fds: number[] = [0, 0];
  if (calls().pipe2(fds, O_CLOEXEC) < 0) return undefined;
  const [reader = 0, writer = 0] = fds;
  return { reader, writer };
}

/** Whether all of it was written. Touches no file system when `fd` is a pipe. */
export function writeBytes(fd: number, bytes: Uint8Array): boolean {
  return calls().write(fd, bytes, bytes.length) === bytes.length;
}
