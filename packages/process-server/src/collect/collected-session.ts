import { Fault, firstOf, Waiters } from "@leeward/base";
import { MessageQueue } from "@leeward/cache-account";
import type { DiskOffer, DiskPosition } from "@leeward/proto";
import { faultOfReport, type SessionBody, type SessionMessage } from "@leeward/wire";
import type { Clock, PeerIdentity } from "@leeward/world";
import type { AgentConversation } from "../intake/agent-session.ts";
import { LIMITS } from "../limits.ts";
import type { Said } from "./said.ts";

/** What became of a disk's offer, or of its records: they are taken, not now, or not at all. */
export type Taken = "taken" | "later" | "refused";

/** One course of deposits as the session that AgentSession serves: what is handed to it comes in, and what it says is kept for the next word. */
export class CollectedSession implements AgentConversation {
  readonly peer: PeerIdentity;
  readonly address: string;
  readonly agreement: { readonly epoch: number };
  readonly #clock: Clock;
  readonly #queue = new MessageQueue<SessionMessage>();
  readonly #changed = new Waiters();
  readonly #over = new AbortController();
  readonly #positions = new Map<string, DiskPosition>();
  /** The offer in force of each disk. */
  readonly #offers = new Map<string, string>();
  /** What is told on, which is not what passes by itself. */
  readonly #said: Said;

  constructor(
    from: { readonly peer: PeerIdentity; readonly address: string; readonly epoch: number },
    { clock, said }: { readonly clock: Clock; readonly said: Said },
  ) {
    this.peer = from.peer;
    this.address = from.address;
    this.agreement = { epoch: from.epoch };
    this.#clock = clock;
    this.#said = said;
  }

  /** Aborts with what ended it. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  end(reason: unknown): void {
    this.#over.abort(reason);
    this.#queue.end();
  }

  /** Resolves when something is to be said. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  async send(body: SessionBody): Promise<void> {
    if (body.kind === "diskPosition") this.#note(body.value);
    if (body.kind === "pointStored") this.#said.notePoint(body.value);
    this.#changed.notify();
    await Promise.resolve();
  }

  messages(): AsyncIterable<SessionMessage> {
    return this.#queue.messages();
  }

  hand(message: SessionMessage): void {
    this.#queue.put(message);
  }

  /** Settles when all that was handed over was looked at. */
  async processed(signal: AbortSignal): Promise<void> {
    while (!this.#queue.isProcessed) {
      const changed = this.#queue.changed();
      await firstOf(signal, [() => changed, (inner) => this.#ended(inner)]);
    }
  }

  /** Offers a disk, unless it is taken under this very offer already. */
  async offer(value: DiskOffer, signal: AbortSignal): Promise<Taken> {
    const body = { kind: "diskOffer", value } as const;
    const offer = JSON.stringify(value);
    const { diskId } = value;
    const inForce = this.#positions.get(diskId);
    if (this.#offers.get(diskId) === offer && inForce !== undefined && inForce.refused === undefined) return "taken";
    this.#offers.set(diskId, offer);
    this.#positions.delete(diskId);
    this.hand({ body, payload: new Uint8Array() });
    return this.#until(diskId, ({ branch }) => branch === value.branch, signal);
  }

  /** Settles when the disk is held up to `to`, durably, or is not taken. */
  held(diskId: string, place: { readonly branch: string; readonly to: number }, signal: AbortSignal): Promise<Taken> {
    const isHeld = ({ branch, cachedSequence }: DiskPosition): boolean =>
      branch === place.branch && cachedSequence >= place.to;
    return this.#until(diskId, isHeld, signal);
  }

  /** Whether the disk's records are listened to. */
  standing(diskId: string): Taken {
    const refused = this.#positions.get(diskId)?.refused;
    if (refused === undefined) return "taken";
    return passesByItself(faultOfReport(refused, this.address)) ? "later" : "refused";
  }

  /** What passes by itself did not: the agent is told after all, and offers the disk anew. */
  tellRefusal(diskId: string): void {
    const position = this.#positions.get(diskId);
    if (position?.refused !== undefined) this.#said.notePosition(position);
  }

  async #until(diskId: string, isSo: (position: DiskPosition) => boolean, signal: AbortSignal): Promise<Taken> {
    const begun = this.#clock.monotonicMicros();
    for (;;) {
      const changed = this.#changed.next();
      const position = this.#positions.get(diskId);
      if (position?.refused !== undefined) return this.standing(diskId);
      if (position !== undefined && isSo(position)) return "taken";
      const leftMs = LIMITS.collectAnswerMsMax - (this.#clock.monotonicMicros() - begun) / 1_000;
      if (leftMs <= 0) {
        // Somebody else may have the disk by now.
        this.#offers.delete(diskId);
        return "later";
      }
      await firstOf(signal, [
        () => changed,
        (inner) => this.#clock.sleep(Math.ceil(leftMs), inner),
        (inner) => this.#ended(inner),
      ]);
    }
  }

  async #ended(signal: AbortSignal): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    const fail = (): void => reject(this.#over.signal.reason);
    if (this.#over.signal.aborted) fail();
    this.#over.signal.addEventListener("abort", fail, { once: true });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise.finally(() => this.#over.signal.removeEventListener("abort", fail));
  }

  #note(position: DiskPosition): void {
    this.#positions.set(position.diskId, position);
    const { refused } = position;
    if (refused === undefined || !passesByItself(faultOfReport(refused, this.address)))
      this.#said.notePosition(position);
  }
}

/** What is tried again here, with the same deposit: the agent is not told, and goes on. */
function passesByItself({ kind, code }: Fault): boolean {
  return kind === "transient" && code !== "records-gap";
}
