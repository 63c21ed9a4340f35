import type { SplitterRig } from "./splitter-rig.ts";

/** Runs the work until the Nth call from now on to files or disk, then stops everything and restarts the machine. Whether it came to that. */
export async function stopsAt(
  rig: SplitterRig,
  { how, calls }: { readonly how: "kill" | "crash"; readonly calls: number },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const hit = Promise.withResolvers<boolean>();
  const ended = new AbortController();
  const at = rig.events + calls;
  rig.onEvent = (number) => {
    if (number !== at) return;
    rig.onEvent = undefined;
    rig.stop(how);
    ended.abort();
    hit.resolve(true);
  };
  const through = async (): Promise<boolean> => {
    await work(ended.signal);
    return false;
  };
  const stopped = await Promise.race([through(), hit.promise]);
  rig.onEvent = undefined;
  if (stopped) await rig.restart(how);
  return stopped;
}
