import { Fault, type Random, randomId } from "@leeward/base";
import { type Extent, ExtentSet, endOf } from "@leeward/block";
import { blockDigests, type ReplicaChangeList, type ResponseBody } from "@leeward/proto";
import type { Compute } from "@leeward/world";
import type { ReplicaAnswer, ReplicaQuestion } from "../replica-peer.ts";

export interface TestReplicaOptions {
  readonly random: Random;
  readonly compute: Compute;
  /** What the point holds that the machine was started from. */
  readonly content: Uint8Array;
  /** What the source's branch was given after that, and where the target had journaled it. */
  readonly journaledAfter?: readonly Extent[];
  readonly journaledSequence: number;
  /** Of extents in one answer. */
  readonly pageExtents?: number;
}

interface Written extends Extent {
  readonly sequence: number;
}

/** A replica machine's disk with its target's answers: a point in memory, and a log of what was written over it. */
export class TestReplica {
  readonly id: string;
  /** Of the overlay. */
  readonly branch: string;
  readonly content: Buffer;
  /** Everything that was read and compared, in order. */
  readonly reads: Extent[] = [];
  readonly comparedExtents: Extent[] = [];
  isHalted = false;
  /** Called before each answer; what it throws is the answer. */
  onQuestion: (question: ReplicaQuestion) => void | Promise<void> = () => undefined;
  readonly #options: TestReplicaOptions;
  readonly #log: Written[] = [];
  #sequence = 0;

  constructor(options: TestReplicaOptions) {
    this.#options = options;
    this.id = randomId(options.random);
    this.branch = randomId(options.random);
    this.content = Buffer.from(options.content);
  }

  get sequence(): number {
    return this.#sequence;
  }

  get readBytes(): number {
    return this.reads.reduce((sum, { length }) => sum + length, 0);
  }

  write(offset: number, data: Uint8Array): void {
    if (this.isHalted) throw new Error("a halted machine writes nothing");
    this.#sequence += 1;
    this.content.set(data, offset);
    this.#log.push({ sequence: this.#sequence, offset, length: data.length });
  }

  /** Sets the overlay back, as the loss of its last writes does; the content stays. */
  setBack(sequence: number): void {
    this.#sequence = sequence;
  }

  readonly answer = async (question: ReplicaQuestion): Promise<ReplicaAnswer> => {
    await this.onQuestion(question);
    if (question.kind !== "replicaDigests" && question.value.replicaId !== this.id) throw unknown();
    switch (question.kind) {
      case "replicaChanges":
        return { kind: "replicaChangeList", value: this.#changes(question.value) };
      case "replicaRead":
        return this.#read(question.value);
      case "replicaDigests":
        return this.#digests(question.value);
    }
  };

  #changes({ afterSequence, fromOffset }: { afterSequence: number; fromOffset: number }): ReplicaChangeList {
    const { journaledAfter = [], journaledSequence, pageExtents = 3 } = this.#options;
    const changed = ExtentSet.of(this.#log.filter(({ sequence }) => sequence > afterSequence));
    if (afterSequence === 0) changed.addAll(journaledAfter);
    const rest = [...changed.within({ offset: fromOffset, length: Math.max(1, this.content.length - fromOffset) })];
    return {
      sequence: this.#sequence,
      extents: rest.slice(0, pageExtents),
      more: rest.length > pageExtents,
      journaledSequence,
      halted: this.isHalted,
      diskBytes: this.content.length,
    };
  }

  async #read({ offset, length }: Extent): Promise<ReplicaAnswer> {
    this.reads.push({ offset, length });
    const raw = Buffer.from(this.content.subarray(offset, endOf({ offset, length })));
    const content = (await this.#options.compute.compress("lz4", raw)) ?? raw;
    return { kind: "replicaContent", value: { content } };
  }

  #digests({ offset, length }: Extent): Extract<ResponseBody, { kind: "blockDigests" }> {
    this.comparedExtents.push({ offset, length });
    const bytes = this.content.subarray(offset, offset + length);
    const place = { pointId: "", branch: this.branch, sequence: this.#sequence, diskBytes: this.content.length };
    return { kind: "blockDigests", value: { ...place, length: bytes.length, digests: blockDigests(bytes) } };
  }
}

function unknown(): Fault {
  const message = "There is no such replica machine.";
  return new Fault({ code: "replica-unknown", kind: "operator", message, remedy: "Start it." });
}
