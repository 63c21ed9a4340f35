import type { Channel, Listener, Network } from "@leeward/world";
import type { Metrics } from "./metrics.ts";

type Counts = Pick<Metrics, "reconnected">;

/** The network, with each connection to or from a peer that there was one with before counted: a way that breaks again and again shows there. */
export function countingNetwork(network: Network, metrics: Counts): Network {
  const note = peerNote(metrics);
  return {
    async connect(endpoint, role, signal) {
      const channel = await network.connect(endpoint, role, signal);
      note(channel);
      return channel;
    },
    listen: async (endpoint) => countingListener(await network.listen(endpoint), metrics),
  };
}

/** The channels, counted likewise. */
export async function* countingChannels(channels: AsyncIterable<Channel>, metrics: Counts): AsyncGenerator<Channel> {
  const note = peerNote(metrics);
  for await (const channel of channels) {
    note(channel);
    yield channel;
  }
}

function countingListener(listener: Listener, metrics: Counts): Listener {
  return {
    endpoint: listener.endpoint,
    accept: (signal) => countingChannels(listener.accept(signal), metrics),
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** Peers are as many as were given certificates. */
function peerNote(metrics: Counts): (channel: Channel) => void {
  const met = new Set<string>();
  return ({ peer: { role, id } }) => {
    const key = `${role} ${id}`;
    if (met.has(key)) metrics.reconnected(role);
    met.add(key);
  };
}
