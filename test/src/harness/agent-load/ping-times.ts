import { decodeEnvelope } from "@leeward/proto";
import type { Channel, Network } from "@leeward/world";

/** What the pings of many sessions took, milliseconds. */
export class PingTimes {
  #took: number[] = [];

  add(ms: number): void {
    this.#took.push(ms);
  }

  /** Those since the last call. */
  take(): number[] {
    const took = this.#took;
    this.#took = [];
    return took;
  }
}

/** The network, whose sessions' pings are timed from the ping that is sent until its pong is read. */
export function timed(network: Network, times: PingTimes): Network {
  return {
    connect: async (endpoint, role, signal) => timedChannel(await network.connect(endpoint, role, signal), times),
    listen: (endpoint) => network.listen(endpoint),
  };
}

function timedChannel(channel: Channel, times: PingTimes): Channel {
  const sent = new Map<number, number>();
  return {
    peer: channel.peer,
    address: channel.address,
    send: (parts) => {
      const { body } = decodeEnvelope(Buffer.concat(parts));
      if (body.kind === "ping") sent.set(body.value.number, performance.now());
      return channel.send(parts);
    },
    async *receive(signal) {
      for await (const message of channel.receive(signal)) {
        const { body } = decodeEnvelope(message);
        const begun = body.kind === "pong" ? sent.get(body.value.number) : undefined;
        if (begun !== undefined) times.add(performance.now() - begun);
        yield message;
      }
    },
    close: () => channel.close(),
  };
}
