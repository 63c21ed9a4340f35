import { type FileHandle, open } from "node:fs/promises";
import type { Clock } from "@leeward/world";
import { storeUnreachable } from "./store-faults.ts";

const LOCK_EX_NB = 2 | 4;
const POLL_MS = 5;
const POLL_MS_MAX = 100;
const WAIT_MS_MAX = 60_000;

/**
 * Runs `work` while this process alone holds the lock at `path`: flock(2), which the kernel gives back however the process ends, so that no crash leaves it behind. The file stays. Of
 * NFS, Linux takes it at the server, for all that have mounted the folder (nfs(5), unless `nolock` or `local_lock` are set).
 * @throws Fault `store-unreachable` when another holds it for a minute; what opening throws; an Error where there are no locks
 */
export async function holdingLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const file = await open(path, "a", 0o600);
  try {
    await lock(file, path, clock);
    return await work();
  } finally {
    await file.close();
  }
}

async function lock(file: FileHandle, path: string, clock: Clock): Promise<void> {
  const tryLock = await flock();
  const until = clock.monotonicMicros() + WAIT_MS_MAX * 1_000;
  for (let delayMs = POLL_MS; ; delayMs = Math.min(2 * delayMs, POLL_MS_MAX)) {
    if (await tryLock(file.fd)) return;
    if (clock.monotonicMicros() > until) throw storeUnreachable(path, "another process holds this lock for a minute");
    await clock.sleep(delayMs, never);
  }
}

const never = new AbortController().signal;
let loaded: Promise<(fd: number) => Promise<boolean>> | undefined;

function flock(): Promise<(fd: number) => Promise<boolean>> {
  loaded ??= loadFlock();
  return loaded;
}

/** Asked on another thread: where the folder is one of NFS, the answer comes from its server. */
async function loadFlock(): Promise<(fd: number) => Promise<boolean>> {
  const { default: koffi } = await import("koffi");
  const call = koffi.load(null).func("int flock(int fd, int operation)");
  return (fd) => {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    call.async(fd, LOCK_EX_NB, (error: unknown, result: unknown) => {
      const errno = koffi.errno();
      if (error !== null && error !== undefined) reject(new Error("flock could not be called", { cause: error }));
      else if (result === 0) resolve(true);
      else if (errno === koffi.os.errno["EWOULDBLOCK"] || errno === koffi.os.errno["EAGAIN"]) resolve(false);
      else reject(new LockRefused(errno));
    });
    return promise;
  };
}

/** The file system has no locks, or cannot give one. */
export class LockRefused extends Error {
  constructor(errno: number) {
    super(`flock failed (errno ${errno})`);
  }
}
