import { assert, Fault, firstOf, orAborted } from "@leeward/base";
import type { Work } from "@leeward/daemon";
import type { Session, SessionMessage } from "@leeward/wire";
import type { Clock } from "@leeward/world";

interface Member {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Pieces of work that come and go while their parent lives. A Fault ends its own piece only if the piece lets it; a mistake ends them all. */
export class Crew<Key> {
  readonly #members = new Map<Key, Member>();
  readonly #failed = Promise.withResolvers<never>();

  constructor() {
    // Whoever runs the crew looks at it; before that nobody does.
    this.#failed.promise.catch(() => undefined);
  }

  has(key: Key): boolean {
    return this.#members.has(key);
  }

  /** Starts a piece under a name that is free. What it throws before it is ended, ends the crew. */
  start(key: Key, work: Work): void {
    assert(!this.#members.has(key), "a name is used once at a time");
    const controller = new AbortController();
    const done = this.#runOne(work, controller.signal).finally(() => this.#members.delete(key));
    this.#members.set(key, { controller, done });
  }

  /** Ends a piece, and waits until it has. */
  async end(key: Key): Promise<void> {
    const member = this.#members.get(key);
    member?.controller.abort();
    await member?.done;
  }

  /** Lives until the signal aborts or a piece fails, and then ends all pieces. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await orAborted(this.#failed.promise, signal);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    } finally {
      await Promise.all(Array.from(this.#members.keys(), (key) => this.end(key)));
    }
  }

  async #runOne(work: Work, signal: AbortSignal): Promise<void> {
    try {
      await work(signal);
    } catch (error) {
      const expected = signal.aborted && (error === signal.reason || error instanceof Fault);
      if (!expected) this.#failed.reject(error);
    }
  }
}

/** Resolves when `changed` does, or after `delayMs` when that is given; rejects with the signal's reason when it aborts first. */
export async function changedOrAfter(
  clock: Clock,
  wait: { readonly changed: Promise<void>; readonly delayMs: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { changed, delayMs } = wait;
  if (delayMs === undefined) return orAborted(changed, signal);
  await firstOf(signal, [(inner) => orAborted(changed, inner), (inner) => clock.sleep(delayMs, inner)]);
}

/** What the session receives, in order, until it ends or the signal aborts. */
export async function* messagesOf(
  session: Pick<Session, "messages">,
  signal: AbortSignal,
): AsyncGenerator<SessionMessage, void, undefined> {
  const incoming = session.messages()[Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(incoming.next(), signal);
    if (next.done === true) return;
    yield next.value;
  }
}
