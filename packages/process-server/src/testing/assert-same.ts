import assert from "node:assert/strict";
import { ModelDisk } from "./model-disk.ts";
import { type AgentDisk, DISK_BYTES } from "./scripted-agent.ts";
import type { TestHouse } from "./test-house.ts";

/** What the target holds of the disk's branch is what the agent logged: each sequence once, without holes, with the same effect. */
export function assertSame(house: TestHouse, disk: AgentDisk, target = house.target): void {
  const branch = target.branch(disk.branch);
  let next = 1;
  for (const { from, to } of branch.segments) {
    assert.equal(from, next);
    next = to + 1;
  }
  const model = new ModelDisk(DISK_BYTES);
  model.applyAll(disk.records.slice(0, branch.position));
  assert.ok(Buffer.from(model.bytes).equals(branch.disk.bytes), "the target's disk is the source's");
}

/** Logs a few frames and a mark on every disk, and the point that stands on them. */
export function logInterval(house: TestHouse, number: number): void {
  for (const disk of house.disks) {
    disk.logSome();
    disk.logSome();
  }
  house.agent.addPoint(
    number,
    house.disks.map((disk) => ({ disk, sequence: disk.logMark(number) })),
  );
}

/** All that was deposited is journaled once, told, and removed; the target has so many points. */
export async function settled(house: TestHouse, points: number): Promise<void> {
  const withinMs = 900_000;
  await house.until(
    () =>
      house.disks.every(
        (disk) => house.target.branch(disk.branch).position >= disk.last && disk.journaled >= disk.last,
      ),
    withinMs,
  );
  for (const disk of house.disks) assertSame(house, disk);
  await house.until(() => house.agent.points.length === 0, withinMs);
  await house.until(() => house.container.deposits.length === 0, withinMs);
  const stored = new Set(house.target.points.map(({ number }) => number));
  assert.equal(stored.size, points);
}
