/**
 * A process of its own that thaws what another froze, when that one was killed or stands still. It is started and ready before the first
 * freeze, in a session and outside of the control group of its service, with the same open mount points as descriptors 3 and up: from then on it opens nothing.
 *
 * ```
 *   "?0"  being frozen ─┐                                        ┌─ bound + grace passed: thaw "+"; try "?" again until told
 *   "+0"  frozen        ├─► pipe ──► what may be frozen by us ───┤
 *   "-0"  not any more ─┘                                        └─ end of the pipe: thaw both, then end
 * ```
 *
 * Invariant: it thaws nothing that it was not told of as ours, so that what an administrator froze by hand stays frozen. A "?" is thawed too: the
 * kernel may have finished the freeze of one that was killed while it waited. Between the kernel's refusal and "-" lie microseconds.
 */
import { parseArgs } from "node:util";
import type { WatchdogSign } from "./freeze-messages.ts";
import { thawAside } from "./node-file-system-calls.ts";
import { leaveControlGroup } from "./node-leave-control-group.ts";

const FIRST_FD = 3;
const AGAIN_MS = 50;
/** A thaw that the disk refuses is given up after this many tries. */
const TRIES_MAX = 1_200;

const told = new Map<number, WatchdogSign>();
const underWay = new Map<number, Promise<void>>();
let holderEnded = false;
let deadline: NodeJS.Timeout | undefined;
let isOverdue = false;

const { values } = parseArgs({ options: { "bound-ms": { type: "string" } } });
const boundMs = Number(values["bound-ms"]);

// Those who end a whole service send these to each of its processes; what is frozen comes first, and the end of the pipe ends this one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

let rest = "";
process.stdin.setEncoding("latin1");
process.stdin.on("data", (text: string) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) hear(line);
});
process.stdin.on("end", () => void conclude());
process.stdin.on("error", () => void conclude());
process.stdout.on("error", () => undefined);
leaveControlGroup();
process.stdout.write("ready\n");

function hear(line: string): void {
  const index = Number(line.slice(1));
  deadline ??= setTimeout(() => {
    isOverdue = true;
    void thawAll();
  }, boundMs);
  if (line.startsWith("?")) told.set(index, "?");
  else if (line.startsWith("+")) told.set(index, "+");
  else told.delete(index);
  if (isOverdue) void thawAll();
}

async function conclude(): Promise<void> {
  holderEnded = true;
  clearTimeout(deadline);
  await thawAll();
  process.exit(0);
}

/** All at once: one that lies in a file of another waits in the kernel until that one is thawed. */
async function thawAll(): Promise<void> {
  for (const index of told.keys()) {
    // One that is tried already goes by what is told last.
    if (!underWay.has(index)) underWay.set(index, thaw(index));
  }
  await Promise.all(underWay.values());
}

async function thaw(index: number): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const sign = told.get(index);
    if (sign === undefined) break;
    // What the holder's end made certain has to be known before the try whose answer it explains.
    const isSure = holderEnded || sign === "+";
    const errno = await thawAside(FIRST_FD + index);
    if (errno === undefined || (errno === "EINVAL" && isSure)) {
      told.delete(index);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  underWay.delete(index);
}
