import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { Channel, Listener, Network, PeerIdentity } from "../network.ts";
import { memoryChannelPair } from "./memory-channel.ts";
import { type SimulatedClock, simulatedClock } from "./simulated-clock.ts";
import { type SimulatedNetwork, simulatedNetwork } from "./simulated-network.ts";
import type { RoadConditions } from "./simulated-roads.ts";

const NEVER = new AbortController().signal;
const lost = { code: "peer-lost" };
const agent: PeerIdentity = { role: "agent", id: "a".repeat(32), fingerprint: "a".repeat(64) };
const server: PeerIdentity = { role: "process-server", id: "b".repeat(32), fingerprint: "b".repeat(64) };
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

interface Scene {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly source: Network;
  readonly target: Network;
  readonly listener: Listener;
  readonly near: Channel;
  readonly far: Channel;
}

async function scene(seed: number, work: (scene: Scene) => Promise<void>, conditions: Partial<RoadConditions> = {}) {
  const clock = simulatedClock();
  const network = simulatedNetwork({ clock, random: seededRandom(seed), windowBytes: 10_000 });
  const source = network.join("source", agent);
  const target = network.join("target", server);
  await clock.run(async () => {
    const listener = await target.listen({ host: "target", port: 9443 });
    const [near, far] = await Promise.all([call(source), accepted(listener)]);
    network.setConditions(conditions);
    await work({ clock, network, source, target, listener, near, far });
  });
}

function call(network: Network): Promise<Channel> {
  return network.connect({ host: "target", port: 9443 }, "process-server", NEVER);
}

async function accepted(listener: Listener): Promise<Channel> {
  for await (const channel of listener.accept(NEVER)) return channel;
  throw new Error("the listener ended");
}

async function next(channel: Channel): Promise<Uint8Array | undefined> {
  for await (const message of channel.receive(NEVER)) return message;
  return undefined;
}

/** Whether it settles within a minute. */
async function settles(clock: SimulatedClock, promise: Promise<unknown>): Promise<boolean> {
  const end = promise.then(
    () => true,
    () => true,
  );
  return await Promise.race([end, clock.sleep(60_000, NEVER).then(() => false)]);
}

test("messages of two channels overtake one another, those of one do not", async () => {
  let overtaken = false;
  await scene(1, async ({ source, listener, near, far }) => {
    const [otherNear, otherFar] = await Promise.all([call(source), accepted(listener)]);
    const order: number[] = [];
    const take = async (channel: Channel): Promise<void> => {
      const own: number[] = [];
      for await (const message of channel.receive(NEVER)) {
        order.push(message[0] ?? 0);
        own.push(message[0] ?? 0);
        if (own.length === 20) break;
      }
      assert.deepEqual(
        own,
        [...own].sort((one, other) => one - other),
      );
    };
    const taking = Promise.all([take(far), take(otherFar)]);
    for (let round = 0; round < 20; round += 1) {
      await near.send([bytes(2 * round)]);
      await otherNear.send([bytes(2 * round + 1)]);
    }
    await taking;
    overtaken = order.some((value, index) => value < (order[index - 1] ?? 0));
  });
  assert.equal(overtaken, true);
});

test("a lost packet breaks the channel at both ends, and what arrived is a beginning of what was sent", async () => {
  let arrivedAll = 0;
  for (let seed = 0; seed < 30; seed += 1) {
    await scene(
      seed,
      async ({ near, far }) => {
        const arrived: number[] = [];
        const taking = (async () => {
          for await (const message of far.receive(NEVER)) arrived.push(message[0] ?? 0);
        })();
        const sending = (async () => {
          for (let index = 0; index < 250; index += 1) await near.send([bytes(index), new Uint8Array(1_000)]);
        })();
        await Promise.all([
          assert.rejects(taking, lost),
          assert.rejects(sending, lost),
          assert.rejects(next(near), lost),
        ]);
        assert.deepEqual(
          arrived,
          arrived.map((_, index) => index),
        );
        arrivedAll += arrived.length;
      },
      { breakOneIn: 20 },
    );
  }
  assert.equal(arrivedAll > 0, true);
});

test("nothing passes a partition; after it everything arrives in order", async () => {
  await scene(1, async ({ clock, network, source, near, far }) => {
    network.partition("source", "target");
    await near.send([bytes(1)]);
    await near.send([bytes(2)]);
    await assert.rejects(call(source), { code: "peer-unreachable" });
    const first = next(far);
    assert.equal(await settles(clock, first), false);
    network.heal("source", "target");
    assert.deepEqual([await first, await next(far)], [bytes(1), bytes(2)]);
    await call(source);
  });
});

test("a partition fills the window, and the sender waits", async () => {
  await scene(1, async ({ clock, network, near, far }) => {
    network.partition("target", "source");
    const sending = Promise.all([near.send([new Uint8Array(9_000)]), near.send([new Uint8Array(9_000)])]);
    assert.equal(await settles(clock, sending), false);
    network.heal("source", "target");
    assert.equal((await next(far))?.length, 9_000);
    await sending;
  });
});

test("severed channels break, others do not", async () => {
  await scene(1, async ({ network, listener, near, far }) => {
    const third = network.join("third", agent);
    const [otherNear, otherFar] = await Promise.all([call(third), accepted(listener)]);
    network.sever("source", "target");
    await assert.rejects(next(near), lost);
    await assert.rejects(next(far), lost);
    await otherNear.send([bytes(5)]);
    assert.deepEqual(await next(otherFar), bytes(5));
  });
});

test("a host that goes silently is noticed by nobody, until someone sends while it is back", async () => {
  await scene(1, async ({ clock, network, near, far }) => {
    network.crash("target", "silent");
    const waiting = next(near);
    assert.equal(await settles(clock, waiting), false);
    assert.equal(await settles(clock, near.send([bytes(1)])), true);
    assert.equal(await settles(clock, waiting), false);
    assert.equal(await settles(clock, next(far)), false);
    network.join("target", server);
    assert.equal(await settles(clock, waiting), false);
    await near.send([bytes(2)]);
    await assert.rejects(waiting, lost);
  });
});

test("a process that ends breaks its channels, frees its ports, and never settles itself", async () => {
  await scene(1, async ({ clock, network, source, target, near, far }) => {
    const stuck = [far.send([bytes(1)]), next(far), call(target)];
    network.kill(target);
    await assert.rejects(next(near), lost);
    await assert.rejects(call(source), { code: "peer-unreachable" });
    assert.equal(await settles(clock, Promise.race(stuck.slice(1))), false);
    assert.equal(await settles(clock, Promise.race([far.send([bytes(1)]), far.close(), call(target)])), false);
    const again = network.join("target", server);
    await again.listen({ host: "target", port: 9443 });
    await call(source);
  });
});

test("a dead process does not even see its own signals", async () => {
  await scene(1, async ({ clock, network, target, listener, far }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [
      far.receive(signal)[Symbol.asyncIterator]().next(),
      listener.accept(signal)[Symbol.asyncIterator]().next(),
      target.connect({ host: "target", port: 1 }, "process-server", signal),
    ];
    network.crash("target", "silent");
    controller.abort();
    assert.equal(await settles(clock, Promise.race(waits)), false);
  });
});

test("bandwidth is a limit", async () => {
  await scene(
    1,
    async ({ clock, near, far }) => {
      const start = clock.monotonicMicros();
      const sending = (async () => {
        for (let index = 0; index < 10; index += 1) await near.send([new Uint8Array(10_000)]);
      })();
      for (let index = 0; index < 10; index += 1) await next(far);
      await sending;
      const seconds = (clock.monotonicMicros() - start) / 1_000_000;
      assert.equal(seconds >= 1 && seconds < 1.1, true, String(seconds));
    },
    { bytesPerSecond: 100_000 },
  );
});

test("a caller who gave up leaves a broken channel behind, not a living one", async () => {
  await scene(1, async ({ source, listener }) => {
    const controller = new AbortController();
    const calling = source.connect({ host: "target", port: 9443 }, "process-server", controller.signal);
    const channel = accepted(listener);
    controller.abort();
    await assert.rejects(calling);
    await assert.rejects(next(await channel), lost);
  });
});

test("two ends in memory need no clock", async () => {
  const [near, far] = memoryChannelPair({ near: agent, far: server, windowBytes: 100 });
  assert.deepEqual([near.peer, far.peer], [server, agent]);
  const sending = Promise.all([near.send([new Uint8Array(80)]), near.send([new Uint8Array(80)])]);
  assert.equal((await next(far))?.length, 80);
  await sending;
  far.break("for a test");
  await near.send([bytes(1)]);
  assert.equal((await next(far))?.length, 80);
  await assert.rejects(next(far), lost);
  await assert.rejects(next(near), lost);
});
