import { CACHE_LIMITS } from "@leeward/cache-account";
import { type DiskPosition, encodeEnvelope, type Message, type PointRecord, type PointStored } from "@leeward/proto";

/**
 * What a machine's agent is told in each word: of each disk the newest position; of points the newest answer, which stands for those before it, and refusals. It goes from one word to the next, over starts too: an
 * agent that has not read the last one reads the same in the next. A position that is not so any more is put right by the next offer.
 */
export class Said {
  readonly #positions = new Map<string, DiskPosition>();
  #newest: PointStored | undefined;
  #refused: PointStored[] = [];

  notePosition(position: DiskPosition): void {
    this.#positions.set(position.diskId, position);
  }

  notePoint(stored: PointStored): void {
    if (stored.refused !== undefined) this.#refused = [...this.#refused, stored].slice(-CACHE_LIMITS.refusalsMax);
    else if (this.#newest === undefined || this.#newest.number <= stored.number) this.#newest = stored;
  }

  /** Goes on from what the last word said. */
  restore(messages: readonly Message[]): void {
    for (const { body } of messages) {
      if (body.kind === "diskPosition") this.notePosition(body.value);
      if (body.kind === "pointStored") this.notePoint(body.value);
    }
  }

  /** A new course asks anew about the points that wait, whose numbers may have been set back: answers of before are not for them. */
  forgetPoints(): void {
    this.#newest = undefined;
    this.#refused = [];
  }

  messages(): (readonly Uint8Array[])[] {
    const points = this.#newest === undefined ? this.#refused : [...this.#refused, this.#newest];
    return [
      ...Array.from(this.#positions.values(), (value) => encodeEnvelope({ kind: "diskPosition", value })),
      ...points.map((value) => encodeEnvelope({ kind: "pointStored", value })),
    ];
  }

  /** Whether the agent is told of the point, with its validity. */
  covers({ number, validUntilMicros }: PointRecord): boolean {
    const { number: newest = -1, validUntilMicros: until = 0 } = this.#newest ?? {};
    const isStored = newest > number || (newest === number && until >= validUntilMicros);
    return isStored || this.#refused.some((refused) => refused.number === number);
  }
}
