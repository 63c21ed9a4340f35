// The thread that freezes and thaws. From the first freeze to the last thaw it makes ioctls, writes to a pipe, and waits on a word of memory;
// it opens nothing, imports nothing and prints nothing, since the root file system may be the frozen one: a write to it would wait for a
// thaw that only this thread does. It waits without an event loop, so that neither the main thread nor a callback can keep it from thawing.
import { parentPort } from "node:worker_threads";
import { assert } from "@leeward/base";
import type { FromHolder, HoldEnd, HoldOrder, WatchdogSign } from "./freeze-messages.ts";
import { freezeFileSystem, thawFileSystem, writeBytes } from "./node-file-system-calls.ts";

const port = parentPort;
assert(port !== null, "what freezes is a worker");
port.on("message", (order: HoldOrder) => post(hold(order)));

/** A thaw that the disk refused is tried again this often, ms apart. */
const THAW_TRIES = 5;
const THAW_AGAIN_MS = 20;

function post(message: FromHolder): void {
  port?.postMessage(message);
}

function hold({ fds, watchdog, boundMs, word }: HoldOrder): HoldEnd {
  const tell = (sign: WatchdogSign, index: number): boolean =>
    writeBytes(watchdog, new TextEncoder().encode(`${sign}${index}\n`));
  const flag = new Int32Array(word);
  const frozen: { readonly fd: number; readonly index: number }[] = [];
  const begunMs = performance.now();
  const ended = (how: HoldEnd["how"]): HoldEnd => {
    const { lost, notThawed } = thawAll(frozen, tell);
    const stallMs = performance.now() - begunMs;
    if (how.kind !== "thawed") return { kind: "ended", how, stallMs, notThawed };
    return { kind: "ended", how: { kind: "thawed", heldWhole: how.heldWhole && !lost }, stallMs, notThawed };
  };
  for (const [index, fd] of fds.entries()) {
    if (!tell("?", index)) return ended({ kind: "unwatched" });
    const errno = freezeFileSystem(fd);
    if (errno !== undefined) {
      tell("-", index);
      return ended({ kind: "refused", index, errno });
    }
    frozen.push({ fd, index });
    if (!tell("+", index)) return ended({ kind: "unwatched" });
    if (performance.now() - begunMs > boundMs) return ended({ kind: "too-slow", index });
  }
  post({ kind: "frozen" });
  const waitMs = Math.max(0, boundMs - (performance.now() - begunMs));
  const heldWhole = Atomics.wait(flag, 0, 0, waitMs) !== "timed-out";
  return ended({ kind: "thawed", heldWhole });
}

interface Thawed {
  /** Whether one was not frozen any more: the watchdog or a person had thawed it. */
  readonly lost: boolean;
  readonly notThawed: HoldEnd["notThawed"];
}

/** The last that was frozen first. What cannot be thawed is left to the watchdog, which goes on trying. */
function thawAll(
  frozen: readonly { readonly fd: number; readonly index: number }[],
  tell: (sign: WatchdogSign, index: number) => boolean,
): Thawed {
  let lost = false;
  const notThawed: { readonly index: number; readonly errno: string }[] = [];
  for (const { fd, index } of frozen.toReversed()) {
    const errno = thawPatiently(fd);
    if (errno === "EINVAL") lost = true;
    if (errno === undefined || errno === "EINVAL") tell("-", index);
    else notThawed.push({ index, errno });
  }
  return { lost, notThawed };
}

function thawPatiently(fd: number): string | undefined {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1; ; tries += 1) {
    const errno = thawFileSystem(fd);
    if (errno === undefined || errno === "EINVAL" || tries === THAW_TRIES) return errno;
    Atomics.wait(pause, 0, 0, THAW_AGAIN_MS);
  }
}
