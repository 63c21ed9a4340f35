import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault, MiB, seededRandom, Waiters } from "@leeward/base";
import { simulatedCompute, simulatedWorld } from "@leeward/world/testing";
import { type ReplicaAnswer, ReplicaPeer, type ReplicaQuestion } from "./replica-peer.ts";
import { TestReplica } from "./testing/test-replica.ts";

const SIZE = 4 * MiB;
const NEVER = new AbortController().signal;
const SETTINGS = { machineId: "aa".repeat(16), diskId: "dd".repeat(16), name: "data" };
const LIST = { sequence: 1, extents: [], more: false, journaledSequence: 0, halted: false, diskBytes: SIZE };
const DIGESTS = { pointId: "", branch: "ee".repeat(16), sequence: 1, diskBytes: SIZE, length: MiB };

function listOf(more: Partial<Extract<ReplicaAnswer, { kind: "replicaChangeList" }>["value"]>): ReplicaAnswer {
  return { kind: "replicaChangeList", value: { ...LIST, ...more } };
}

function digestsOf(more: { readonly digests: Uint8Array; readonly length?: number; readonly diskBytes?: number }) {
  return { kind: "blockDigests", value: { ...DIGESTS, ...more } } satisfies ReplicaAnswer;
}

async function withPeer(
  ask: (question: ReplicaQuestion) => Promise<ReplicaAnswer>,
  scenario: (peer: ReplicaPeer) => Promise<void>,
): Promise<void> {
  const world = simulatedWorld({ seed: 1 });
  const disk = { sizeBytes: SIZE, blockBytes: 4_096 };
  const peer = new ReplicaPeer({
    ...world,
    ask,
    settings: SETTINGS,
    replicaId: "ff".repeat(16),
    disk,
    changed: new Waiters(),
  });
  await world.clock.run(() => scenario(peer));
}

/** A good answer after bad ones, which are shown meanwhile. */
async function afterBad(
  bad: readonly ReplicaAnswer[],
  good: ReplicaAnswer,
  ask: (peer: ReplicaPeer) => Promise<unknown>,
) {
  const codes: (string | undefined)[] = [];
  const own: { peer?: ReplicaPeer } = {};
  const answers = [...bad, good].values();
  const answer = async (): Promise<ReplicaAnswer> => {
    const next = answers.next();
    assert.ok(next.done !== true);
    codes.push(own.peer?.fault?.fault.code);
    return next.value;
  };
  await withPeer(answer, async (peer) => {
    own.peer = peer;
    await ask(peer);
    assert.equal(peer.fault, undefined);
  });
  assert.deepEqual(codes, [undefined, ...bad.map(() => "reverse-answer-invalid")]);
}

describe("what is asked of a replica machine's disk", () => {
  test("is told in pages, as whole blocks, and the first answer's sequence counts", async () => {
    const random = seededRandom(2);
    const content = Buffer.alloc(SIZE);
    const replica = new TestReplica({
      random,
      compute: simulatedCompute(),
      content,
      journaledSequence: 0,
      pageExtents: 2,
    });
    for (let index = 0; index < 9; index += 1) replica.write(index * 64 * 1_024 + 512, Buffer.alloc(512, 1));
    const asked: number[] = [];
    const ask = async (question: ReplicaQuestion): Promise<ReplicaAnswer> => {
      assert.ok(question.kind === "replicaChanges");
      asked.push(question.value.fromOffset);
      if (asked.length === 2) replica.write(0, Buffer.alloc(512, 2));
      return replica.answer({ ...question, value: { ...question.value, replicaId: replica.id } });
    };
    await withPeer(ask, async (peer) => {
      const { sequence, extents } = await peer.changes(0, NEVER);
      assert.equal(sequence, 9, "what came in between is told the next time");
      assert.deepEqual(
        [...extents],
        Array.from({ length: 9 }, (_, index) => ({ offset: index * 64 * 1_024, length: 4_096 })),
      );
      assert.equal(asked.length, 5);
    });
  });

  test("is asked again when the answer cannot be, and nothing of that is used", async () => {
    const extents = (...list: { offset: number; length: number }[]): ReplicaAnswer => listOf({ extents: list });
    await afterBad(
      [
        extents({ offset: 8_192, length: 4_096 }, { offset: 0, length: 4_096 }),
        extents({ offset: 0, length: 8_192 }, { offset: 4_096, length: 4_096 }),
        extents({ offset: SIZE - 4_096, length: 8_192 }),
        listOf({ more: true }),
      ],
      extents({ offset: 0, length: 4_096 }),
      async (peer) => assert.deepEqual([...(await peer.changes(0, NEVER)).extents], [{ offset: 0, length: 4_096 }]),
    );
    const content = (bytes: number): ReplicaAnswer => ({
      kind: "replicaContent",
      value: { content: new Uint8Array(bytes) },
    });
    await afterBad([content(4_097)], content(4_096), (peer) => peer.read({ offset: 0, length: 4_096 }, NEVER));
    await afterBad(
      [
        digestsOf({ digests: new Uint8Array(255) }),
        digestsOf({ digests: new Uint8Array(256), diskBytes: SIZE - 1 }),
        digestsOf({ digests: new Uint8Array(128), length: MiB / 2 }),
      ],
      digestsOf({ digests: new Uint8Array(256) }),
      (peer) => peer.digests({ offset: 0, length: MiB }, NEVER),
    );
  });

  test("waits for as long as nobody can be asked, and what stands in the way is shown since it does", async () => {
    let refusals = 6;
    await withPeer(
      async () => {
        refusals -= 1;
        if (refusals >= 0) throw new Fault({ code: "peer-lost", kind: "transient", message: "There is no session." });
        return listOf({ halted: true });
      },
      async (peer) => {
        const told = peer.changes(3, NEVER);
        assert.equal(peer.fault, undefined);
        assert.equal((await told).halted, true);
        assert.equal(peer.fault, undefined);
      },
    );
    assert.equal(refusals, -1);
  });

  test("that does not decode is no content", async () => {
    await withPeer(
      async () => ({ kind: "replicaContent", value: { content: new Uint8Array([255, 255, 255]) } }),
      async (peer) => {
        const stop = new AbortController();
        const reading = peer.read({ offset: 0, length: 4_096 }, stop.signal);
        reading.catch(() => undefined);
        while (peer.fault === undefined) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(peer.fault.fault.code, "frame-undecodable");
        stop.abort(new Error("enough"));
        await assert.rejects(reading, { message: "enough" });
      },
    );
  });
});
