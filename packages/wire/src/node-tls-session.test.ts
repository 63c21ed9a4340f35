import assert from "node:assert/strict";
import { test } from "node:test";
import { testAuthority } from "@leeward/identity/testing";
import { nodeClock } from "@leeward/world";
import { Session, type SessionBody, type SessionOptions, tlsNetwork } from "./index.ts";

const NEVER = new AbortController().signal;
const ID = "a".repeat(32);

/** Two sessions over TLS on loopback. */
async function overTls(
  options: Partial<SessionOptions>,
  work: (near: Session, far: Session) => Promise<void>,
): Promise<void> {
  const ours = await testAuthority();
  const near = tlsNetwork({ keyStore: await ours.enrol({ role: "agent", id: "agent-1" }) });
  const far = tlsNetwork({ keyStore: await ours.enrol({ role: "process-server", id: "server-1" }) });
  await using listener = await far.listen({ host: "127.0.0.1", port: 0 });
  const accepting = listener.accept(NEVER)[Symbol.asyncIterator]().next();
  const channel = await near.connect(listener.endpoint, "process-server", NEVER);
  const accepted = await accepting;
  assert.ok(accepted.done !== true);
  const own = { clock: nodeClock, softwareVersion: "1", ...options };
  const [one, two] = await Promise.all([
    Session.connect(channel, own, NEVER),
    Session.accept(accepted.value, own, NEVER),
  ]);
  const ends = Promise.all([one.run(NEVER), two.run(NEVER)]);
  await work(one, two);
  await one.close();
  await ends;
}

function records(sequence: number): SessionBody {
  return { kind: "records", value: { diskId: ID, branch: ID, from: sequence, to: sequence, epoch: 1 } };
}

test("a receiver that processes nothing holds its window and one message, not what is sent to it", () =>
  overTls({ windowBytes: 2 * 1024 * 1024 }, async (near, far) => {
    const payload = new Uint8Array(1024 * 1024).fill(5);
    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200; sent += 1) await near.send(records(sent + 1), payload);
    })();
    await nodeClock.sleep(500, NEVER);
    assert.ok(sent <= 3, `${sent} messages left`);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
    let taken = 0;
    for await (const message of far.messages()) {
      assert.equal(message.payload.length, payload.length);
      taken += 1;
      if (taken === 200) break;
    }
    await sending;
  }));

test("what a consumer keeps of a message is not overwritten by later ones", () =>
  overTls({}, async (near, far) => {
    const sizes = [1, 100, 5_000, 70_000, 1_000_000];
    const sending = Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        near.send(records(index + 1), new Uint8Array(sizes[index % 5] ?? 1).fill(index)),
      ),
    );
    const kept: Uint8Array[] = [];
    for await (const { payload } of far.messages()) {
      kept.push(payload);
      if (kept.length === 60) break;
    }
    await sending;
    kept.forEach((payload, index) => {
      assert.equal(payload.length, sizes[index % 5]);
      assert.equal(
        payload.every((byte) => byte === index),
        true,
      );
    });
  }));

test("requests are answered beside a stream of records that nobody processes", () =>
  overTls({ windowBytes: 65_536, answer: async () => ({ kind: "done", value: {} }) }, async (near, far) => {
    const blocked = near
      .send(records(1), new Uint8Array(3_000_000))
      .then(() => near.send(records(2), new Uint8Array(1)));
    assert.deepEqual(await near.request({ kind: "closePoint", value: { id: "p" } }, NEVER), {});
    assert.deepEqual(await far.request({ kind: "closePoint", value: { id: "p" } }, NEVER), {});
    let taken = 0;
    for await (const message of far.messages()) {
      assert.equal(message.body.kind, "records");
      taken += 1;
      if (taken === 2) break;
    }
    await blocked;
  }));
