import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, isFault } from "@leeward/base";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type RequestBody,
  type ResponseBody,
  WIRE_VERSION,
  WIRE_VERSION_MIN,
} from "@leeward/proto";
import type { Channel } from "@leeward/world";
import { memoryChannelPair, type SimulatedClock, simulatedClock } from "@leeward/world/testing";
import { NO_SENDER, type RequestHandler, Session, type SessionBody, type SessionMessage } from "./index.ts";

const DISK = "d".repeat(32);
const BRANCH = "b".repeat(32);
const NEVER = new AbortController().signal;

const position = (sequence: number): SessionBody => ({
  kind: "diskPosition",
  value: { diskId: DISK, branch: BRANCH, cachedSequence: sequence, journaledSequence: 0 },
});
const records = (sequence: number): SessionBody => ({
  kind: "records",
  value: { diskId: DISK, branch: BRANCH, from: sequence, to: sequence, epoch: 1 },
});

interface Pair {
  readonly clock: SimulatedClock;
  readonly near: Session;
  readonly far: Session;
  /** How each end's `run` settled. */
  readonly ends: Promise<[PromiseSettledResult<void>, PromiseSettledResult<void>]>;
  readonly stop: AbortController;
}

interface PairOptions {
  readonly windowBytes?: number;
  readonly answer?: RequestHandler;
  /** Stands between the far session and its channel. */
  readonly wrapFar?: (channel: Channel) => Channel;
}

/** Two sessions over one channel in memory, while virtual time passes. */
async function paired(options: PairOptions, work: (pair: Pair) => Promise<void>): Promise<void> {
  const clock = simulatedClock();
  await clock.run(async () => {
    const [nearChannel, farChannel] = memoryChannelPair();
    const { windowBytes, answer, wrapFar = (channel: Channel): Channel => channel } = options;
    const own = {
      clock,
      softwareVersion: "1.2.3",
      ...(windowBytes !== undefined && { windowBytes }),
      ...(answer !== undefined && { answer }),
    };
    const [near, far] = await Promise.all([
      Session.connect(nearChannel, { ...own, bootId: "boot", epoch: 7 }, NEVER),
      Session.accept(wrapFar(farChannel), own, NEVER),
    ]);
    const stop = new AbortController();
    const ends = Promise.allSettled([near.run(stop.signal), far.run(stop.signal)]);
    try {
      await work({ clock, near, far, ends, stop });
    } finally {
      stop.abort();
      await ends;
    }
  });
}

/** The far end is no session: what `send` gives it goes out as it is. */
async function hostile(
  work: (pair: { clock: SimulatedClock; near: Session; far: Channel; end: Promise<unknown> }) => Promise<void>,
): Promise<void> {
  const clock = simulatedClock();
  await clock.run(async () => {
    const [nearChannel, far] = memoryChannelPair();
    const opening = Session.accept(nearChannel, { clock, softwareVersion: "1", windowBytes: 65_536 }, NEVER);
    await far.send(encodeEnvelope(hello(1, 1)));
    const near = await opening;
    const stop = new AbortController();
    const end = near.run(stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    await work({ clock, near, far, end });
    stop.abort();
    await end;
  });
}

function hello(wireVersionMin: number, wireVersionMax: number): Envelope {
  const value = {
    wireVersionMin,
    wireVersionMax,
    softwareVersion: "9",
    bootId: "",
    epoch: 0,
    wallMicros: 1,
    creditBytes: 65_536,
    ...NO_SENDER,
  };
  return { kind: "hello", value };
}

async function take(session: Session, count: number): Promise<SessionMessage[]> {
  const taken: SessionMessage[] = [];
  for await (const message of session.messages()) {
    taken.push(message);
    if (taken.length === count) break;
  }
  return taken;
}

test("both ends learn who the other is and what it runs", () =>
  paired({}, async ({ near, far }) => {
    assert.equal(near.agreement.wireVersion, WIRE_VERSION);
    assert.equal(near.agreement.softwareVersion, "1.2.3");
    assert.deepEqual([far.agreement.bootId, far.agreement.epoch], ["boot", 7]);
    assert.equal(near.peer.role, "process-server");
    assert.equal(far.peer.role, "agent");
  }));

test("a connector of a version that nobody here speaks is told both ranges", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const [near, far] = memoryChannelPair();
    const opening = Session.accept(near, { clock, softwareVersion: "1" }, NEVER);
    await far.send(encodeEnvelope(hello(98, 99)));
    const message = new RegExp(`98 to 99.*${WIRE_VERSION_MIN} to ${WIRE_VERSION}`);
    await assert.rejects(opening, { code: "wire-version-incompatible", kind: "operator", message });
    const other = Session.connect(...farewellInstead(clock));
    await assert.rejects(other, { code: "wire-version-incompatible", kind: "operator", message });
  });
});

/** What the connector of that version sees, played from the bytes that the acceptor would send. */
function farewellInstead(
  clock: SimulatedClock,
): [Channel, { clock: SimulatedClock; softwareVersion: string }, AbortSignal] {
  const [near, far] = memoryChannelPair();
  const fault = {
    code: "wire-version-incompatible",
    kind: "operator",
    message: `speaks 98 to 99, here ${WIRE_VERSION_MIN} to ${WIRE_VERSION}`,
    remedy: "",
    detail: {},
  } as const;
  void far.send(encodeEnvelope({ kind: "farewell", value: { fault } }));
  return [near, { clock, softwareVersion: "1" }, NEVER];
}

test("a peer that says nothing is given up after the handshake time", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const [near] = memoryChannelPair();
    await assert.rejects(Session.accept(near, { clock, softwareVersion: "1" }, NEVER), {
      code: "handshake-timeout",
      kind: "transient",
    });
    assert.equal(clock.monotonicMicros(), 10_000_000);
  });
});

test("messages arrive whole and in order, both ways at once", () =>
  paired({}, async ({ near, far }) => {
    const sendAll = async (session: Session): Promise<void> => {
      await Promise.all(Array.from({ length: 200 }, (_, index) => session.send(...numbered(index + 1))));
    };
    const check = async (session: Session): Promise<void> => {
      const messages = await take(session, 200);
      messages.forEach(({ body, payload }, index) => {
        const [sent, bytes = new Uint8Array()] = numbered(index + 1);
        assert.deepEqual(body, sent);
        assert.equal(Buffer.compare(payload, bytes), 0);
      });
    };
    await Promise.all([sendAll(near), sendAll(far), check(near), check(far)]);
  }));

function numbered(sequence: number): [SessionBody, Uint8Array?] {
  return sequence % 3 === 0 ? [position(sequence)] : [records(sequence), new Uint8Array(sequence * 37).fill(sequence)];
}

test("a consumer that takes nothing stops the sender, and lets it go on when it takes", () =>
  paired({ windowBytes: 1 << 20 }, async ({ clock, near, far }) => {
    const payload = new Uint8Array(100_000);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 100; sent += 1) await near.send(records(sent + 1), payload);
    })();
    await clock.sleep(60_000, NEVER);
    // The window and one message more, and the session is alive all the while.
    assert.equal(sent, 11);
    assert.equal((await take(far, 100)).length, 100);
    await sending;
  }));

test("credit bounds what is held, whatever the sizes, and all of it is used again", () =>
  paired({ windowBytes: 65_536 }, async ({ near, far }) => {
    const sizes = [1, 60_000, 4_000_000, 7, 300_000, 64, 1_000_000];
    const count = 300;
    const sending = (async () => {
      for (let index = 0; index < count; index += 1) {
        await near.send(records(index + 1), new Uint8Array(sizes[index % sizes.length] ?? 1));
      }
    })();
    await take(far, count);
    await sending;
  }));

test("a consumer that takes one message at a time and leaves each time gives all credit back", () =>
  paired({ windowBytes: 65_536 }, async ({ near, far }) => {
    const sending = (async () => {
      for (let sequence = 1; sequence <= 50; sequence += 1) await near.send(records(sequence), new Uint8Array(20_000));
    })();
    for (let count = 0; count < 50; count += 1) assert.equal((await take(far, 1)).length, 1);
    await sending;
  }));

test("requests are answered side by side, with the answer's type or with the peer's fault", () => {
  const answer = async (body: RequestBody): Promise<ResponseBody> => {
    if (body.kind === "closePoint") return { kind: "done", value: {} };
    if (body.kind === "listCandidates") return { kind: "candidateList", value: { items: [] } };
    throw new Fault({
      code: "disk-unknown",
      kind: "operator",
      message: "No such disk.",
      remedy: "Mend it.",
      detail: { disk: DISK },
    });
  };
  return paired({ answer }, async ({ near, far }) => {
    const [done, list] = await Promise.all([
      near.request({ kind: "closePoint", value: { id: "p1" } }, NEVER),
      far.request({ kind: "listCandidates", value: {} }, NEVER),
    ]);
    assert.deepEqual([done, list.items], [{}, []]);
    const failing = near.request({ kind: "deleteHistory", value: { machineId: DISK, diskIds: [] } }, NEVER);
    await assert.rejects(failing, { code: "disk-unknown", kind: "operator", message: /says: No such disk\./ });
  });
});

test("a request that nobody answers is refused, and the session goes on", () =>
  paired({}, async ({ near, far }) => {
    await assert.rejects(near.request({ kind: "listOpened", value: {} }, NEVER), { code: "request-unsupported" });
    await near.send(position(1));
    assert.equal((await take(far, 1)).length, 1);
  }));

test("no more requests are open than the limit; those beyond wait, and an abandoned one still counts", () => {
  let working = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const answer = async (): Promise<ResponseBody> => {
    working += 1;
    most = Math.max(most, working);
    await gate.promise;
    working -= 1;
    return { kind: "done", value: {} };
  };
  return paired({ answer }, async ({ clock, near }) => {
    const abandon = new AbortController();
    const abandoned = near.request({ kind: "closePoint", value: { id: "p" } }, abandon.signal);
    const asked = Array.from({ length: 40 }, () => near.request({ kind: "closePoint", value: { id: "p" } }, NEVER));
    await clock.sleep(1, NEVER);
    abandon.abort(new Error("no longer"));
    await assert.rejects(abandoned, /no longer/);
    await clock.sleep(1_000, NEVER);
    assert.equal(working, 16);
    gate.resolve();
    await Promise.all(asked);
    assert.equal(most, 16);
  });
});

test("a mistake in a handler ends the session with that mistake, not with an answer", () =>
  paired({ answer: () => Promise.reject(new RangeError("ours")) }, async ({ near, ends }) => {
    await assert.rejects(near.request({ kind: "listOpened", value: {} }, NEVER), { code: "peer-lost" });
    const [, far] = await ends;
    assert.equal(far.status === "rejected" && far.reason instanceof RangeError, true);
  }));

test("a farewell ends both ends cleanly, after what was sent before it", () =>
  paired({}, async ({ near, far, ends }) => {
    await near.send(position(1));
    const taking = (async () => {
      const taken: SessionMessage[] = [];
      for await (const message of far.messages()) taken.push(message);
      return taken;
    })();
    await near.close();
    assert.deepEqual(
      (await ends).map(({ status }) => status),
      ["fulfilled", "fulfilled"],
    );
    assert.equal((await taking).length, 1);
    await assert.rejects(near.send(position(2)), { code: "peer-lost" });
    await assert.rejects(far.send(position(2)), { code: "peer-lost" });
  }));

test("a farewell with a fault reaches everybody who waits at the other end", () =>
  paired({ windowBytes: 65_536 }, async ({ near, far, ends }) => {
    const taking = near.messages()[Symbol.asyncIterator]().next();
    const blocked = [1, 2, 3].map((sequence) => near.send(records(sequence), new Uint8Array(70_000)));
    const outcomes = Promise.allSettled(blocked);
    await far.close(new Fault({ code: "lease-lost", kind: "transient", message: "Another one has it." }));
    await assert.rejects(taking, { code: "lease-lost", kind: "transient" });
    const last = (await outcomes).at(-1);
    assert.equal(last?.status === "rejected" && isFault(last.reason, "lease-lost"), true);
    const [nearEnd] = await ends;
    assert.equal(nearEnd.status === "rejected" && isFault(nearEnd.reason, "lease-lost"), true);
  }));

test("a dead peer is noticed after 30 s of silence, no earlier and no later", () => {
  let muted = false;
  const mute = (channel: Channel): Channel => ({
    peer: channel.peer,
    address: channel.address,
    send: (parts) => (muted ? Promise.resolve() : channel.send(parts)),
    receive: (signal) => channel.receive(signal),
    close: () => channel.close(),
  });
  return paired({ wrapFar: mute }, async ({ clock, near, ends }) => {
    await clock.sleep(95_000, NEVER);
    assert.equal(near.signal.aborted, false);
    muted = true;
    const mutedAt = clock.monotonicMicros();
    const [end] = await ends;
    assert.equal(end.status === "rejected" && isFault(end.reason, "peer-silent"), true);
    const afterMs = (clock.monotonicMicros() - mutedAt) / 1_000;
    assert.equal(afterMs > 19_000 && afterMs <= 30_001, true, `${afterMs}`);
  });
});

test("the peer's clock is measured by the pings", () =>
  paired({}, async ({ clock, near }) => {
    await clock.sleep(25_000, NEVER);
    assert.equal(near.clockOffsetMicros, 0);
  }));

test("a broken channel ends the session as peer-lost", async () => {
  const clock = simulatedClock();
  await clock.run(async () => {
    const [nearChannel, farChannel] = memoryChannelPair();
    const own = { clock, softwareVersion: "1" };
    const [near] = await Promise.all([
      Session.connect(nearChannel, own, NEVER),
      Session.accept(farChannel, own, NEVER),
    ]);
    const end = near.run(NEVER);
    nearChannel.break("the cable was pulled");
    await assert.rejects(end, { code: "peer-lost", kind: "transient" });
  });
});

test("an aborted signal ends a session without a fault", () =>
  paired({}, async ({ ends, stop }) => {
    stop.abort(new Error("the daemon stops"));
    assert.deepEqual(
      (await ends).map(({ status }) => status),
      ["fulfilled", "fulfilled"],
    );
  }));

const protocolFaults: readonly [string, string, () => readonly Uint8Array[][]][] = [
  ["bytes that are no message", "message-invalid", () => [[new Uint8Array([255, 255, 255, 255, 1])]]],
  [
    "a claimed head of 4 GiB",
    "message-invalid",
    () => [[new Uint8Array([255, 255, 255, 255, ...new Uint8Array(100)])]],
  ],
  ["an empty message", "message-invalid", () => [[new Uint8Array()]]],
  ["a second hello", "message-unexpected", () => [encodeEnvelope(hello(1, 1))]],
  [
    "credit for what was never sent",
    "credit-exceeded",
    () => [encodeEnvelope({ kind: "credit", value: { bytes: 1 } })],
  ],
  [
    "more than its credit",
    "credit-exceeded",
    () => [1, 2, 3].map((sequence) => encodeEnvelope(records(sequence), new Uint8Array(60_000))),
  ],
  [
    "a flood of tiny messages",
    "credit-exceeded",
    () => Array.from({ length: 300 }, (_, index) => encodeEnvelope(position(index + 1))),
  ],
  [
    "an answer that nobody asked for",
    "message-unexpected",
    () => [encodeEnvelope({ kind: "controlResponse", value: { id: 5, body: { kind: "done", value: {} } } })],
  ],
  [
    "a request number twice",
    "message-unexpected",
    () =>
      [1, 1].map((id) =>
        encodeEnvelope({ kind: "controlRequest", value: { id, body: { kind: "listOpened", value: {} } } }),
      ),
  ],
];

for (const [what, code, messages] of protocolFaults) {
  test(`a peer that sends ${what} is told ${code} and dropped`, () =>
    hostile(async ({ clock, far, end }) => {
      const seen: Uint8Array[] = [];
      const listening = (async () => {
        for await (const message of far.receive(NEVER)) seen.push(message);
      })().catch((error: unknown) => error);
      for (const parts of messages()) await far.send(parts).catch(() => undefined);
      const fault = await end;
      assert.equal(isFault(fault, code), true, String(fault));
      assert.equal(isFault(fault) && fault.kind, "protocol");
      await clock.sleep(10, NEVER);
      await listening;
      assert.equal(
        seen.some((message) => Buffer.from(message).includes(code)),
        true,
      );
    }));
}

test("a flood of pings is answered within what the channel takes, and nothing grows", () =>
  hostile(async ({ clock, far, near }) => {
    for (let number = 1; number <= 20_000; number += 1)
      await far.send(encodeEnvelope({ kind: "ping", value: { number } }));
    await clock.sleep(10, NEVER);
    assert.equal(near.signal.aborted, false);
  }));

void test("who speaks an older wire version is not asked what it does not know, and is asked what it does", async () => {
  await hostile(async ({ near, far }) => {
    const outdated = { code: "peer-outdated", kind: "operator" };
    await assert.rejects(near.request({ kind: "listReleases", value: {} }, NEVER), outdated);
    const stop = new AbortController();
    const asking = near.request({ kind: "listCandidates", value: {} }, stop.signal);
    asking.catch(() => undefined);
    const kinds: string[] = [];
    for await (const bytes of far.receive(NEVER)) {
      const { body } = decodeEnvelope(bytes);
      if (body.kind === "controlRequest") kinds.push(body.value.body.kind);
      if (kinds.length > 0) break;
    }
    assert.deepEqual(kinds, ["listCandidates"]);
    stop.abort();
  });
});
