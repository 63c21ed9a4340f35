import { closeSync, constants, openSync } from "node:fs";
import { Fault } from "@leeward/base";
import { isWindows } from "@leeward/world";
import { makePrivateFolder } from "./node-private-folder.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
/** libuv's UV_FS_O_EXLOCK: on Windows the file is opened so that nobody else can open it (no share mode). */
const O_EXLOCK = 0x1000_0000;

/**
 * Takes the home for this process alone, by a lock of the kernel on HOME/lock: it goes with the process, however that ends, so no crash
 * and no reboot leaves it behind. The file stays. A home that is not there is made, private.
 * @throws Fault `home-in-use`
 */
export async function lockHome(home: string): Promise<Disposable> {
  await makePrivateFolder(home);
  const fd = await (isWindows ? openAlone : openLocked)(`${home}/lock`);
  if (fd !== undefined) return { [Symbol.dispose]: () => closeSync(fd) };
  throw new Fault({
    code: "home-in-use",
    kind: "operator",
    message: `${home} is in use by another process.`,
    remedy: "Stop the daemon that runs in this home, or give this one a home of its own.",
    detail: { home },
  });
}

/** undefined when another process has the lock. */
async function openLocked(path: string): Promise<number | undefined> {
  const { default: koffi } = await import("koffi");
  const flock: (fd: number, operation: number) => number = koffi.load(null).func("int flock(int fd, int operation)");
  const fd = openSync(path, "a", 0o600);
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return fd;
  closeSync(fd);
  return undefined;
}

async function openAlone(path: string): Promise<number | undefined> {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | O_EXLOCK, 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EBUSY") return undefined;
    throw error;
  }
}
