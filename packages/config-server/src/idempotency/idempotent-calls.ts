// Calls that are made once, however often they are asked for: what came with the same key from the same caller before is answered as it was then.
//
// Invariant: a call is noted durably before it has any effect, and its answer before anybody has it. So a call that is repeated, because its answer
// was lost, has no second effect; of one that the server's end cut off, or that failed on its way, nobody knows how far it came, and it is said so.
// A call that was refused had no effect and leaves nothing: repeated, it is looked at anew. Worst outcome: the same failover twice.
//
// An answer may hold a secret, so it is sealed with the caller's key of idempotency, of which the state holds a digest alone. A token's is kept, as it
// were lost with the answer, and a token can be revoked; of the recovery key, which can be read again until it is erased, and cannot be called back,
// nothing is kept: its route says so.
import { createHash } from "node:crypto";
import { isFault, MICROS_PER_SECOND } from "@leeward/base";
import { openWithDataKey, sealWithDataKey } from "@leeward/identity";
import type { Clock } from "@leeward/world";
import { IDEMPOTENT_CALL_LOOK_MS, IDEMPOTENT_CALL_SECONDS } from "../limits.ts";
import type { IdempotentCallRows } from "../store/idempotent-call-rows.ts";
import { callInterrupted, callUnderWay, idempotencyKeyInvalid, idempotencyKeyReused } from "./idempotency-faults.ts";

const KEY = /^[\x21-\x7e]{16,128}$/;
const KEY_ID = "idempotency-key";

/** Forgets, until `signal` aborts, what was kept for as long as it may be, whether anybody calls or not. */
export async function forgetIdempotentCalls(
  rows: IdempotentCallRows,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    forgetOld(rows, clock);
    // Only the abort ends it.
    await clock.sleep(IDEMPOTENT_CALL_LOOK_MS, signal).catch(() => undefined);
  }
}

function forgetOld(rows: IdempotentCallRows, clock: Clock): void {
  rows.removeBefore(clock.wallMicros() - IDEMPOTENT_CALL_SECONDS * MICROS_PER_SECOND);
}

export interface IdempotentCall {
  /** Who calls; another caller's key is another key. */
  readonly caller: string;
  /** 16 to 128 printable characters. */
  readonly key: string;
  /** All that says what is asked for. */
  readonly call: string;
}

export interface KeptAnswer {
  readonly text: string;
  /** Whether it is the answer to an earlier call. */
  readonly isRepeated: boolean;
}

export class IdempotentCalls {
  readonly #rows: IdempotentCallRows;
  readonly #clock: Clock;
  /** Those of this process that have not ended. */
  readonly #underWay = new Set<string>();

  constructor(rows: IdempotentCallRows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  /**
   * The answer of `work`, or the one that it gave within the last 24 hours.
   * @throws Fault `idempotency-key-invalid`, `idempotency-key-reused`, `call-under-way`, `call-interrupted`, and what `work` throws
   */
  async answer({ caller, key, call }: IdempotentCall, work: () => Promise<string>): Promise<KeptAnswer> {
    if (!KEY.test(key)) throw idempotencyKeyInvalid();
    forgetOld(this.#rows, this.#clock);
    const digest = digestOf("digest", caller, key).toString("hex");
    const callDigest = digestOf("call", call).toString("hex");
    const dataKey = digestOf("seal", caller, key);
    const known = this.#rows.byDigest(digest);
    if (known !== undefined) {
      if (known.callDigest !== callDigest) throw idempotencyKeyReused();
      if (this.#underWay.has(digest)) throw callUnderWay();
      if (known.sealedAnswer === null) throw callInterrupted();
      return { text: await openWithDataKey(known.sealedAnswer, { dataKey, keyId: KEY_ID }), isRepeated: true };
    }
    this.#rows.insert({ digest, callDigest, createdMicros: this.#clock.wallMicros() });
    this.#underWay.add(digest);
    try {
      const text = await work();
      this.#rows.answered(digest, await sealWithDataKey(text, { dataKey, keyId: KEY_ID }));
      return { text, isRepeated: false };
    } catch (error) {
      // Only a refusal says that nothing was done: of what timed out, or of a mistake of ours, nobody knows how far it came.
      if (isFault(error) && error.kind === "operator") this.#rows.remove(digest);
      throw error;
    } finally {
      this.#underWay.delete(digest);
    }
  }
}

/** SHA-256 of texts, each with its length, so that no two lists of texts are the same bytes. */
function digestOf(...texts: readonly string[]): Buffer {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest();
}
