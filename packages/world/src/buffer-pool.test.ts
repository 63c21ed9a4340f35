import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferPool } from "./buffer-pool.ts";

test("a buffer that was given back is taken again, by its size", () => {
  const pool = new BufferPool();
  const first = pool.take(100_000);
  assert.equal(first.length, 100_000);
  pool.give(first);
  const smaller = pool.take(10_000);
  assert.notEqual(smaller.buffer, first.buffer);
  const again = pool.take(99_000);
  assert.equal(again.buffer, first.buffer);
  assert.equal(again.length, 99_000);
});

test("two holders never have the same buffer", () => {
  const pool = new BufferPool();
  const held = Array.from({ length: 20 }, () => pool.take(5_000));
  assert.equal(new Set(held.map(({ buffer }) => buffer)).size, 20);
  for (const each of held) pool.give(each);
  const again = Array.from({ length: 20 }, () => pool.take(5_000));
  assert.equal(new Set(again.map(({ buffer }) => buffer)).size, 20);
});

test("a buffer is given back once, and to its own pool", () => {
  const pool = new BufferPool();
  const bytes = pool.take(4_096);
  pool.give(bytes);
  assert.throws(() => pool.give(bytes), /once/);
  assert.throws(() => pool.give(new Uint8Array(4_096)), /from/);
});

test("no more is kept than was said", () => {
  const pool = new BufferPool({ keptBytesMax: 8_192 });
  const held = [pool.take(8_192), pool.take(8_192)];
  for (const each of held) pool.give(each);
  const [first, second] = [pool.take(8_192), pool.take(8_192)];
  assert.equal(first.buffer, held[0]?.buffer);
  assert.ok(held.every(({ buffer }) => buffer !== second.buffer));
});

test("what is given back is overwritten where that is asked for", () => {
  const pool = new BufferPool({ scrub: true });
  const bytes = pool.take(4_096);
  bytes.fill(1);
  pool.give(bytes);
  assert.ok(bytes.every((byte) => byte === 0xdb));
});
