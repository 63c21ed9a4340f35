import type { Capture } from "./capture.ts";
import type { CatchUp } from "./catch-up.ts";
import type { LogUpkeep } from "./log-upkeep.ts";
import { asFault } from "./splitter-fault.ts";

export interface BackgroundWork {
  readonly capture: Capture;
  readonly catchUp: CatchUp;
  readonly upkeep: LogUpkeep;
}

/** All that a splitter does by itself while it is open; settles when it has ended because of the signal. A mistake of ours is told at once. */
export async function workInBackground(
  { capture, catchUp, upkeep }: BackgroundWork,
  signal: AbortSignal,
): Promise<void> {
  const loops = [upkeep.run(signal), retireInBackground(capture, signal), catchUp.run(signal)];
  try {
    await Promise.all(loops);
  } catch (error) {
    if (error !== signal.reason) throw error;
    await Promise.allSettled(loops);
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
