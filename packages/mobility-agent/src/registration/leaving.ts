// How a machine leaves its installation.
//
// Order: what the machine keeps of its disks outside of the home forgotten ─► config server told ─► identity removed, durably. Each step does nothing where it was
// done before, so leaving is begun again until it is done, whatever ended it in between; only after the first nobody is needed any more who could remove what is left
// of a disk. A crash after the second leaves an identity that the server refuses: that is taken for an answer.
import { Fault, isFault } from "@leeward/base";
import type { Files, World } from "@leeward/world";

export interface LeavingOptions {
  readonly world: Pick<World, "files" | "clock">;
  /** Whose agent does not run. */
  readonly home: string;
  /** When the identity's certificate ends: refused after that, it says nothing of the machine. */
  readonly notAfterMicros: number;
  /** Does nothing for one that is forgotten already. */
  readonly forgetDisk: (diskId: string) => Promise<unknown>;
  /** Has the config server forget the machine. */
  readonly tell: () => Promise<unknown>;
}

/** @throws Fault `machine-not-left` while something of a disk is left, and as `tell` and the files */
export async function leaveInstallation(options: LeavingOptions): Promise<void> {
  const { world, home, notAfterMicros, forgetDisk, tell } = options;
  const { files, clock } = world;
  await forgetDisks(files, home, forgetDisk);
  try {
    await tell();
  } catch (error) {
    // It was told before, or somebody removed the machine there.
    if (!isFault(error, "certificate-required") || clock.wallMicros() > notAfterMicros) throw error;
  }
  await files.removeFolder(`${home}/identity`);
  await files.syncFolder(home);
}

/** Of all of them, whatever comes of each. The kernel would note changes of tracked disks until the next boot; and nobody would remove a snapshot that is left. */
async function forgetDisks(files: Files, home: string, forgetDisk: LeavingOptions["forgetDisk"]): Promise<void> {
  if ((await files.status(`${home}/disks`)) === undefined) return;
  const left: Fault[] = [];
  for (const diskId of await files.list(`${home}/disks`)) {
    try {
      await forgetDisk(diskId);
    } catch (error) {
      if (!isFault(error)) throw error;
      left.push(error);
    }
  }
  if (left.length > 0) throw notLeft(home, left);
}

function notLeft(home: string, left: readonly Fault[]): Fault {
  return new Fault({
    code: "machine-not-left",
    kind: "operator",
    message: `The machine has not left yet, and its config server was not told: ${left.map(({ message }) => message).join(" ")}`,
    remedy: `Mend what the message names; then leave again: \`leeward agent unregister --home ${home}\`.`,
    detail: { home, left: left.length },
    cause: left[0],
  });
}
