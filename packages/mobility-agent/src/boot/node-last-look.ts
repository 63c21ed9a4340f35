import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "@leeward/base";
import { lockHome, bootId as systemBootId } from "@leeward/daemon";
import { lookAtLeftDisk } from "@leeward/tracker";
import type { World } from "@leeward/world";
import { dropClosingNote, readTrackingNote, writeClosingNote } from "./boot-notes.ts";

const run = promisify(execFile);

/** What is known of one disk of a home at the end of a shutdown. */
export interface LeftDisk {
  readonly disk: string;
  readonly closed: boolean;
  /** Why it will be read anew; null when it was noted as closed. */
  readonly reason: string | null;
}

export interface LastLookOptions {
  readonly world: World;
  readonly home: string;
  /** What a disk says that it is; as the kernel tells it unless told otherwise. */
  readonly identityOf?: (path: string) => string | undefined;
  /** Whether the system is going down, and its services have ended; as systemd tells it unless told otherwise. */
  readonly isStopping?: () => Promise<boolean>;
}

/**
 * Notes of each tracked disk of the home how the machine leaves it, as its very last act: what may still write to a disk after this is no service and no
 * user's process any more. A disk that is in any doubt is noted as nothing.
 * @throws Fault `machine-not-stopping`, `agent-not-found`, `home-in-use` (its agent runs)
 */
export async function takeLastLook(options: LastLookOptions): Promise<readonly LeftDisk[]> {
  const { world, home, isStopping = systemdStops } = options;
  if (!(await isStopping())) throw notStopping();
  // A home on another file system has gone by now; locking would begin one in its place.
  if ((await world.files.status(`${home}/disks`)) === undefined) throw notThere(home);
  using _ = await lockHome(home);
  const found: LeftDisk[] = [];
  for (const disk of await world.files.list(`${home}/disks`)) {
    const reason = await lookAt(options, disk).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      return error.message;
    });
    found.push({ disk, closed: reason === undefined, reason: reason ?? null });
  }
  return found;
}

/** Why the disk was not noted as closed; undefined when it was. */
async function lookAt({ world, home, identityOf }: LastLookOptions, diskId: string): Promise<string | undefined> {
  const { files, clock } = world;
  const folder = `${home}/disks/${diskId}`;
  await dropClosingNote(files, folder);
  const note = await readTrackingNote(files, folder);
  const bootId = systemBootId();
  if (note === undefined) return "the kernel does not note its changes while no agent runs";
  if (note.bootId !== bootId) return "it was not opened since the machine was started";
  const { path, trackingId, source } = note;
  const look = await lookAtLeftDisk({ path, diskId, trackingId, ...(identityOf === undefined ? {} : { identityOf }) });
  if (look.kind === "unknown") return look.reason;
  const { identity, sizeBytes, changed, samples } = look;
  const wallMicros = clock.wallMicros();
  await writeClosingNote(files, folder, {
    version: 1,
    bootId,
    source,
    identity,
    sizeBytes,
    wallMicros,
    changed,
    samples,
  });
  return undefined;
}

/** `stopping` comes with exit code 1, as everything but `running` does. */
async function systemdStops(): Promise<boolean> {
  const said = await run("systemctl", ["is-system-running"]).catch((error: { stdout?: unknown }) => error);
  return String(said.stdout).trim() === "stopping";
}

function notThere(home: string): Fault {
  return new Fault({
    code: "agent-not-found",
    kind: "operator",
    message: `There is no home of an agent at ${home}, or its file system is not mounted any more.`,
    remedy: "Let the home lie on the root file system, which alone is there until the end.",
    detail: { home },
  });
}

function notStopping(): Fault {
  return new Fault({
    code: "machine-not-stopping",
    kind: "operator",
    message: "The machine is not being stopped: what is noted of its disks now would not hold until its end.",
    remedy: "None: the service that `leeward agent prepare-boot` sets up does this at the end of each shutdown.",
  });
}
