import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WriteOrder } from "./write-order.ts";

const EXTENT = { offset: 0, length: 512 };

describe("the order of writes", () => {
  test("nothing above the first write under way may leave", () => {
    const order = new WriteOrder();
    const [one, two, three] = [1, 2, 3].map((sequence) => order.begin(EXTENT, sequence, sequence));
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    order.done(two);
    assert.equal(order.through(3), 0);
    order.done(one);
    assert.equal(order.through(1), 1);
    assert.equal(order.through(3), 2);
    order.done(three);
    assert.equal(order.through(9), 9);
  });

  test("a refused write leaves only together with the void that names it", () => {
    const order = new WriteOrder();
    const refused = order.begin(EXTENT, 2, 3);
    order.refused(refused);
    assert.equal(order.through(4), 1);
    assert.deepEqual(order.awaitingVoid(), [refused]);
    const between = order.begin(EXTENT, 5, 5);
    order.voided(refused, 6);
    assert.equal(order.through(6), 1, "5 is under way, so 6 may not leave, so 2 may not");
    order.done(between);
    assert.equal(order.through(5), 1);
    assert.equal(order.through(6), 6);
  });

  test("chained voids hold one another back", () => {
    const order = new WriteOrder();
    const a = order.begin(EXTENT, 1, 1);
    const b = order.begin(EXTENT, 2, 2);
    order.voided(a, 3);
    order.voided(b, 4);
    assert.equal(order.through(3), 0, "4 names 2, which is below 3, which names 1");
    assert.equal(order.through(4), 4);
  });

  test("what the log lost counts no more, and a lost void is awaited again", () => {
    const order = new WriteOrder();
    const kept = order.begin(EXTENT, 1, 1);
    const split = order.begin(EXTENT, 2, 4);
    const lost = order.begin(EXTENT, 5, 5);
    order.voided(kept, 6);
    order.cut(3);
    assert.deepEqual([kept.state, split.to, lost.state], ["refused", 3, "lost"]);
    assert.equal(order.through(3), 0);
    order.done(split);
    order.done(lost);
    order.voided(kept, 4);
    assert.equal(order.through(3), 0);
    assert.equal(order.through(4), 4);
  });

  test("it stays small when many writes pass", () => {
    const order = new WriteOrder();
    for (let sequence = 1; sequence <= 10_000; sequence += 1) order.done(order.begin(EXTENT, sequence, sequence));
    assert.equal(order.through(10_000), 10_000);
    assert.equal(order.underWay, false);
  });
});
