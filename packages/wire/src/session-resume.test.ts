import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, orAborted, seededRandom, Waiters } from "@leeward/base";
import type { Channel, Clock, PeerIdentity } from "@leeward/world";
import { simulatedClock, simulatedNetwork } from "@leeward/world/testing";
import { reconnecting, Session, type SessionBody, workOn } from "./index.ts";

const DISK = "d".repeat(32);
const BRANCH = "b".repeat(32);
const AGENT: PeerIdentity = { role: "agent", id: "agent", fingerprint: "1".repeat(64) };
const SERVER: PeerIdentity = { role: "process-server", id: "server", fingerprint: "2".repeat(64) };

/** The receiver: takes only its last + 1, and answers everything else with where it stands. */
class Log {
  readonly taken: number[] = [];
  readonly payloads: number[] = [];
  readonly changed = new Waiters();

  async serve(session: Session, clock: Clock): Promise<void> {
    for await (const { body, payload } of session.messages()) {
      // A disk takes its time, so that the network breaks in the middle of everything.
      await clock.sleep(5, session.signal);
      if (body.kind === "records" && body.value.from === this.taken.length + 1) {
        this.taken.push(body.value.from);
        this.payloads.push(payload[0] ?? -1);
      }
      await session.send(position(this.taken.length));
      this.changed.notify();
    }
  }
}

function position(sequence: number): SessionBody {
  return {
    kind: "diskPosition",
    value: { diskId: DISK, branch: BRANCH, cachedSequence: sequence, journaledSequence: 0 },
  };
}

const offer: SessionBody = {
  kind: "diskOffer",
  value: {
    machineId: DISK,
    diskId: DISK,
    branch: BRANCH,
    sizeBytes: 512,
    blockBytes: 512,
    physicalBlockBytes: 512,
    epoch: 1,
    term: 0,
    heldFrom: 0,
  },
};

/** The sender: offers the disk, goes on from where the receiver stands, and is done when all is acknowledged. */
async function sendAll(session: Session, count: number): Promise<void> {
  await session.send(offer);
  let sending: Promise<void> | undefined;
  for await (const { body } of session.messages()) {
    if (body.kind !== "diskPosition") continue;
    sending ??= (async () => {
      for (let sequence = body.value.cachedSequence + 1; sequence <= count; sequence += 1) {
        const value = { diskId: DISK, branch: BRANCH, from: sequence, to: sequence, epoch: 1 };
        await session.send(
          { kind: "records", value },
          new Uint8Array(1 + (sequence % 5) * 30_000).fill(sequence % 251),
        );
      }
    })().catch((error: unknown) => assert.ok(isFault(error)));
    if (body.value.cachedSequence === count) return;
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`whatever breaks the network, what was sent arrives once and in order (seed ${seed})`, async () => {
    const clock = simulatedClock();
    const random = seededRandom(seed);
    const network = simulatedNetwork({ clock, random });
    const near = network.join("near", AGENT);
    const far = network.join("far", SERVER);
    const log = new Log();
    const count = 400;
    let sessions = 0;
    await clock.run(async () => {
      const stop = new AbortController();
      await using listener = await far.listen({ host: "far", port: 9443 });
      const own = { clock, softwareVersion: "1", windowBytes: 200_000 };
      const serve = async (channel: Channel): Promise<void> => {
        const session = await Session.accept(channel, own, stop.signal);
        await workOn(session, stop.signal, (each) => log.serve(each, clock));
      };
      const serving: Promise<unknown>[] = [];
      const accepting = (async () => {
        for await (const channel of listener.accept(stop.signal))
          serving.push(serve(channel).catch((error: unknown) => error));
      })().catch((error: unknown) => error);
      const breaking = breakNetwork({ network, clock, random }, stop.signal);
      const done = new AbortController();
      const session = async (signal: AbortSignal): Promise<void> => {
        sessions += 1;
        const channel = await near.connect({ host: "far", port: 9443 }, "process-server", signal);
        await workOn(await Session.connect(channel, own, signal), signal, (each) => sendAll(each, count));
        done.abort(new Error("all is acknowledged"));
      };
      await reconnecting({ clock, random, session }, done.signal);
      stop.abort(new Error("the test ends"));
      await Promise.all([...serving, accepting, breaking]);
    });
    assert.ok(sessions >= 5, `the network broke only ${sessions - 1} times`);
    assert.deepEqual(
      log.taken,
      Array.from({ length: count }, (_, index) => index + 1),
    );
    assert.deepEqual(
      log.payloads,
      log.taken.map((sequence) => sequence % 251),
    );
  });
}

interface Breaking {
  readonly network: ReturnType<typeof simulatedNetwork>;
  readonly clock: ReturnType<typeof simulatedClock>;
  readonly random: ReturnType<typeof seededRandom>;
}

/** Severs and parts the two hosts again and again; a partition lasts up to 45 s, longer than a silence is borne. */
async function breakNetwork({ network, clock, random }: Breaking, signal: AbortSignal): Promise<void> {
  try {
    for (let round = 0; round < 25; round += 1) {
      await clock.sleep(1 + random.below(300), signal);
      if (random.below(2) === 0) network.sever("near", "far");
      else {
        network.partition("near", "far");
        await clock.sleep(random.below(45_000), signal).finally(() => network.heal("near", "far"));
      }
    }
    await orAborted(new Promise(() => {}), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
