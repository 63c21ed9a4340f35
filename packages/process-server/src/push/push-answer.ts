// A step of a push, as the config server orders it. What logs in is sealed to this server's key: it is opened here, for the time of the step.
import { fieldsOfThrown, type Trace } from "@leeward/daemon";
import type { KeyStore } from "@leeward/identity";
import type { PushAgent, PushReport, PushTarget } from "@leeward/proto";
import type { ShellTarget } from "@leeward/push-install";
import type { World } from "@leeward/world";

export interface PushAnswerMeans {
  readonly world: World;
  readonly home: string;
  readonly keyStore: KeyStore;
  readonly trace: Trace;
}

/** @throws Fault `push-…`, `sealed-unreadable` */
export async function answerPush(
  { world, home, keyStore, trace }: PushAnswerMeans,
  asked: PushAgent,
  signal: AbortSignal,
): Promise<PushReport> {
  // Few process servers push, and none does so often.
  const { credentialsOf, folderPackages, pushAgent } = await import("@leeward/push-install");
  const { pushId, kind, step, target, jump, sealed, server, data, version, name, token } = asked;
  const { protectable, startCommand, stale, settled } = asked;
  const credentials = credentialsOf(await keyStore.openSealed(sealed, `push:${pushId}`));
  const order = {
    ...{
      pushId,
      kind,
      step,
      credentials,
      server,
      data,
      version,
      name,
      token,
      protectable,
      startCommand,
      stale,
      settled,
    },
    target: targetOf(target),
    jump: jump === undefined ? undefined : targetOf(jump),
  };
  const packages = folderPackages(world.files, `${home}/packages`);
  const { caPem: authorityPem } = keyStore.credentials();
  const about = { push: pushId, host: target.host, kind, step };
  trace.info("A step of a push begins.", about);
  try {
    const report = await pushAgent(order, { clock: world.clock, random: world.random, packages, authorityPem }, signal);
    trace.info("A step of a push is done.", about);
    return { ...report, rungs: [...report.rungs], notes: [...report.notes] };
  } catch (error) {
    trace.warn("A step of a push failed.", { ...about, ...fieldsOfThrown(error) });
    throw error;
  }
}

function targetOf({ hostKey, ...target }: PushTarget): ShellTarget {
  return { ...target, hostKey: hostKey === "" ? undefined : hostKey };
}
