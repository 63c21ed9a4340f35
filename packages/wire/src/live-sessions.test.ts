import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import type { Listener, Network } from "@leeward/world";
import { type SimulatedClock, simulatedClock, simulatedNetwork } from "@leeward/world/testing";
import { LiveSessions, NO_SENDER, Session, type SessionBody, SILENCE_MS_MAX } from "./index.ts";

const RECORDS: SessionBody = {
  kind: "records",
  value: { diskId: "d".repeat(32), branch: "b".repeat(32), from: 1, to: 1, epoch: 1 },
};
const SERVER = { host: "server", port: 443 };

/** A server, and hosts that all have the key of one machine. */
class House {
  readonly clock: SimulatedClock = simulatedClock();
  readonly live = new LiveSessions(this.clock);
  readonly over = new AbortController();
  readonly #network = simulatedNetwork({ clock: this.clock, random: seededRandom(4) });
  readonly #own = this.#network.join("server", { role: "config-server", id: "s", fingerprint: "s" });
  readonly #hosts = new Map<string, Network>();
  readonly #listening = this.#own.listen(SERVER);

  /** What becomes of a session that a host opens now. */
  async comes(
    host: string,
    instance: string,
  ): Promise<{ readonly session: Session; readonly verdict: Promise<string> }> {
    const joined = this.#hosts.get(host) ?? this.#network.join(host, { role: "agent", id: "web", fingerprint: "f" });
    this.#hosts.set(host, joined);
    const { signal } = this.over;
    const options = { clock: this.clock, softwareVersion: "1" };
    const accepting = accepted(await this.#listening, signal).then((channel) =>
      Session.accept(channel, options, signal),
    );
    const channel = await joined.connect(SERVER, "config-server", signal);
    const session = await Session.connect(
      channel,
      { ...options, sender: { ...NO_SENDER, instance, hostName: host } },
      signal,
    );
    const far = await accepting;
    for (const each of [session, far]) each.run(signal).catch((error: unknown) => assert.ok(isFault(error)));
    return { session, verdict: this.#verdict(far) };
  }

  /** Each direction of a channel carries so much from now on. */
  slow(bytesPerSecond: number): void {
    this.#network.setConditions({ bytesPerSecond });
  }

  /** Nothing passes between the host and the server any more, and neither is told. */
  silence(host: string): void {
    this.#network.partition(host, "server");
  }

  async run(scenario: () => Promise<void>): Promise<void> {
    await this.clock.run(async () => {
      await scenario();
      this.over.abort();
    });
  }

  async #verdict(far: Session): Promise<string> {
    const first = await this.live.admit(far, this.over.signal);
    far.signal.addEventListener("abort", () => this.live.remove(far));
    return first === undefined ? "let in" : `copy of ${first.agreement.sender.hostName}`;
  }
}

async function accepted(listener: Listener, signal: AbortSignal) {
  for await (const channel of listener.accept(signal)) return channel;
  throw new Error("nobody came");
}

test("a copy is refused while the first one lives, as often as it comes, and the first one's session goes on", async () => {
  const house = new House();
  await house.run(async () => {
    const first = await house.comes("rack-1", "i1");
    assert.equal(await first.verdict, "let in");
    for (const instance of ["i2", "i2", "i3"]) {
      assert.equal(await (await house.comes("rack-2", instance)).verdict, "copy of rack-1");
    }
    assert.equal(first.session.signal.aborted, false);
    assert.equal(house.live.of("web")?.agreement.sender.hostName, "rack-1");
  });
});

test("a copy of a machine with its memory, which says that it is the same run, is refused as well", async () => {
  const house = new House();
  await house.run(async () => {
    await (await house.comes("rack-1", "i1")).verdict;
    assert.equal(await (await house.comes("rack-2", "i1")).verdict, "copy of rack-1");
  });
});

test("a copy with its memory is refused also while the first one's answer waits behind what it sends on a slow link", async () => {
  const house = new House();
  await house.run(async () => {
    const first = await house.comes("rack-1", "i1");
    await first.verdict;
    house.slow(250_000);
    const sending = Promise.all(Array.from({ length: 20 }, () => first.session.send(RECORDS, new Uint8Array(100_000))));
    assert.equal(await (await house.comes("rack-2", "i1")).verdict, "copy of rack-1");
    await sending;
  });
});

test("two hosts of an older release, which say nothing of their run, are not taken for one when the answer takes a second", async () => {
  const house = new House();
  await house.run(async () => {
    const first = await house.comes("rack-1", "");
    await first.verdict;
    house.slow(100_000);
    const sending = first.session.send(RECORDS, new Uint8Array(100_000));
    assert.equal(await (await house.comes("rack-2", "")).verdict, "copy of rack-1");
    await sending;
  });
});

test("of two that start at once, one is let in", async () => {
  const house = new House();
  await house.run(async () => {
    const one = await house.comes("rack-1", "i1");
    const other = await house.comes("rack-2", "i2");
    assert.deepEqual(await Promise.all([one.verdict, other.verdict]), ["let in", "copy of rack-1"]);
  });
});

test("an agent that comes back by another way is let in soon, though its old session is not known to be dead", async () => {
  const house = new House();
  await house.run(async () => {
    const before = await house.comes("rack-1", "i1");
    await before.verdict;
    house.silence("rack-1");
    await before.session.close();
    const begun = house.clock.monotonicMicros();
    assert.equal(await (await house.comes("rack-1-by-another-way", "i1")).verdict, "let in");
    assert.ok(house.clock.monotonicMicros() - begun < 2_000_000);
  });
});

test("an agent that was started again is let in at once, and where its end was not told once the old session was silent for long enough", async () => {
  const house = new House();
  await house.run(async () => {
    const before = await house.comes("rack-1", "i1");
    await before.verdict;
    await before.session.close();
    const second = await house.comes("rack-1", "i2");
    assert.equal(await second.verdict, "let in");
    house.silence("rack-1");
    await second.session.close();
    const begun = house.clock.monotonicMicros();
    assert.equal(await (await house.comes("rack-1-by-another-way", "i3")).verdict, "let in");
    assert.ok(house.clock.monotonicMicros() - begun <= (SILENCE_MS_MAX + 2_000) * 1_000);
  });
});

test("what comes first after the first one was off is let in, and the first one is then the copy", async () => {
  const house = new House();
  await house.run(async () => {
    const first = await house.comes("rack-1", "i1");
    await first.verdict;
    await first.session.close();
    assert.equal(await (await house.comes("rack-2", "i2")).verdict, "let in");
    assert.equal(await (await house.comes("rack-1", "i3")).verdict, "copy of rack-2");
  });
});

test("of two that wait for the place of one that is dead, one is let in", async () => {
  const house = new House();
  await house.run(async () => {
    const dead = await house.comes("rack-1", "i1");
    await dead.verdict;
    house.silence("rack-1");
    await dead.session.close();
    const one = await house.comes("rack-2", "i2");
    const other = await house.comes("rack-3", "i3");
    assert.deepEqual((await Promise.all([one.verdict, other.verdict])).sort(), ["copy of rack-2", "let in"]);
  });
});
