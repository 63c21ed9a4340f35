import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "@leeward/base";
import type { RequestBody } from "@leeward/proto";
import { logInterval } from "../testing/assert-same.ts";
import { TestHouse } from "../testing/test-house.ts";

const NEVER = new AbortController().signal;
const REPLICA = "e".repeat(32);
const MACHINE = "a".repeat(32);

type Question = Extract<RequestBody, { kind: "replicaChanges" | "replicaRead" | "replicaDigests" }>;

/** Asks over the agent's own session, and fails where there is none. */
async function ask(house: TestHouse, body: Question): Promise<unknown> {
  assert.ok(house.agent.session !== undefined);
  return house.agent.session.request(body, NEVER);
}

function readOf(diskId: string, offset = 0): Question {
  return { kind: "replicaRead", value: { replicaId: REPLICA, diskId, offset, length: 4096 } };
}

function digestsOf(diskId: string, more: { machineId?: string; replicaId?: string } = {}): Question {
  const place = { machineId: MACHINE, diskId, offset: 0, length: 65_536, present: false, replicaId: REPLICA };
  return { kind: "replicaDigests", value: { ...place, ...more } };
}

describe("what an agent asks of a replica machine's disk", () => {
  test("is put to the disk's target as it is, and answered as that answers, also with its faults", async () => {
    const house = new TestHouse({ seed: 31 });
    await house.play(async () => {
      const asked: RequestBody[] = [];
      house.target.answer = async (body) => {
        asked.push(body);
        if (body.kind === "replicaRead") return { kind: "replicaContent", value: { content: Buffer.of(1, 2, 3) } };
        if (body.kind === "replicaDigests") {
          const place = { pointId: "", branch: REPLICA, sequence: 4, diskBytes: 65_536, length: 65_536 };
          return { kind: "blockDigests", value: { ...place, digests: new Uint8Array(16) } };
        }
        throw new Fault({ code: "replica-unknown", kind: "operator", message: "There is none.", remedy: "Start one." });
      };
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      const id = house.disks[0]?.id ?? "";
      assert.deepEqual(await ask(house, readOf(id)), { content: new Uint8Array([1, 2, 3]) });
      assert.partialDeepStrictEqual(await ask(house, digestsOf(id)), { branch: REPLICA, sequence: 4 });
      const value = { replicaId: REPLICA, diskId: id, afterSequence: 7, fromOffset: 9 };
      await assert.rejects(ask(house, { kind: "replicaChanges", value }), {
        code: "replica-unknown",
        kind: "operator",
      });
      assert.deepEqual(asked, [readOf(id), digestsOf(id), { kind: "replicaChanges", value }]);
    });
  });

  test("is refused for a disk of another machine or of no plan, and for what no agent asks; the session goes on", async () => {
    const house = new TestHouse({ seed: 32, diskCount: 1 });
    await house.play(async () => {
      house.target.answer = async () => ({ kind: "replicaContent", value: { content: new Uint8Array(1) } });
      const [own] = house.disks;
      assert.ok(own !== undefined);
      const foreign = { ...house.planned(own), machineId: "d".repeat(32), diskId: "9".repeat(32) };
      house.plan = { version: 1, disks: [...house.plan.disks, foreign] };
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      const { session } = house.agent;
      await assert.rejects(ask(house, readOf(foreign.diskId)), { code: "disk-foreign" });
      await assert.rejects(ask(house, readOf("8".repeat(32))), { code: "disk-not-planned", kind: "transient" });
      await assert.rejects(ask(house, digestsOf(own.id, { machineId: "d".repeat(32) })), { code: "disk-foreign" });
      await assert.rejects(ask(house, digestsOf(own.id, { replicaId: "" })), { code: "request-unsupported" });
      await ask(house, readOf(own.id));
      assert.equal(house.agent.session, session);
    });
  });

  test("fails as what passes while there is no session to the target, and goes on when there is one again", async () => {
    const house = new TestHouse({ seed: 33, diskCount: 1 });
    await house.play(async () => {
      let answers = 0;
      house.target.answer = async () => {
        answers += 1;
        return { kind: "replicaContent", value: { content: new Uint8Array(1) } };
      };
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      const id = house.disks[0]?.id ?? "";
      house.network.partition("server", "target");
      // First the session's end is waited for, then there is none.
      await assert.rejects(ask(house, readOf(id)), { kind: "transient" });
      await assert.rejects(ask(house, readOf(id)), { code: "target-away", kind: "transient" });
      house.network.heal("server", "target");
      for (let found = false; !found; await house.sleep(1_000)) {
        found = await ask(house, readOf(id)).then(
          () => true,
          () => false,
        );
      }
      assert.equal(answers, 1);
    });
  });

  test("is taken many at a time, more than a session holds, and each is answered with its own", async () => {
    const house = new TestHouse({ seed: 34, diskCount: 1 });
    await house.play(async () => {
      house.target.answer = async (body) => {
        assert.ok(body.kind === "replicaRead");
        await house.sleep(100 - (body.value.offset % 100));
        return { kind: "replicaContent", value: { content: Buffer.from(`${body.value.offset}`) } };
      };
      house.start();
      logInterval(house, 1);
      await house.untilJournaled();
      const id = house.disks[0]?.id ?? "";
      const offsets = Array.from({ length: 100 }, (_, index) => index * 37);
      const answers = await Promise.all(offsets.map((offset) => ask(house, readOf(id, offset))));
      assert.deepEqual(
        answers,
        offsets.map((offset) => ({ content: new Uint8Array(Buffer.from(`${offset}`)) })),
      );
    });
  });
});
