// The registration that lies in the home, carried out when the agent starts and there is no identity yet; and while it runs with a copy of another host's, if the file
// says so: then the agent has the new one from its next start on.
//
//   read whole ─► registered, durably ─► token's file and registration.yaml removed          a fault: tried again after 1, 2, 4, … minutes, or as soon as the file is another
//
// A crash before the removal leaves files that the next start removes: their token is of no use any more. What cannot be removed, on a read-only medium, is told, and keeps
// no agent from its work.
import { type Fault, isFault, retryDelayMs } from "@leeward/base";
import { hostName, type Trace } from "@leeward/daemon";
import type { Files, World } from "@leeward/world";
import { prepareExchange, type Registered, registerAgent } from "./registration.ts";
import { REGISTRATION_NAME, type RegistrationFile, readRegistrationFile } from "./registration-file.ts";

/** How often it is looked whether a registration that failed was corrected. */
const LOOK_EVERY_MS = 5_000;

export interface UnattendedOptions {
  readonly world: World;
  readonly home: string;
  readonly trace: Trace;
  /** Another identity is got ready for the next start, if the file says so. */
  readonly isCopy: boolean;
  /** Told before the first wait. */
  readonly onWaiting: () => Promise<void>;
}

/**
 * Registers by the home's file, for as long as there is one; returns undefined where there is none, or none that says that a copy's identity is to be given up.
 * Rejects when the signal aborts.
 */
export async function registerUnattended(
  options: UnattendedOptions,
  signal: AbortSignal,
): Promise<Registered | undefined> {
  const { world, home, trace, isCopy, onWaiting } = options;
  const path = `${home}/${REGISTRATION_NAME}`;
  for (let attempt = 1; ; attempt += 1) {
    const seen = await seenAt(world.files, path);
    if (seen === undefined) return undefined;
    try {
      const file = await readRegistrationFile(world.files, path, hostName());
      if (isCopy && !file.newIdentityOfCopy) return undefined;
      const registration = { ...file.registration, newIdentity: isCopy };
      const register = isCopy ? prepareExchange : registerAgent;
      const registered = await register(world, { home, registration }, signal);
      const left = await removeUsed(world.files, [...file.secrets, path]);
      trace.info("This machine is registered.", { machine: registered.id, name: registered.name });
      warnOfLeft(left, trace);
      return registered;
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      const retryInMs = retryDelayMs(attempt);
      trace.error("This machine could not be registered.", { fault: error, retryInMs });
      if (attempt === 1) await onWaiting();
      const isCorrected = await changedWithin(world, { path, seen, withinMs: retryInMs }, signal);
      if (isCorrected) attempt = 0;
    }
  }
}

/** Removes what a registration that was carried out has left, because something stopped it then; one that waits for the machine to be copied stays. */
export async function removeLeftRegistration(
  { files }: Pick<World, "files">,
  { home, trace }: Pick<UnattendedOptions, "home" | "trace">,
): Promise<void> {
  const left = await leftFile(files, home);
  if (left === undefined || left.newIdentityOfCopy) return;
  warnOfLeft(await removeUsed(files, [...left.secrets, `${home}/${REGISTRATION_NAME}`]), trace);
}

/** Removes the files of a token that was used; one that cannot be removed is emptied. Returns why others are what they were: no reason to give up what was done with the token. */
export async function removeUsed(files: Files, paths: readonly string[]): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const path of new Set(paths)) {
    try {
      await removeOrEmpty(files, path);
    } catch (error) {
      if (!isFault(error)) throw error;
      faults.push(error);
    }
  }
  return faults;
}

async function removeOrEmpty(files: Files, path: string): Promise<void> {
  if ((await files.status(path)) === undefined) return;
  try {
    await files.remove(path);
  } catch (error) {
    if (!isFault(error)) throw error;
    await using file = await files.open(path, "update");
    await file.truncate(0);
  }
}

function warnOfLeft(faults: readonly Fault[], trace: Trace): void {
  for (const fault of faults)
    trace.warn("A file of the registration that was carried out could not be removed.", { fault });
}

async function leftFile(files: Files, home: string): Promise<RegistrationFile | undefined> {
  const path = `${home}/${REGISTRATION_NAME}`;
  try {
    if ((await files.status(path)) === undefined) return undefined;
    return await readRegistrationFile(files, path, "");
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

async function seenAt(files: Files, path: string): Promise<string | undefined> {
  const status = await files.status(path);
  return status === undefined ? undefined : `${status.modifiedMicros} ${status.sizeBytes}`;
}

/** Waits; returns sooner, and true, when the file is another or gone. */
async function changedWithin(
  { clock, files }: World,
  { path, seen, withinMs }: { readonly path: string; readonly seen: string; readonly withinMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += LOOK_EVERY_MS) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if ((await seenAt(files, path)) !== seen) return true;
  }
  return false;
}
