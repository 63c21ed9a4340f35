import assert from "node:assert/strict";
import { test } from "node:test";
import type { Channel, Network, PeerRole } from "@leeward/world";
import { simulatedNetwork, simulatedWorld } from "@leeward/world/testing";
import { countingNetwork, Metrics } from "./index.ts";

const NEVER = new AbortController().signal;
const AT = { host: "server", port: 443 };

void test("a connection is counted at both ends when there was one with the same peer before, and the first of each is not", async () => {
  const { clock, random } = simulatedWorld({ seed: 1 });
  const network = simulatedNetwork({ clock, random });
  const join = (host: string, role: PeerRole, id: string): { readonly network: Network; readonly metrics: Metrics } => {
    const metrics = new Metrics();
    return { network: countingNetwork(network.join(host, { role, id, fingerprint: id }), metrics), metrics };
  };
  const server = join("server", "config-server", "s");
  const [one, other] = [join("one", "agent", "a1"), join("other", "agent", "a2")];
  await clock.run(async () => {
    await using listener = await server.network.listen(AT);
    const accepted = listener.accept(NEVER)[Symbol.asyncIterator]();
    const meet = async (agent: typeof one): Promise<void> => {
      const channel: Channel = await agent.network.connect(AT, "config-server", NEVER);
      await accepted.next();
      await channel.close();
    };
    await meet(one);
    await meet(other);
    assert.deepEqual(await Promise.all([server, one, other].map(countsOf)), [[], [], []]);
    await meet(one);
    await meet(one);
    await meet(other);
  });
  assert.deepEqual(await Promise.all([server, one, other].map(countsOf)), [
    ['{peer="agent"} 3'],
    ['{peer="config-server"} 2'],
    ['{peer="config-server"} 1'],
  ]);
});

async function countsOf({ metrics }: { readonly metrics: Metrics }): Promise<string[]> {
  return Array.from((await metrics.text()).matchAll(/^leeward_reconnects_total(\{.*)$/gm), ([, count = ""]) => count);
}
