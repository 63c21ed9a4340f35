import type { Records } from "@leeward/proto";
import type { SessionBody } from "@leeward/wire";

type Bytes = readonly Uint8Array[];

interface Drafted {
  /** Of the disk that it offers, or whose records it holds. */
  readonly diskId: string;
  readonly kind: SessionBody["kind"] | "controlRequest";
  readonly records: Records | undefined;
  readonly parts: Bytes;
  readonly bytes: number;
}

export interface Deposit {
  readonly messages: readonly Bytes[];
  /** What it holds of each disk, in order. */
  readonly records: readonly Records[];
  /** Disks that are offered in it, as they were sent. */
  readonly offered: readonly string[];
}

/**
 * Messages that wait to be put. What is taken begins with the offers of the disks whose records follow, as they stood then: a deposit is understood without those before it.
 */
export class DepositDraft {
  readonly #items: Drafted[] = [];
  /** The last offer of each disk that was taken. */
  readonly #offers = new Map<string, Bytes>();
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether somebody waits for an answer. */
  get isUrgent(): boolean {
    return this.#items.some(({ kind }) => kind === "controlRequest" || kind === "diskOffer");
  }

  /** Copies the parts: they are borrowed. */
  add(body: SessionBody | { readonly kind: "controlRequest" }, parts: Bytes): void {
    const own = parts.map((part) => part.slice());
    const bytes = own.reduce((sum, part) => sum + part.length, 0);
    const { kind } = body;
    const diskId = kind === "records" || kind === "diskOffer" ? body.value.diskId : "";
    this.#items.push({ diskId, kind, records: kind === "records" ? body.value : undefined, parts: own, bytes });
    this.#bytes += bytes;
  }

  /** The first messages, until there are `bytes` of them. */
  take(bytes: number): Deposit {
    let taken = 0;
    let count = 0;
    for (const item of this.#items) {
      if (taken >= bytes) break;
      taken += item.bytes;
      count += 1;
    }
    const items = this.#items.splice(0, count);
    this.#bytes -= taken;
    const needed = new Map<string, Bytes>();
    const offered = new Set<string>();
    for (const { kind, diskId, parts } of items) {
      const offer = this.#offers.get(diskId);
      if (kind === "records" && !offered.has(diskId) && offer !== undefined) needed.set(diskId, offer);
      if (kind !== "diskOffer") continue;
      offered.add(diskId);
      this.#offers.set(diskId, parts);
    }
    return {
      messages: [...needed.values(), ...items.map(({ parts }) => parts)],
      records: items.flatMap(({ records }) => records ?? []),
      offered: [...offered],
    };
  }
}
