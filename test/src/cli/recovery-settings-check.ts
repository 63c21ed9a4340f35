import assert from "node:assert/strict";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** How a machine is made at its master target: settled and unsettled again, of a machine `web` with the disk `a`. */
export async function checkRecoverySettings(check: CommandCheck, home: readonly string[]): Promise<void> {
  const made = await check.prints("machine recovery", ["web", "cpus=2", "network=bridge:br0", "bootDisk=a", ...home]);
  assert.partialDeepStrictEqual(fieldOf(made, "recovery"), {
    cpus: 2,
    network: "bridge:br0",
    bootDisk: "a",
    host: null,
  });
  const back = await check.prints("machine recovery", ["web", "cpus=", "network=", "bootDisk=", ...home]);
  const unsettled = { host: null, cpus: null, memoryMib: null, firmware: null, diskBus: null, bootDisk: null };
  const cards = { nics: null, testNics: null };
  assert.deepEqual(fieldOf(back, "recovery"), { ...unsettled, ...cards, network: null, testNetwork: null });
  const addressed = await check.prints("machine recovery", [
    ...["web", "--nic", "0:ip=10.0.0.5/24,gateway=10.0.0.1", "--nic", "1:dhcp", "--test-nic", "0:dhcp", ...home],
  ]);
  const card = { mac: null, network: null, dhcp: false, addresses: [], gateways: [], dns: [] };
  assert.partialDeepStrictEqual(fieldOf(addressed, "recovery"), {
    nics: [
      { ...card, addresses: ["10.0.0.5/24"], gateways: ["10.0.0.1"] },
      { ...card, dhcp: true },
    ],
    testNics: [{ ...card, dhcp: true }],
  });
  await check.refuses("machine recovery", ["web", "--nic", "0:ip=10.0.0.256/24", ...home], {
    exit: 2,
    code: "recovery-nic-invalid",
  });
  await check.refuses("machine recovery", ["web", "--nic", "eth0:dhcp", ...home], {
    exit: 2,
    code: "nic-argument-invalid",
  });
  await check.prints("machine recovery", ["web", "--nic", "0:", "--nic", "1:", "--test-nic", "0:", ...home]);
  await check.refuses("machine recovery", ["web", "cpus=many", ...home], { exit: 2 });
  await check.refuses("machine recovery", ["web", "bootDisk=nothing", ...home], { exit: 3 });
}
