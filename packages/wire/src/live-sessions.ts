// The sessions that there are, one for each peer. Whoever comes as a peer that has one already is either that peer, whose old session is dead and
// does not know it yet, or a copy of it: another process with the same key.
//
// Invariant: as long as a session answers, no other one of the same peer is let in. A daemon ends one session before it opens the next, and a home has one
// daemon at a time; so an answer to a ping that was sent after the newer one came proves that there are two. Worst outcome if broken: what two hosts
// wrote is taken for the history of one.
import { firstOf, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Sender } from "./handshake.ts";
import type { Session } from "./session.ts";
import { SAME_INSTANCE_MS_MAX, SILENCE_MS_MAX } from "./session-limits.ts";

export class LiveSessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #changed = new Waiters();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  of(peerId: string): Session | undefined {
    return this.#sessions.get(peerId);
  }

  has(peerId: string): boolean {
    return this.#sessions.has(peerId);
  }

  entries(): readonly (readonly [string, Session])[] {
    return [...this.#sessions];
  }

  /** Resolves when a session comes or goes. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  /**
   * Lets the session in, which must be running, as its peer's, in the place of one that is dead; or returns the one that still answers. A dead one of the same run of the
   * daemon is waited for 0.5 s if nothing comes from it, any other until its silence ends it; one whose connection is known to be gone is not there any more.
   * Rejects when `signal` aborts.
   */
  async admit(session: Session, signal: AbortSignal): Promise<Session | undefined> {
    const { id } = session.peer;
    for (;;) {
      const before = this.#sessions.get(id);
      if (before !== undefined && (await this.#answers(before, session, signal))) return before;
      signal.throwIfAborted();
      // Meanwhile yet another one may have been let in.
      if (this.#sessions.get(id) !== before && this.has(id)) continue;
      this.#sessions.set(id, session);
      this.#changed.notify();
      await before?.close();
      return undefined;
    }
  }

  /** False when another session has replaced it already, or it was never let in. */
  remove(session: Session): boolean {
    if (this.#sessions.get(session.peer.id) !== session) return false;
    this.#sessions.delete(session.peer.id);
    this.#changed.notify();
    return true;
  }

  async #answers(before: Session, session: Session, signal: AbortSignal): Promise<boolean> {
    let answered = false;
    await firstOf(signal, [
      async (inner) => {
        await before.answered(inner).then(
          () => (answered = true),
          () => undefined,
        );
      },
      (inner) => this.#patience(before, session, inner),
    ]);
    return answered;
  }

  /** For as long as the session that was there first has to answer. On a busy link its answer comes after all that it had sent before: that proves that it is there, too. */
  async #patience(before: Session, session: Session, signal: AbortSignal): Promise<void> {
    const begunMicros = this.#clock.monotonicMicros();
    let waitedMs = 0;
    if (isSameRun(before.agreement.sender, session.agreement.sender)) {
      await this.#clock.sleep(SAME_INSTANCE_MS_MAX, signal);
      if (before.heardMicros <= begunMicros) return;
      waitedMs = SAME_INSTANCE_MS_MAX;
    }
    await this.#clock.sleep(SILENCE_MS_MAX - waitedMs, signal);
  }
}

/** Daemons of older releases say nothing of their run: of those any two may be copies. */
function isSameRun(one: Sender, other: Sender): boolean {
  return one.instance !== "" && one.instance === other.instance;
}
