import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type DataKey, SegmentReader } from "@leeward/change-log";
import { together } from "@leeward/daemon";
import type {
  DiskOffer,
  DiskPosition,
  FaultReport,
  LogRecord,
  PointRecord,
  SegmentFooter,
  SegmentPart,
} from "@leeward/proto";
import { type RequestHandler, Session, workOn } from "@leeward/wire";
import type { Clock, Compute, Network } from "@leeward/world";
import { Crew } from "../crew.ts";
import { ModelDisk } from "./model-disk.ts";
import { DISK_BYTES } from "./scripted-agent.ts";

export interface TakenSegment {
  readonly from: number;
  readonly to: number;
  readonly footer: SegmentFooter;
}

/** What the target holds of one branch. */
export class TargetBranch {
  readonly disk = new ModelDisk(DISK_BYTES);
  readonly segments: TakenSegment[] = [];
  /** The digest under which each segment first came: a retry has to have the same. */
  readonly digests = new Map<number, string>();
  position = 0;
  /** Where it went on behind holes: the first sequences. */
  readonly holes: number[] = [];
}

interface Staged {
  readonly part: SegmentPart;
  readonly bytes: Uint8Array;
  received: number;
}

export interface ScriptedTargetOptions {
  readonly clock: Clock;
  readonly compute: Compute;
  readonly network: Network;
  readonly host: string;
  readonly port: number;
  readonly key: DataKey;
}

/**
 * A master target as the process server sees one: takes segments that follow its last, checks and applies them, and answers with its
 * position. It fails the test when something comes that a target must never see.
 */
export class ScriptedTarget {
  readonly branches = new Map<string, TargetBranch>();
  readonly points: PointRecord[] = [];
  readonly offers: DiskOffer[] = [];
  #failure: Error | undefined;
  /** When set, every offer and part is answered with it. */
  refusal: FaultReport | undefined;
  /** The refusal is of this branch alone. */
  refusedBranch: string | undefined;
  /** It does not know that what it lacks may be left out. */
  isOlder = false;
  /** How long a segment takes to be journaled. */
  journalMs = 0;
  partCount = 0;
  /** Points that came before what they stand on, and were not answered. */
  earlyPoints = 0;
  /** So many points are not taken, and not answered: as by a target that has not been told of the machine. */
  pointsToPassOver = 0;
  /** Answers what is asked of the target. */
  answer: RequestHandler | undefined;
  readonly #options: ScriptedTargetOptions;
  readonly #staged = new Map<string, Staged>();

  constructor(options: ScriptedTargetOptions) {
    this.#options = options;
  }

  /** Throws when something came that a target must never see. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  branch(id: string): TargetBranch {
    let branch = this.branches.get(id);
    if (branch === undefined) {
      branch = new TargetBranch();
      this.branches.set(id, branch);
    }
    return branch;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { network, host, port } = this.#options;
    await using listener = await network.listen({ host, port });
    const crew = new Crew<number>();
    let count = 0;
    await together(signal, [
      (inner) => crew.run(inner),
      async (inner) => {
        for await (const channel of listener.accept(inner)) {
          count += 1;
          crew.start(count, async (ended) => {
            try {
              const session = await Session.accept(
                channel,
                {
                  clock: this.#options.clock,
                  softwareVersion: "test",
                  answer: (body, asked) => this.#answer(body, asked),
                },
                ended,
              );
              await workOn(session, ended, (open) => this.#serve(open));
            } catch (error) {
              if (error instanceof assert.AssertionError) this.#failure ??= error;
            }
          });
        }
      },
    ]);
  }

  #answer(...asked: Parameters<RequestHandler>): ReturnType<RequestHandler> {
    assert.ok(this.answer !== undefined, `nobody asks a target for ${asked[0].kind} in this test`);
    return this.answer(...asked);
  }

  async #serve(session: Session): Promise<void> {
    for await (const { body, payload } of session.messages()) {
      if (body.kind === "diskOffer") {
        this.offers.push(body.value);
        this.#staged.delete(body.value.diskId);
        this.#goOnFrom(body.value);
        await session.send({ kind: "diskPosition", value: this.#position(body.value) });
      } else if (body.kind === "segmentPart") {
        this.partCount += 1;
        const position = await this.#part(body.value, payload);
        if (position !== undefined) await session.send({ kind: "diskPosition", value: position });
      } else if (body.kind === "pointRecord") {
        const { machineId, number, validUntilMicros, members } = body.value;
        if (this.pointsToPassOver > 0) {
          this.pointsToPassOver -= 1;
          continue;
        }
        if (members.some(({ branch, sequence }) => this.branch(branch).position < sequence)) {
          this.earlyPoints += 1;
          continue;
        }
        if (!this.points.some((each) => each.number === number)) this.points.push(body.value);
        await session.send({ kind: "pointStored", value: { machineId, number, validUntilMicros } });
      } else assert.fail(`the process server sent ${body.kind}`);
    }
  }

  #goOnFrom({ branch: id, heldFrom }: DiskOffer): void {
    const branch = this.branch(id);
    if (this.isOlder || heldFrom <= branch.position + 1) return;
    branch.holes.push(heldFrom);
    branch.position = heldFrom - 1;
  }

  #position({ diskId, branch }: { readonly diskId: string; readonly branch: string }): DiskPosition {
    const sequence = this.branch(branch).position;
    const refused = this.refusal !== undefined && this.#refuses(branch) ? { refused: this.refusal } : {};
    return { diskId, branch, cachedSequence: sequence, journaledSequence: sequence, ...refused };
  }

  #refuses(branch: string): boolean {
    return this.refusal !== undefined && (this.refusedBranch ?? branch) === branch;
  }

  async #part(part: SegmentPart, payload: Uint8Array): Promise<DiskPosition | undefined> {
    const branch = this.branch(part.branch);
    const digest = Buffer.from(part.sha256).toString("hex");
    assert.equal(branch.digests.get(part.from) ?? digest, digest, "a retry has the same bytes");
    branch.digests.set(part.from, digest);
    if (this.#refuses(part.branch) || part.from !== branch.position + 1) return this.#position(part);
    if (part.position === 0)
      this.#staged.set(part.diskId, { part, bytes: new Uint8Array(part.totalBytes), received: 0 });
    const staged = this.#staged.get(part.diskId);
    if (staged?.part.from !== part.from || staged.received !== part.position) return this.#position(part);
    staged.bytes.set(payload, part.position);
    staged.received += payload.length;
    if (staged.received < part.totalBytes) return undefined;
    assert.equal(createHash("sha256").update(staged.bytes).digest("hex"), digest);
    await this.#options.clock.sleep(this.journalMs, new AbortController().signal);
    await this.#apply(branch, part, staged.bytes);
    return this.#position(part);
  }

  async #apply(branch: TargetBranch, part: SegmentPart, bytes: Uint8Array): Promise<void> {
    const { compute, key } = this.#options;
    const source = {
      async read(target: Uint8Array, position: number) {
        const found = bytes.subarray(position, position + target.length);
        target.set(found);
        return found.length;
      },
      sizeBytes: async () => bytes.length,
    };
    const reader = await SegmentReader.open(source, { compute, key });
    assert.deepEqual([reader.header.from, reader.header.to], [part.from, part.to]);
    assert.ok(reader.header.encryption !== undefined, "a cut is encrypted");
    const records: LogRecord[] = [];
    for await (const record of reader.records()) records.push(record);
    assertDisjoint(records);
    branch.disk.applyAll(records);
    branch.segments.push({ from: part.from, to: part.to, footer: reader.footer });
    branch.position = part.to;
  }
}

function assertDisjoint(records: readonly LogRecord[]): void {
  let end = 0;
  for (const record of records) {
    if (record.kind !== "write" && record.kind !== "zero" && record.kind !== "discard") continue;
    assert.ok(record.offset >= end, "extents are sorted and disjoint");
    end = record.offset + record.length;
  }
}
