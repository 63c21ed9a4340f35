import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { History, type Operation } from "./history.ts";
import { fillSector, SECTOR_BYTES } from "./sector.ts";
import { undone, unsurvived } from "./survival.ts";

const SECTORS = 4;

describe("a disk that lost its power", () => {
  test("may hold anything that was not flushed, in parts, and what was there before", () => {
    const history = new History();
    const first = done(history, "write", 0);
    const second = done(history, "write", 0);
    done(history, "zero", 2);
    for (const [shown, count] of [
      [[], 1],
      [[first], 1],
      [[second], 0],
    ] as const) {
      assert.deepEqual(problems(history, shown), []);
      const base = { firstOperation: 0, disks: [] };
      assert.equal(undone({ operations: history.operations, disk: 0, bytes: content(shown), base }), count);
    }
    assert.match(String(problems(history, [first], 1)), /sector 1 holds/, "nobody wrote that there");
  });

  test("holds what was flushed, or what came after it", () => {
    const history = new History();
    const first = done(history, "write", 0);
    const second = done(history, "write", 0);
    history.flushed(0, history.tick());
    const third = done(history, "write", 0);
    assert.deepEqual(problems(history, [second]), []);
    assert.deepEqual(problems(history, [third]), []);
    assert.match(String(problems(history, [first])), /operation 1 there is durable/);
    assert.match(String(problems(history, [])), /holds {"kind":"zero"}/);
  });

  test("may hold either of two that were under way together, and a flush covers only what was acknowledged before it", () => {
    const history = new History();
    const asked = { disk: 0, kind: "write", sector: 0, sectors: 1 } as const;
    const [first, second] = [history.submit(asked), history.submit(asked)];
    for (const each of [second, first]) history.acknowledge(each);
    const early = history.tick();
    const third = done(history, "write", 0);
    history.flushed(0, early);
    history.flushed(1, history.tick());
    assert.deepEqual(
      [first, second, third].map(({ durable }) => durable),
      [true, true, false],
    );
    for (const shown of [first, second, third]) assert.deepEqual(problems(history, [shown]), []);
  });

  test("counts from a base on: what was gone before does not come back", () => {
    const history = new History();
    const old = done(history, "write", 0);
    const base = { firstOperation: 1, disks: [{ disk: 0, bytes: content([]) }] };
    const survivor = { operations: history.operations, disk: 0, base };
    assert.deepEqual(unsurvived({ ...survivor, bytes: content([]) }), []);
    assert.match(String(unsurvived({ ...survivor, bytes: content([old]) })), /sector 0 holds/);
  });
});

function done(history: History, kind: "write" | "zero", sector: number): Operation {
  const operation = history.submit({ disk: 0, kind, sector, sectors: 1 });
  history.acknowledge(operation);
  return operation;
}

function content(shown: readonly Operation[], at = 0): Buffer {
  const bytes = Buffer.alloc(SECTORS * SECTOR_BYTES);
  for (const { number } of shown) {
    fillSector(bytes.subarray(at * SECTOR_BYTES, (at + 1) * SECTOR_BYTES), { disk: 0, index: at, operation: number });
  }
  return bytes;
}

function problems(history: History, shown: readonly Operation[], at = 0): string[] {
  const base = { firstOperation: 0, disks: [] };
  return unsurvived({ operations: history.operations, disk: 0, bytes: content(shown, at), base });
}
