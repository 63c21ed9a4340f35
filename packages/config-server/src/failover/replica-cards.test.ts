import assert from "node:assert/strict";
import { test } from "node:test";
import type { CardSettings } from "@leeward/api";
import { busFor } from "./replica-bus.ts";
import { replicaCards } from "./replica-cards.ts";

const SOURCE = {
  nics: [
    { name: "ens3", mac: "52:54:00:00:00:01" },
    { name: "ens4", mac: "00:00:00:00:00:00" },
  ],
};
const UNSETTLED: CardSettings = { mac: null, network: null, dhcp: false, addresses: [], gateways: [], dns: [] };
const REAL = { settings: [], network: "bridge:br0", isTest: false };

void test("a replica machine has its source's cards and MAC addresses, and one card where nobody knows", () => {
  const cards = replicaCards(SOURCE, REAL);
  assert.deepEqual(
    cards.map(({ mac, network }) => [mac, network]),
    [
      ["52:54:00:00:00:01", "bridge:br0"],
      ["", "bridge:br0"],
    ],
  );
  assert.deepEqual(replicaCards({}, REAL).length, 1);
});

void test("a card that gets another address, or stands beside its source on a bridge, has a MAC address of its own unless that is settled", () => {
  const macs = (settings: readonly CardSettings[], isTest: boolean, network = "bridge:br0") =>
    replicaCards(SOURCE, { settings, network, isTest }).map(({ mac }) => mac);
  const addressed = { ...UNSETTLED, addresses: ["10.0.0.5/24"] };
  assert.deepEqual(macs([addressed], false), ["", ""]);
  assert.deepEqual(macs([{ ...addressed, mac: "source" }], false), ["52:54:00:00:00:01", ""]);
  assert.deepEqual(macs([], true), ["", ""]);
  assert.deepEqual(macs([], true, "isolated"), ["52:54:00:00:00:01", ""]);
  assert.deepEqual(macs([{ ...UNSETTLED, mac: "02:00:00:00:00:AA" }], true), ["02:00:00:00:00:aa", ""]);
  assert.equal(macs([UNSETTLED, UNSETTLED, UNSETTLED], false).length, 3);
});

void test("the disk bus is one whose drivers the source has from its start", () => {
  assert.equal(busFor({}), "virtio");
  assert.equal(busFor({ bootDrivers: ["ahci", "sd_mod", "virtio_pci", "virtio_blk"] }), "virtio");
  assert.equal(busFor({ bootDrivers: ["ahci", "sd_mod", "virtio_blk"] }), "sata");
  assert.equal(busFor({ bootDrivers: ["nvme"] }), "nvme");
  assert.throws(() => busFor({ bootDrivers: ["ahci"] }), { code: "replica-drivers-unsuited" });
});
