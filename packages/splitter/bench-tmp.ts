import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { openFileDevice } from "@leeward/block";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { Splitter } from "./src/index.ts";
const base = process.argv[2] ?? "/tmp/splitter-bench";
const depth = Number(process.argv[3] ?? 16);
const random = process.argv[4] === "random";
rmSync(base, { recursive: true, force: true }); mkdirSync(base);
writeFileSync(`${base}/disk.img`, ""); truncateSync(`${base}/disk.img`, 1 << 30);
const source = await openFileDevice({ path: `${base}/disk.img`, readOnly: false, io: "inline", direct: false });
const files = nodeFiles({ io: "inline" });
const splitter = await Splitter.open({
  world: { clock: nodeClock, random: nodeRandom, files, compute: nodeCompute() },
  source, folder: `${base}/home`,
  identity: { machineId: "01".repeat(16), diskId: "02".repeat(16), branch: "03".repeat(16), bootId: "04".repeat(16), physicalBlockBytes: 4096, source: "x", parent: { branch: "05".repeat(16), sequence: 1 } },
  marks: { number: () => 0, current: () => undefined },
});
const data = new Uint8Array(4096).fill(7);
const count = 200_000;
let issued = 0;
const space = random ? (1 << 30) / 4096 : 4096;
const t0 = performance.now();
const c0 = process.cpuUsage();
await Promise.all(Array.from({ length: depth }, async () => {
  while (issued < count) { issued += 1; await splitter.write(((issued * 7919) % space) * 4096, data, { fua: false }); }
}));
const s = (performance.now() - t0) / 1000;
const c = process.cpuUsage(c0);
console.log("depth", depth, "writes/s", Math.round(count / s), "cpu s", ((c.user + c.system) / 1e6).toFixed(2), splitter.state.kind, splitter.facts().faults.map(String));
// plain
let n = 0; const t1 = performance.now();
await Promise.all(Array.from({ length: depth }, async () => { while (n < count) { n += 1; await source.write(((n * 7919) % space) * 4096, data, { fua: false }); } }));
console.log("plain writes/s", Math.round(count / ((performance.now() - t1) / 1000)));
await splitter.close();
