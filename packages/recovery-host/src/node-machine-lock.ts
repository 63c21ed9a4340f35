import { closeSync, existsSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import koffi from "koffi";
import type { ReplicaPlace } from "./hypervisor.ts";
import { PROCESS_END_MS_MAX } from "./limits.ts";
import { processLeft } from "./replica-faults.ts";

const LOCK_EX_NB = 2 | 4;
const LOOK_MS = 20;
const flock: (fd: number, operation: number) => number = koffi.load(null).func("int flock(int fd, int operation)");

/**
 * The lock of a machine (flock on FOLDER/lock), for whoever acts on it in a process of its own: taken before that process is made, handed to it as
 * an open descriptor, and free again if and only if no such process is left, however it ended. undefined when another has it.
 */
export function takeMachineLock({ folder }: ReplicaPlace): number | undefined {
  const fd = openSync(`${folder}/lock`, "a", 0o600);
  if (flock(fd, LOCK_EX_NB) === 0) return fd;
  closeSync(fd);
  return undefined;
}

/** Whether any process of the machine is left. Without a folder there never was one. */
export function hasProcess(place: ReplicaPlace): boolean {
  if (!existsSync(place.folder)) return false;
  const lock = takeMachineLock(place);
  if (lock === undefined) return true;
  closeSync(lock);
  return false;
}

/** Does `step` again and again until no process of the machine is left. @throws Fault `replica-process-left` */
export async function untilNoProcess(place: ReplicaPlace, step: () => Promise<void>): Promise<void> {
  const until = performance.now() + PROCESS_END_MS_MAX;
  while (hasProcess(place)) {
    await step();
    if (performance.now() > until) throw processLeft(place.id, "it is not known by its arguments, or does not end");
    await delay(LOOK_MS);
  }
}
