import { seededRandom } from "@leeward/base";
import type { PeerIdentity } from "../network.ts";
import { clockSuite } from "./clock-suite.ts";
import { computeSuite } from "./compute-suite.ts";
import { filesSuite } from "./files-suite.ts";
import { networkSuite } from "./network-suite.ts";
import { simulatedClock } from "./simulated-clock.ts";
import { simulatedCompute } from "./simulated-compute.ts";
import { simulatedFiles } from "./simulated-files.ts";
import { simulatedNetwork } from "./simulated-network.ts";

clockSuite("simulatedClock", () => {
  const clock = simulatedClock();
  return { clock, run: (work) => clock.run(work) };
});

computeSuite("simulatedCompute", simulatedCompute);

filesSuite("simulatedFiles", async () => {
  const files = simulatedFiles({ random: seededRandom(1), capacityBytes: 1 << 30 });
  await files.makeFolder("/home/of/tests");
  return { files, folder: "/home/of/tests", [Symbol.asyncDispose]: async () => {} };
});

const nearIdentity: PeerIdentity = { role: "agent", id: "a".repeat(32), fingerprint: "a".repeat(64) };
const farIdentity: PeerIdentity = { role: "process-server", id: "b".repeat(32), fingerprint: "b".repeat(64) };

for (const seed of [1, 2, 3]) {
  networkSuite(`simulatedNetwork, seed ${seed}`, async () => {
    const clock = simulatedClock();
    const network = simulatedNetwork({ clock, random: seededRandom(seed) });
    return {
      near: network.join("source", nearIdentity),
      nearIdentity,
      far: network.join("target", farIdentity),
      farIdentity,
      host: "target",
      run: (work) => clock.run(work),
      [Symbol.asyncDispose]: async () => {},
    };
  });
}
