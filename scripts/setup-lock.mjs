// One set-up at a time, also after one was killed.
//
// The lock is a folder with an `owners` file: the set-up's process and, below it, the npm or pnpm that it started, each with its
// start time (a number of a process is given out again). It holds while any of them lives: a killed set-up may leave its npm
// running, and two of them in one folder would destroy each other's work. Worst outcome if it is wrong: a broken
// node_modules, which the marker files of run.mjs then do not vouch for.
//
// Taking over a lock whose owners are gone happens under a second lock, held for microseconds and looked at again inside:
// without it, two who both saw the dead owner could each remove the other's new lock.
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const POLL_MS = 200;
/** How long the few system calls between making a folder and filling it may take. */
const GRACE_MS = 10_000;

/** Resolves to "held" when this process holds the lock, or to "timeout". */
export async function acquireLock(lock, waitMsMax) {
  const until = Date.now() + waitMsMax;
  for (;;) {
    if (tryMake(lock)) {
      writeFileSync(join(lock, "owners"), ownerLine(process.pid));
      return "held";
    }
    if (isAbandoned(lock)) takeAway(lock);
    else if (Date.now() > until) return "timeout";
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The lock holds for as long as this process lives, too. */
export function noteChild(lock, pid) {
  appendFileSync(join(lock, "owners"), ownerLine(pid) ?? "");
}

export function releaseLock(lock) {
  rmSync(lock, { recursive: true, force: true });
}

function tryMake(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function takeAway(lock) {
  const takeover = `${lock}.takeover`;
  if (!tryMake(takeover)) {
    if (ageMs(takeover) > GRACE_MS) releaseLock(takeover);
    return;
  }
  try {
    if (isAbandoned(lock)) releaseLock(lock);
  } finally {
    releaseLock(takeover);
  }
}

function isAbandoned(lock) {
  let owners;
  try {
    owners = readFileSync(join(lock, "owners"), "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    owners = "";
  }
  // Its maker is between making and filling it, or was ended there.
  if (owners === "") return ageMs(lock) > GRACE_MS;
  return !owners.split("\n").some((line) => line !== "" && ownerLine(Number(line.split(" ")[0])) === `${line}\n`);
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (error.code === "ENOENT") return 0;
    throw error;
  }
}

/** "PID START\n", where START is the 22nd field of /proc/PID/stat; undefined when there is no such process. */
function ownerLine(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : `${pid} ${rest[18]}\n`;
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined;
    throw error;
  }
}
