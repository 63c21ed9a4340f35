import { firstOf } from "@leeward/base";
import type { Capture } from "./capture.ts";
import type { CatchUp } from "./catch-up.ts";
import { asFault } from "./splitter-fault.ts";

/** All that a splitter does by itself while it is open; settles when it has ended because of the signal. A mistake of ours is told at once. */
export async function workInBackground(capture: Capture, catchUp: CatchUp, signal: AbortSignal): Promise<void> {
  const loops = [syncInBackground(capture, signal), retireInBackground(capture, signal), catchUp.run(signal)];
  try {
    await Promise.all(loops);
  } catch (error) {
    if (error !== signal.reason) throw error;
    await Promise.allSettled(loops);
  }
}

/**
 * Makes records durable, and so sendable, without any FLUSH: `syncIntervalMs` after the first of them, or as soon as `syncBytes` wait.
 * Then seals and trims log files.
 */
async function syncInBackground(capture: Capture, signal: AbortSignal): Promise<never> {
  const { limits, world } = capture.parts;
  for (;;) {
    await capture.until(() => capture.unsyncedBytes > 0 || capture.log.hasToRely || capture.log.hasToTrim, signal);
    await firstOf(signal, [
      (either) => capture.until(() => capture.unsyncedBytes >= limits.syncBytes, either),
      (either) => world.clock.sleep(limits.syncIntervalMs, either),
    ]);
    await capture.syncLog();
    try {
      await capture.rely();
      await capture.log.tend();
      capture.notify();
    } catch (error) {
      capture.leaveLog(asFault(error));
    }
  }
}

/** Lets regions that nobody writes to leave the activity log. */
async function retireInBackground(capture: Capture, signal: AbortSignal): Promise<never> {
  const { limits, world, activity } = capture.parts;
  for (;;) {
    await world.clock.sleep(limits.retireIntervalMs, signal);
    try {
      await activity.retireIdle();
    } catch (error) {
      // A disk that fails its flush, or a bitmap that cannot be written: the regions stay, and the next look tries again.
      asFault(error);
    }
  }
}
