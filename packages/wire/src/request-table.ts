import { assert, orAborted, Waiters } from "@leeward/base";
import type { ControlResponse, RequestBody, ResponseBody } from "@leeward/proto";
import { faultOfReport } from "./fault-report.ts";
import { type Answers, answerKindOf, isAnswerTo, type RequestKind } from "./request-kinds.ts";
import { REQUESTS_MAX } from "./session-limits.ts";
import { messageUnexpected } from "./wire-fault.ts";

interface Open {
  readonly kind: RequestKind;
  readonly resolve: (body: ResponseBody) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Our requests that the peer has not answered. At most REQUESTS_MAX are open; the next waits. One that its caller gave up stays open
 * until it is answered, because the peer still works on it and counts it.
 */
export class RequestTable {
  readonly #open = new Map<number, Open>();
  readonly #waiters = new Waiters();
  readonly #from: string;
  #lastId = 0;

  /** `from` names the peer in the faults that it answers with. */
  constructor(from: string) {
    this.#from = from;
  }

  /** Settles with the answer, or with the fault that the peer answered; rejects with the signal's reason when it aborts. */
  async ask<Kind extends RequestKind>(
    body: Extract<RequestBody, { kind: Kind }>,
    send: (id: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    signal.throwIfAborted();
    // Looked at again after every wait, with nothing between the look and the entry: others wait for the same place.
    while (this.#open.size >= REQUESTS_MAX) await orAborted(this.#waiters.next(), signal);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<ResponseBody>();
    this.#open.set(id, { kind: body.kind, resolve, reject });
    // It is awaited below, but only after the send: without this, a fault in between would count as nobody's.
    promise.catch(() => undefined);
    await orAborted(send(id), signal);
    const answer = await orAborted(promise, signal);
    const { value } = answer;
    assert(isAnswerTo(body.kind, answer, value), "settle takes no answer of another kind");
    return value;
  }

  /** @throws Fault `message-unexpected` when nothing was asked under that id, or something else was */
  settle(response: ControlResponse): void {
    const open = this.#open.get(response.id);
    if (open === undefined) throw messageUnexpected(`an answer to request ${response.id}, which is not open`);
    if (response.body !== undefined && response.body.kind !== answerKindOf(open.kind)) {
      throw messageUnexpected(`an answer ${response.body.kind} to a request ${open.kind}`);
    }
    this.#open.delete(response.id);
    this.#waiters.notify();
    if (response.body !== undefined) open.resolve(response.body);
    else if (response.fault !== undefined) open.reject(faultOfReport(response.fault, this.#from));
  }

  /** Nobody waits any more, and nothing comes: the place is free. What was answered already is passed over. */
  giveUp(id: number): void {
    if (this.#open.delete(id)) this.#waiters.notify();
  }

  /** The session ended: whatever is open fails with `error`. */
  fail(error: Error): void {
    for (const open of this.#open.values()) open.reject(error);
    this.#open.clear();
  }
}
