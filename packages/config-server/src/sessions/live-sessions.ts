import { Waiters } from "@leeward/base";
import type { Session } from "@leeward/wire";

/** The sessions that there are, one per member: a newer one replaces the older, which is most likely dead. */
export class LiveSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #changed = new Waiters();

  of(memberId: string): Session | undefined {
    return this.#sessions.get(memberId);
  }

  has(memberId: string): boolean {
    return this.#sessions.has(memberId);
  }

  entries(): readonly (readonly [string, Session])[] {
    return [...this.#sessions];
  }

  /** Resolves when a session comes or goes. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  async add(session: Session): Promise<void> {
    const before = this.#sessions.get(session.peer.id);
    this.#sessions.set(session.peer.id, session);
    this.#changed.notify();
    await before?.close();
  }

  /** False when another session has replaced it already. */
  remove(session: Session): boolean {
    if (this.#sessions.get(session.peer.id) !== session) return false;
    this.#sessions.delete(session.peer.id);
    this.#changed.notify();
    return true;
  }
}
