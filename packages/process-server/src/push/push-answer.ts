// Steps of pushes, as the config server orders them. What logs in is sealed to this server's key: it is opened here, for the time of the step.
import { anySignal, Fault } from "@leeward/base";
import { fieldsOfThrown, type Trace } from "@leeward/daemon";
import type { KeyStore } from "@leeward/identity";
import type { PushAgent, PushReport, PushTarget } from "@leeward/proto";
import type { ShellTarget, StoredReleases } from "@leeward/push-install";
import type { World } from "@leeward/world";

export interface PushAnswerMeans {
  readonly world: World;
  readonly home: string;
  readonly keyStore: KeyStore;
  readonly trace: Trace;
  /** What the config server keeps, for as long as the signal allows. */
  readonly stored: (signal: AbortSignal) => StoredReleases;
}

/**
 * Steps of pushes, one at a time for each: the config server asks for the next one when it waits for the last no more, as after a cancel, and that must not go on beside it.
 */
export class PushAnswers {
  readonly #means: PushAnswerMeans;
  readonly #running = new Map<string, RunningStep>();

  constructor(means: PushAnswerMeans) {
    this.#means = means;
  }

  /** @throws Fault `push-…`, `sealed-unreadable` */
  async answer(asked: PushAgent, signal: AbortSignal): Promise<PushReport> {
    const { pushId } = asked;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const running = { abort: new AbortController(), ended };
    const earlier = this.#running.get(pushId);
    this.#running.set(pushId, running);
    try {
      earlier?.abort.abort(stepReplaced(asked.target.host));
      await earlier?.ended;
      const both = anySignal([signal, running.abort.signal]);
      both.throwIfAborted();
      return await answerStep(this.#means, asked, both);
    } finally {
      if (this.#running.get(pushId) === running) this.#running.delete(pushId);
      end();
    }
  }
}

interface RunningStep {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

async function answerStep(
  { world, home, keyStore, trace, stored }: PushAnswerMeans,
  asked: PushAgent,
  signal: AbortSignal,
): Promise<PushReport> {
  // Few process servers push, and none does so often.
  const { credentialsOf, folderPackages, joinedPackages, pushAgent, storedPackages } = await import(
    "@leeward/push-install"
  );
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
  const packages = joinedPackages([folderPackages(world.files, `${home}/packages`), storedPackages(stored(signal))]);
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

function stepReplaced(host: string): Fault {
  return new Fault({
    code: "push-step-replaced",
    kind: "transient",
    message: `A step of the push of ${host} was given up, since the next one was asked for.`,
    detail: { host },
  });
}
