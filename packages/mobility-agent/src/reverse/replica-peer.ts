// What the replica machine's disk holds: asked of the disk's target over the process server, and asked again until it is told.
//
// What is answered is checked before anything is done with it: extents in order and inside of the disk, content and digests as long as was asked for.
// A question changes nothing at the other end, so it may be asked any number of times.
import { assert, ceilTo, Fault, floorTo, isFault, reconnectDelayMs, retryDelayMs, type Waiters } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import { digestBytesOf, type ReplicaChangeList, type RequestBody, type ResponseBody } from "@leeward/proto";
import type { Clock, Compute } from "@leeward/world";
import type { DiskSettings } from "../disk/disk-host.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";

/** What is asked of a replica machine's disk. */
export type ReplicaQuestion = Extract<
  RequestBody,
  { readonly kind: "replicaChanges" | "replicaRead" | "replicaDigests" }
>;

export type ReplicaAnswer = Extract<
  ResponseBody,
  { readonly kind: "replicaChangeList" | "replicaContent" | "blockDigests" }
>;

/** Asks the disk's process server once. @throws Fault by name, also when nobody can be asked now, or the signal's reason */
export type AskProcessServer = (question: ReplicaQuestion, signal: AbortSignal) => Promise<ReplicaAnswer>;

export interface ReplicaPeerOptions {
  readonly clock: Clock;
  readonly compute: Compute;
  readonly ask: AskProcessServer;
  readonly settings: Pick<DiskSettings, "machineId" | "diskId" | "name">;
  /** The failover's id. */
  readonly replicaId: string;
  /** Of the disk here, to which all that is told is rounded. */
  readonly disk: { readonly sizeBytes: number; readonly blockBytes: number };
  /** Notified when `fault` is another. */
  readonly changed: Waiters;
}

/** What the replica machine changed. */
export interface ToldChanges extends Pick<ReplicaChangeList, "sequence" | "journaledSequence" | "halted"> {
  readonly extents: ExtentSet;
}

export class ReplicaPeer {
  readonly #options: ReplicaPeerOptions;
  #fault: ShownFault | undefined;

  constructor(options: ReplicaPeerOptions) {
    this.#options = options;
  }

  /** What stands in the way of asking; undefined when the last answer was one. */
  get fault(): ShownFault | undefined {
    return this.#fault;
  }

  /**
   * What is other than after that sequence of the overlay. What is told later in a long answer may be newer than its sequence, never older.
   * @throws Fault `reverse-size-differs`, or the signal's reason
   */
  async changes(afterSequence: number, signal: AbortSignal): Promise<ToldChanges> {
    const { replicaId, settings, disk } = this.#options;
    const extents = new ExtentSet();
    let first: ReplicaChangeList | undefined;
    for (let fromOffset = 0; ; ) {
      const value = { replicaId, diskId: settings.diskId, afterSequence, fromOffset };
      const list = await this.#asked({ kind: "replicaChanges", value }, signal, (answer) => {
        assert(answer.kind === "replicaChangeList", "each question has its answer");
        return checkedList(answer.value, fromOffset);
      });
      first ??= list;
      if (list.diskBytes !== disk.sizeBytes) throw sizeDiffers(this.#options, list.diskBytes);
      for (const extent of list.extents) extents.add(wholeBlocks(extent, disk));
      const last = list.extents.at(-1);
      if (!list.more || last === undefined) break;
      fromOffset = endOf(last);
    }
    const { sequence, journaledSequence, halted } = first;
    return { sequence, journaledSequence, halted, extents };
  }

  /** What the replica machine has there now; it belongs to whoever asked. */
  read({ offset, length }: Extent, signal: AbortSignal): Promise<Uint8Array> {
    const { replicaId, settings, compute } = this.#options;
    const value = { replicaId, diskId: settings.diskId, offset, length };
    return this.#asked({ kind: "replicaRead", value }, signal, async (answer) => {
      assert(answer.kind === "replicaContent", "each question has its answer");
      const { content } = answer.value;
      if (content.length > length) throw answerInvalid("more content than was asked for");
      return content.length === length ? content : compute.decompress("lz4", content, length);
    });
  }

  /** The digests of what the replica machine has there now. */
  digests({ offset, length }: Extent, signal: AbortSignal): Promise<Uint8Array> {
    const { replicaId, settings, disk } = this.#options;
    const { machineId, diskId } = settings;
    const value = { machineId, diskId, offset, length, present: false, replicaId };
    return this.#asked({ kind: "replicaDigests", value }, signal, (answer) => {
      assert(answer.kind === "blockDigests", "each question has its answer");
      const { diskBytes, length: told, digests } = answer.value;
      if (diskBytes !== disk.sizeBytes || told !== length || digests.length !== digestBytesOf(length))
        throw answerInvalid("digests of something else than was asked for");
      return digests;
    });
  }

  /** Asks until there is an answer that can be used. */
  async #asked<T>(
    question: ReplicaQuestion,
    signal: AbortSignal,
    use: (answer: ReplicaAnswer) => T | Promise<T>,
  ): Promise<T> {
    const { ask, clock } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const used = await use(await ask(question, signal));
        this.#show(undefined);
        return used;
      } catch (error) {
        signal.throwIfAborted();
        if (!isFault(error)) throw error;
        this.#show(error);
        const delayMs = error.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt);
        await clock.sleep(delayMs, signal);
      }
    }
  }

  #show(fault: Fault | undefined): void {
    if (fault === undefined && this.#fault === undefined) return;
    const sinceMicros = this.#fault?.sinceMicros ?? this.#options.clock.wallMicros();
    this.#fault = fault && { fault, sinceMicros };
    this.#options.changed.notify();
  }
}

/** @throws Fault `reverse-answer-invalid` */
function checkedList(list: ReplicaChangeList, fromOffset: number): ReplicaChangeList {
  let end = fromOffset;
  for (const extent of list.extents) {
    if (extent.offset < end || endOf(extent) > list.diskBytes) throw answerInvalid("extents out of order or place");
    end = endOf(extent);
  }
  if (list.more && list.extents.length === 0) throw answerInvalid("no extents where more should follow");
  return list;
}

function wholeBlocks(extent: Extent, { sizeBytes, blockBytes }: ReplicaPeerOptions["disk"]): Extent {
  const offset = floorTo(extent.offset, blockBytes);
  return { offset, length: Math.min(ceilTo(endOf(extent), blockBytes), sizeBytes) - offset };
}

function answerInvalid(what: string): Fault {
  return new Fault({
    code: "reverse-answer-invalid",
    kind: "protocol",
    message: `The master target answers ${what}; nothing of it is brought onto the disk.`,
  });
}

function sizeDiffers({ settings: { name, diskId }, disk }: ReplicaPeerOptions, bytes: number): Fault {
  return new Fault({
    code: "reverse-size-differs",
    kind: "operator",
    message: `${name} has ${disk.sizeBytes} bytes here and ${bytes} on its replica machine: it cannot be made the same.`,
    remedy: "Give the disk the size that it has on the replica machine; it is tried again by itself.",
    detail: { disk: diskId, here: disk.sizeBytes, there: bytes },
  });
}
