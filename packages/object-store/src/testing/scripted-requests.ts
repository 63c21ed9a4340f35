import { MiB } from "@leeward/base";
import type { ObjectStatus, ReadObject } from "../object-store.ts";
import type { ListPage, PartedPut, PutFacts, ReadRequest, Refusal, StoreRequests } from "../store-requests.ts";

type What = "put" | "putPart" | "endParts" | "status" | "remove" | "list" | "read" | "holds" | "hold";

interface Held {
  readonly status: ObjectStatus;
  readonly putId: string;
}

/** The error of a refusal that a test asked for. */
class Scripted extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/** The requests of a store in memory, which refuses and loses answers as a test says. It keeps sizes, and no content. */
export class ScriptedRequests implements StoreRequests {
  readonly kind = "memory";
  readonly place = "scripted";
  readonly partedFromBytes = 16 * MiB;
  readonly partsMax = 10_000;
  readonly sent: { readonly what: What }[] = [];
  begun = 0;
  dropped = 0;
  /** Whether it says that objects can be held. */
  canHold = false;
  readonly heldUntil = new Map<string, number>();
  readonly #objects = new Map<string, Held>();
  readonly #before = new Map<What, (() => void)[]>();
  readonly #after = new Map<What, (() => void)[]>();
  #tags = 0;

  get keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  refuse(what: What, refusal: Refusal, times: number): void {
    for (let left = times; left > 0; left -= 1) this.throwNext(what, new Scripted(refusal));
  }

  throwNext(what: What, error: Error): void {
    addTo(this.#before, what, () => {
      throw error;
    });
  }

  /** Requests that take effect, and are answered by a connection that breaks. */
  loseAnswers(what: What, times: number): void {
    for (let left = times; left > 0; left -= 1) {
      addTo(this.#after, what, () => {
        throw new Scripted({ kind: "later", why: "ECONNRESET" });
      });
    }
  }

  /** What happens when the next such request has been sent, whatever becomes of it. */
  afterNext(what: What, work: () => void): void {
    const waiting = this.#before.get(what)?.shift();
    addTo(this.#before, what, () => {
      work();
      waiting?.();
    });
  }

  putAs(key: string, putId: string, sizeBytes = 0): ObjectStatus {
    this.#tags += 1;
    const status = { key, sizeBytes, modifiedMicros: 0, tag: String(this.#tags) };
    this.#objects.set(key, { status, putId });
    return status;
  }

  put(key: string, bytes: Uint8Array, facts: PutFacts): Promise<ObjectStatus> {
    return this.#request("put", () => this.#putOn(key, bytes.length, facts));
  }

  beginParts(): Promise<string> {
    this.begun += 1;
    return Promise.resolve(String(this.begun));
  }

  putPart(_: PartedPut, index: number): Promise<string> {
    return this.#request("putPart", () => String(index));
  }

  endParts(put: PartedPut, _: readonly string[], sizeBytes: number): Promise<ObjectStatus> {
    return this.#request("endParts", () => this.#putOn(put.key, sizeBytes, put));
  }

  dropParts(): Promise<void> {
    this.dropped += 1;
    return Promise.resolve();
  }

  read({ key, target }: ReadRequest): Promise<ReadObject> {
    return this.#request("read", () => ({ bytes: target.length, status: this.#held(key).status }));
  }

  status(key: string): Promise<Held> {
    return this.#request("status", () => this.#held(key));
  }

  remove(key: string): Promise<void> {
    return this.#request("remove", () => void this.#objects.delete(key));
  }

  list(): Promise<ListPage> {
    return this.#request("list", () => ({ listed: [], next: undefined }));
  }

  holds(): Promise<boolean> {
    return this.#request("holds", () => this.canHold);
  }

  heldUntilMicros(key: string): Promise<number> {
    return this.#request("status", () => this.heldUntil.get(this.#held(key).status.key) ?? 0);
  }

  hold(key: string, untilMicros: number): Promise<void> {
    return this.#request("hold", () => void this.heldUntil.set(this.#held(key).status.key, untilMicros));
  }

  refusalOf(error: unknown): Refusal | undefined {
    return error instanceof Scripted ? error.refusal : undefined;
  }

  close(): void {}

  #putOn(key: string, sizeBytes: number, { putId, condition }: PutFacts): ObjectStatus {
    const held = this.#objects.get(key);
    const isMet = condition?.kind === "absent" ? held === undefined : held?.status.tag === condition?.tag;
    if (condition !== undefined && !isMet) throw new Scripted({ kind: "conflict" });
    return this.putAs(key, putId, sizeBytes);
  }

  #held(key: string): Held {
    const held = this.#objects.get(key);
    if (held === undefined) throw new Scripted({ kind: "no-object" });
    return held;
  }

  async #request<T>(what: What, work: () => T): Promise<T> {
    this.sent.push({ what });
    await Promise.resolve();
    this.#before.get(what)?.shift()?.();
    const answer = work();
    this.#after.get(what)?.shift()?.();
    return answer;
  }
}

function addTo(scripts: Map<What, (() => void)[]>, what: What, work: () => void): void {
  scripts.set(what, [...(scripts.get(what) ?? []), work]);
}
