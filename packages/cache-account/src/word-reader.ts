import type { CacheWord, Message } from "@leeward/proto";
import type { SessionMessage } from "@leeward/wire";

/**
 * What the process server's word says that is new, as the messages that a session would have brought. A word is whole: of each disk the newest position counts. What it says of a
 * disk is not told on while the disk was offered in a deposit that has not been collected yet: it is of before that offer.
 */
export class WordReader {
  readonly #course: number;
  readonly #tell: (message: SessionMessage) => void;
  /** By disk, the deposit with its newest offer; Infinity while that is not put. */
  readonly #awaited = new Map<string, number>();
  /** What was told last, by disk, or by point. */
  #told = new Map<string, string>();
  #tag = "";
  #last: CacheWord | undefined;

  constructor(course: number, tell: (message: SessionMessage) => void) {
    this.#course = course;
    this.#tell = tell;
  }

  /** The disk is being offered. */
  await(diskId: string): void {
    this.#awaited.set(diskId, Number.POSITIVE_INFINITY);
  }

  /** Its offer is in the deposit. */
  offered(diskId: string, number: number): void {
    this.#awaited.set(diskId, number);
  }

  /** The word, when it is another than was read last, and not one of before that. */
  take(messages: readonly Message[], tag: string): CacheWord | "known" | "old" {
    const [first, ...rest] = messages;
    if (first?.body.kind !== "cacheWord" || tag === this.#tag) return "known";
    const word = first.body.value;
    // One that ends this course cannot be of before: a process server that lost its word has begun anew.
    const endsCourse = word.course === this.#course && word.fault !== undefined;
    if (this.#last !== undefined && isBefore(word, this.#last) && !endsCourse) return "old";
    this.#last = word;
    this.#tag = tag;
    if (word.course !== this.#course) return word;
    const told = new Map<string, string>();
    for (const { body, payload } of rest) {
      if (body.kind !== "diskPosition" && body.kind !== "pointStored") continue;
      const name = body.kind === "diskPosition" ? body.value.diskId : `point ${body.value.number}`;
      const text = JSON.stringify(body.value);
      const before = this.#told.get(name);
      if (body.kind === "diskPosition" && !this.#isAnswered(body.value, word.collected)) {
        if (before !== undefined) told.set(name, before);
        continue;
      }
      const isAwaited = this.#awaited.delete(name);
      told.set(name, text);
      if (isAwaited || before !== text) this.#tell({ body, payload });
    }
    this.#told = told;
    return word;
  }

  /** What is said of no branch is no answer to an offer. */
  #isAnswered({ diskId, branch }: { readonly diskId: string; readonly branch: string }, collected: number): boolean {
    return branch === "" || (this.#awaited.get(diskId) ?? 0) <= collected;
  }
}

/** What is done with only rises; after a start, a process server collects once more from there. */
function isBefore(word: CacheWord, last: CacheWord): boolean {
  return word.doneCourse < last.doneCourse || (word.doneCourse === last.doneCourse && word.done < last.done);
}
