import { assert, Mutex } from "@leeward/base";
import type { DeviceUse, Freezer, FrozenFileSystems, MountedFileSystem } from "../freezer.ts";
import { freezeFailed, freezeTooSlow, holderLost, syncFailed, thawFailed } from "./freeze-faults.ts";
import { type HoldEnd, type HoldOrder, THAW } from "./freeze-messages.ts";
import { deviceUses } from "./node-device-uses.ts";
import { syncAside } from "./node-file-system-calls.ts";
import { FreezeThread } from "./node-freeze-thread.ts";
import { openUpperFirst } from "./node-opened-file-systems.ts";
import { startWatchdog } from "./node-watchdog.ts";

type Thawed = Awaited<ReturnType<FrozenFileSystems["thaw"]>>;

/** The Freezer of this machine. Needs root. A thread of its own is started at the first freeze and kept, a watchdog for each. */
export function nodeFreezer(): Freezer {
  return new NodeFreezer();
}

class NodeFreezer implements Freezer {
  readonly #oneAtATime = new Mutex();
  readonly #words = new Set<SharedArrayBuffer>();
  #thread: FreezeThread | undefined;
  #isDisposed = false;

  async usesOf(devicePaths: readonly string[]): Promise<DeviceUse> {
    return deviceUses(devicePaths);
  }

  async sync(fileSystems: readonly MountedFileSystem[]): Promise<number> {
    const begunMs = performance.now();
    using opened = openUpperFirst(fileSystems, (where) => syncFailed(where, "it is not mounted there, or hidden"));
    // The upper first: what it writes is then the lower's to write.
    for (const { fd, mountPoint } of opened.inOrder) {
      const errno = await syncAside(fd);
      if (errno !== undefined) throw syncFailed(mountPoint, `the system says ${errno}`);
    }
    return performance.now() - begunMs;
  }

  async freeze(fileSystems: readonly MountedFileSystem[], boundMs: number): Promise<FrozenFileSystems> {
    assert(!this.#isDisposed, "a freezer that was disposed of is not used");
    assert(boundMs > 0, "a freeze has a bound");
    // Nothing to hold still is held.
    if (fileSystems.length === 0) return { thaw: async () => ({ heldWhole: true, stallMs: 0 }) };
    const { promise, resolve, reject } = Promise.withResolvers<FrozenFileSystems>();
    this.#oneAtATime.hold(() => this.#hold(fileSystems, boundMs, resolve)).catch(reject);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    for (const word of this.#words) endHold(word);
    await this.#oneAtATime.hold(async () => this.#thread?.end());
  }

  /** From opening to closing; `frozen` is called in between. Rejects when it was not. */
  async #hold(
    fileSystems: readonly MountedFileSystem[],
    boundMs: number,
    frozen: (held: FrozenFileSystems) => void,
  ): Promise<void> {
    const thawed = Promise.withResolvers<Thawed>();
    // Whoever never thaws is not told of a failure to.
    thawed.promise.catch(() => undefined);
    let isFrozen = false;
    const word = new SharedArrayBuffer(4);
    this.#words.add(word);
    const onFrozen = (): void => {
      isFrozen = true;
      frozen({
        thaw() {
          endHold(word);
          return thawed.promise;
        },
      });
    };
    try {
      // Told when all is closed again: what was held open cannot be unmounted.
      thawed.resolve(await this.#holdOpened(fileSystems, { boundMs, word, onFrozen }));
    } catch (error) {
      if (!isFrozen) throw error;
      thawed.reject(error);
    } finally {
      this.#words.delete(word);
    }
  }

  async #holdOpened(
    fileSystems: readonly MountedFileSystem[],
    { boundMs, word, onFrozen }: Pick<HoldOrder, "boundMs" | "word"> & { readonly onFrozen: () => void },
  ): Promise<Thawed> {
    const hidden = (where: string): Error => freezeFailed(where, "it is not mounted there, or hidden by another mount");
    using opened = openUpperFirst(fileSystems, hidden);
    const fds = opened.inOrder.map(({ fd }) => fd);
    using watchdog = await startWatchdog(fds, boundMs);
    if (this.#thread === undefined || this.#thread.hasEnded) this.#thread = new FreezeThread();
    const end = await this.#thread.hold({ fds, watchdog: watchdog.pipe, boundMs, word }, onFrozen);
    if (end.notThawed.length === 0) await watchdog.end();
    return outcome(end, opened.inOrder, boundMs);
  }
}

function endHold(word: SharedArrayBuffer): void {
  const flag = new Int32Array(word);
  Atomics.store(flag, 0, THAW);
  Atomics.notify(flag, 0);
}

/** @throws Fault `freeze-failed`, `freeze-too-slow`, `thaw-failed` */
function outcome(end: HoldEnd, inOrder: readonly MountedFileSystem[], boundMs: number): Thawed {
  const [stuck] = end.notThawed;
  // The worst first: something is frozen still.
  if (stuck !== undefined) throw thawFailed(inOrder[stuck.index]?.mountPoint ?? "", `the system says ${stuck.errno}`);
  switch (end.how.kind) {
    case "thawed":
      return { heldWhole: end.how.heldWhole, stallMs: end.stallMs };
    case "unwatched":
      throw holderLost("the process that thaws when this one cannot");
    case "too-slow":
    case "refused": {
      const at = inOrder[end.how.index];
      assert(at !== undefined, "what was refused was asked for");
      if (end.how.kind === "too-slow") throw freezeTooSlow(at, boundMs, end.stallMs);
      throw freezeFailed(at.mountPoint, reasonOf(end.how.errno, at.kind));
    }
  }
}

function reasonOf(errno: string, kind: string): string {
  if (errno === "EBUSY") return "somebody else holds it frozen already";
  if (errno === "EOPNOTSUPP") return `Linux cannot freeze ${kind}`;
  if (errno === "EPERM") return "only root may do that";
  return `the system says ${errno}`;
}
