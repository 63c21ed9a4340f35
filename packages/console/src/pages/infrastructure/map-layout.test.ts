import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link, Machine } from "@leeward/api";
import { layoutOf } from "./map-layout.ts";

const SERVER = "p".repeat(32);

function machine(number: number, isOnline: boolean): Machine {
  const id = String(number).padStart(32, "0");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its place rests on is here; the rest of a machine has no part in it
  return { id, name: `web-${number}`, state: isOnline ? "online" : "offline", disks: [] } as unknown as Machine;
}

function link(from: string, isUp: boolean): Link {
  return { from, to: SERVER, kind: "data", state: isUp ? "up" : "down", bytesPerSecond: isUp ? 10 : null };
}

function standings(areOnline: readonly boolean[]): readonly string[] {
  const machines = areOnline.map((isOnline, index) => machine(index, isOnline));
  const server = { id: SERVER, name: "ps", role: "process-server", state: "online" } as const;
  const links = machines.map(({ id, state }) => link(id, state === "online"));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as of machines
  const layout = layoutOf(machines, [server as unknown as Parameters<typeof layoutOf>[1][number]], links);
  const group = layout.nodes.find(({ kind }) => kind === "machines");
  assert.equal(layout.links.length, 1, "links of a group are one");
  return [group?.standing ?? "", layout.links[0]?.standing ?? "", `${group?.online}/${group?.offline}`];
}

test("a group of machines is down only when all of them are", () => {
  const all = Array.from({ length: 20 }, () => true);
  assert.deepEqual(standings(all), ["up", "up", "20/0"]);
  assert.deepEqual(standings(all.with(3, false)), ["partly", "partly", "19/1"]);
  assert.deepEqual(standings(all.map(() => false)), ["down", "down", "0/20"]);
});
