import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import {
  type Channel,
  type Endpoint,
  type Listener,
  messageBytesMax,
  type Network,
  type PeerIdentity,
} from "../network.ts";

/** Two parties that trust one another: `near` connects, `far` listens. */
export interface NetworkSubject extends AsyncDisposable {
  readonly near: Network;
  readonly nearIdentity: PeerIdentity;
  readonly far: Network;
  /** Its role must differ from that of `near`. */
  readonly farIdentity: PeerIdentity;
  /** The host where `far` listens and `near` finds it. */
  readonly host: string;
  /** Lets time pass while the work goes on: the simulated clock's `run`; a real network just calls it. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

type Open = () => Promise<NetworkSubject>;

/** A connection as both parties hold it. */
interface Meeting {
  readonly subject: NetworkSubject;
  readonly listener: Listener;
  readonly near: Channel;
  readonly far: Channel;
}

const NEVER = new AbortController().signal;
const lost = { code: "peer-lost", kind: "transient" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (message: Uint8Array): string => new TextDecoder().decode(message);

/** What every Network keeps. */
export function networkSuite(name: string, open: Open): void {
  messageTests(name, open);
  endingTests(name, open);
  connectionTests(name, open);
}

async function meet(open: Open, work: (meeting: Meeting) => Promise<void>): Promise<void> {
  await using subject = await open();
  await subject.run(async () => {
    await using listener = await subject.far.listen({ host: subject.host, port: 0 });
    const endpoint = { host: subject.host, port: listener.endpoint.port };
    const [near, far] = await Promise.all([
      subject.near.connect(endpoint, subject.farIdentity.role, NEVER),
      accepted(listener),
    ]);
    try {
      await work({ subject, listener, near, far });
    } finally {
      await Promise.all([near.close(), far.close()]);
    }
  });
}

async function accepted(listener: Listener): Promise<Channel> {
  for await (const channel of listener.accept(NEVER)) return channel;
  throw new Error("the listener ended");
}

async function next(channel: Channel): Promise<Uint8Array | undefined> {
  for await (const message of channel.receive(NEVER)) return message;
  return undefined;
}

async function all(channel: Channel): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for await (const message of channel.receive(NEVER)) messages.push(message);
  return messages;
}

function messageTests(name: string, open: Open): void {
  test(`${name}: each party sees who the other is`, () =>
    meet(open, async ({ subject, near, far }) => {
      assert.deepEqual(near.peer, subject.farIdentity);
      assert.deepEqual(far.peer, subject.nearIdentity);
      assert.match(near.address, /.:\d+$/);
      assert.match(far.address, /.:\d+$/);
    }));

  test(`${name}: messages keep their borders and their order, both ways at once`, () =>
    meet(open, async ({ near, far }) => {
      const sizes = [0, 1, 125, 126, 65_535, 65_536, 3, 0, 200_000];
      const send = async (channel: Channel, fill: number): Promise<void> => {
        await Promise.all(sizes.map((size) => channel.send([new Uint8Array(size).fill(fill)])));
      };
      const take = async (channel: Channel, fill: number): Promise<void> => {
        const seen: number[] = [];
        for await (const message of channel.receive(NEVER)) {
          assert.equal(
            message.every((byte) => byte === fill),
            true,
          );
          seen.push(message.length);
          if (seen.length === sizes.length) break;
        }
        assert.deepEqual(seen, sizes);
      };
      await Promise.all([send(near, 1), send(far, 2), take(near, 2), take(far, 1)]);
    }));

  test(`${name}: the parts of a message arrive as one, and are the sender's own again afterwards`, () =>
    meet(open, async ({ near, far }) => {
      const part = bytes("two");
      await near.send([bytes("one "), part, new Uint8Array(0), bytes(" three")]);
      part.fill(0);
      const message = await next(far);
      assert.equal(message && text(message), "one two three");
      message?.fill(0);
      await far.send([bytes("answer")]);
      assert.equal(text((await next(near)) ?? new Uint8Array()), "answer");
    }));

  test(`${name}: the longest message passes`, () =>
    meet(open, async ({ subject, near, far }) => {
      const long = new Uint8Array(messageBytesMax(subject.nearIdentity.role)).map((_, index) => index % 253);
      const [message] = await Promise.all([next(far), near.send([long.subarray(0, 7), long.subarray(7)])]);
      assert.equal(Buffer.compare(message ?? new Uint8Array(), long), 0);
    }));

  test(`${name}: a longer one breaks the channel`, () =>
    meet(open, async ({ subject, near, far }) => {
      const long = new Uint8Array(messageBytesMax(subject.nearIdentity.role) + 1);
      const sent = near.send([long]).catch((error: unknown) => error);
      await assert.rejects(all(far), lost);
      await assert.rejects(all(near), lost);
      await sent;
    }));

  test(`${name}: a receiver that takes nothing stops the sender, and lets it go on when it takes`, () =>
    meet(open, async ({ near, far }) => {
      const message = new Uint8Array(1 << 20);
      const count = 48;
      let sent = 0;
      const sending = (async () => {
        for (; sent < count; sent += 1) await near.send([message]);
      })();
      // The first message arrives long before all of the rest could have been taken by buffers alone.
      await next(far);
      assert.equal(sent < count, true);
      let taken = 1;
      for await (const each of far.receive(NEVER)) {
        assert.equal(each.length, message.length);
        taken += 1;
        if (taken === count) break;
      }
      await sending;
    }));
}

function endingTests(name: string, open: Open): void {
  test(`${name}: a close ends the other's receive after the last message`, () =>
    meet(open, async ({ near, far }) => {
      const messages = all(far);
      for (const each of ["a", "b", "c"]) await near.send([bytes(each)]);
      await near.send([bytes("last")]);
      await far.send([bytes("seen")]);
      await next(near);
      await near.close();
      const texts = (await messages).map(text);
      assert.deepEqual(texts, ["a", "b", "c", "last"].slice(0, texts.length));
    }));

  test(`${name}: after a close neither end sends, and closing again does nothing`, () =>
    meet(open, async ({ near, far }) => {
      const ended = all(far);
      await near.close();
      await near.close();
      await assert.rejects(near.send([bytes("x")]), lost);
      assert.deepEqual(await all(near), []);
      await ended;
      await assert.rejects(far.send([bytes("x")]), lost);
      await far.close();
    }));

  test(`${name}: a close rejects the sends that wait`, () =>
    meet(open, async ({ near }) => {
      const sends = Array.from({ length: 64 }, () => near.send([new Uint8Array(1 << 20)]));
      const outcomes = Promise.allSettled(sends);
      await near.close();
      const refused = (await outcomes).filter((outcome) => outcome.status === "rejected");
      assert.equal(refused.length > 0, true);
      for (const { reason } of refused) assert.equal(isFault(reason, "peer-lost"), true);
    }));

  test(`${name}: an aborted receive gives up with the reason, and a later one goes on`, () =>
    meet(open, async ({ near, far }) => {
      const controller = new AbortController();
      const waiting = far.receive(controller.signal)[Symbol.asyncIterator]().next();
      const reason = new Error("stop");
      controller.abort(reason);
      await assert.rejects(waiting, reason);
      await near.send([bytes("later")]);
      assert.equal(text((await next(far)) ?? new Uint8Array()), "later");
    }));
}

function connectionTests(name: string, open: Open): void {
  const unreachable = { code: "peer-unreachable", kind: "transient" };

  test(`${name}: nobody listening is peer-unreachable`, async () => {
    await using subject = await open();
    await subject.run(async () => {
      const endpoint = await closedEndpoint(subject);
      await assert.rejects(subject.near.connect(endpoint, subject.farIdentity.role, NEVER), unreachable);
    });
  });

  test(`${name}: a peer of another role than wanted is peer-refused`, () =>
    meet(open, async ({ subject, listener }) => {
      const endpoint = { host: subject.host, port: listener.endpoint.port };
      const refused = { code: "peer-refused", kind: "operator" };
      await assert.rejects(subject.near.connect(endpoint, subject.nearIdentity.role, NEVER), refused);
    }));

  test(`${name}: an aborted connect rejects with the reason`, async () => {
    await using subject = await open();
    await subject.run(async () => {
      await using listener = await subject.far.listen({ host: subject.host, port: 0 });
      const endpoint = { host: subject.host, port: listener.endpoint.port };
      const reason = new Error("no longer");
      const connect = (signal: AbortSignal): Promise<Channel> =>
        subject.near.connect(endpoint, subject.farIdentity.role, signal);
      await assert.rejects(connect(AbortSignal.abort(reason)), reason);
      const controller = new AbortController();
      const connecting = connect(controller.signal);
      controller.abort(reason);
      await assert.rejects(connecting, reason);
    });
  });

  test(`${name}: a port is held by one listener, and free again after it`, async () => {
    await using subject = await open();
    await subject.run(async () => {
      const first = await subject.far.listen({ host: subject.host, port: 0 });
      assert.equal(first.endpoint.port > 0, true);
      const endpoint = { host: subject.host, port: first.endpoint.port };
      await assert.rejects(subject.far.listen(endpoint), { code: "port-taken", kind: "operator" });
      await first.close();
      await first.close();
      await using second = await subject.far.listen(endpoint);
      assert.equal(second.endpoint.port, endpoint.port);
    });
  });

  test(`${name}: a closed listener ends its accept, and what it accepted lives on`, () =>
    meet(open, async ({ subject, listener, near, far }) => {
      const accepting = (async () => {
        for await (const _ of listener.accept(NEVER)) assert.fail("nobody calls");
      })();
      await listener.close();
      await accepting;
      await near.send([bytes("still")]);
      assert.equal(text((await next(far)) ?? new Uint8Array()), "still");
      const endpoint = { host: subject.host, port: listener.endpoint.port };
      await assert.rejects(subject.near.connect(endpoint, subject.farIdentity.role, NEVER), unreachable);
    }));

  test(`${name}: an aborted accept rejects with the reason`, async () => {
    await using subject = await open();
    await subject.run(async () => {
      await using listener = await subject.far.listen({ host: subject.host, port: 0 });
      const controller = new AbortController();
      const waiting = listener.accept(controller.signal)[Symbol.asyncIterator]().next();
      const reason = new Error("stop");
      controller.abort(reason);
      await assert.rejects(waiting, reason);
    });
  });

  test(`${name}: several channels of one listener are apart`, async () => {
    await using subject = await open();
    await subject.run(async () => {
      await using listener = await subject.far.listen({ host: subject.host, port: 0 });
      const endpoint = { host: subject.host, port: listener.endpoint.port };
      const echo = (async () => {
        let served = 0;
        const serving: Promise<void>[] = [];
        for await (const channel of listener.accept(NEVER)) {
          serving.push(echoAll(channel));
          served += 1;
          if (served === 5) break;
        }
        await Promise.all(serving);
      })();
      const call = async (index: number): Promise<void> => {
        const channel = await subject.near.connect(endpoint, subject.farIdentity.role, NEVER);
        for (let round = 0; round < 10; round += 1) {
          await channel.send([bytes(`${index}/${round}`)]);
          assert.equal(text((await next(channel)) ?? new Uint8Array()), `${index}/${round}`);
        }
        await channel.close();
      };
      await Promise.all([0, 1, 2, 3, 4].map(call));
      await echo;
    });
  });
}

async function echoAll(channel: Channel): Promise<void> {
  for await (const message of channel.receive(NEVER)) await channel.send([message]);
}

/** An endpoint where nobody listens any more. */
async function closedEndpoint(subject: NetworkSubject): Promise<Endpoint> {
  const listener = await subject.far.listen({ host: subject.host, port: 0 });
  await listener.close();
  return { host: subject.host, port: listener.endpoint.port };
}
