import { Fault, orAborted } from "@leeward/base";
import type { DaemonContext } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import type { AGENT_SETTINGS } from "../config.ts";
import { notRegistered } from "../faults.ts";
import { registerUnattended, removeLeftRegistration } from "./unattended.ts";

type Context = Pick<DaemonContext<typeof AGENT_SETTINGS>, "world" | "home" | "trace">;

/** With what an agent runs. */
export interface OwnIdentity {
  readonly keyStore: KeyStore;
  readonly machineId: string;
  /** Where it was registered just now: settings that were read before do not say it. */
  readonly server?: string;
}

/**
 * The identity with which the agent of the home runs, after it was registered by the file that may lie there. `onWaiting` is told when that takes longer.
 * @throws Fault `agent-not-found` where there is neither
 */
export async function openOwnIdentity(
  { world, home, trace }: Context,
  onWaiting: () => Promise<void>,
  signal: AbortSignal,
): Promise<OwnIdentity> {
  const folder = `${home}/identity`;
  const keyStore = await KeyStore.open(world, folder);
  if (keyStore.identity !== undefined) {
    await removeLeftRegistration(world, { home, trace });
    return { keyStore, machineId: keyStore.identity.id };
  }
  const registered = await registerUnattended({ world, home, trace, isCopy: false, onWaiting }, signal);
  if (registered === undefined) throw notRegistered(home);
  return { keyStore: await KeyStore.open(world, folder), machineId: registered.id, server: registered.server };
}

/**
 * Gets this host an identity of its own when it becomes known that it has a copy of another's, and the home's file says so; and ends the agent then, whose next start
 * goes on with it. Until then the host's disks are served. Until the signal aborts. @throws Fault `identity-exchanged`
 */
export async function leaveCopy(
  { world, home, trace }: Context,
  host: { readonly isCopy: () => boolean; readonly changed: () => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const changed = host.changed();
    if (host.isCopy()) {
      const options = { world, home, trace, isCopy: true, onWaiting: async () => undefined };
      if ((await unlessAborted(registerUnattended(options, signal), signal)) !== undefined)
        throw identityExchanged(home);
    }
    await unlessAborted(orAborted(changed, signal), signal);
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
}

function identityExchanged(home: string): Fault {
  return new Fault({
    code: "identity-exchanged",
    kind: "transient",
    message: `This host had a copy of another one's identity, and has one of its own now, as ${home}/registration.yaml said: the agent ends, and goes on with it when it is started again.`,
    remedy: "Start it again, where no service manager does.",
    detail: { home },
  });
}
