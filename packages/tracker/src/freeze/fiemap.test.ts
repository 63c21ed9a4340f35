import assert from "node:assert/strict";
import { test } from "node:test";
import { readUint64, viewOf, writeUint64 } from "@leeward/base";
import fc from "fast-check";
import { fileExtents } from "./fiemap.ts";

interface Told {
  readonly logical: number;
  readonly physical: number;
  readonly length: number;
  readonly flags: number;
}

const LAST = 1;

/** A kernel that tells these, from where it is asked, as many as there is room for. */
function kernel(extents: readonly Told[], room = Number.POSITIVE_INFINITY): (request: Uint8Array) => boolean {
  return (request) => {
    const view = viewOf(request);
    const start = readUint64(view, 0) ?? 0;
    const told = extents.filter(({ logical, length }) => logical + length > start);
    const given = told.slice(0, Math.min(room, view.getUint32(24, true)));
    view.setUint32(20, given.length, true);
    for (const [index, { logical, physical, length, flags }] of given.entries()) {
      const at = 32 + index * 56;
      writeUint64(view, at, logical);
      writeUint64(view, at + 8, physical);
      writeUint64(view, at + 16, length);
      view.setUint32(at + 40, flags, true);
    }
    return true;
  };
}

test("what has no place, shares one, or is packed is left out, and the file is then not told whole", () => {
  const one = { logical: 0, physical: 8192, length: 4096, flags: 0 };
  const unwritten = { logical: 8192, physical: 16_384, length: 4096, flags: 0x800 | LAST };
  assert.deepEqual(fileExtents(kernel([one, unwritten])), {
    extents: [
      { offset: 8192, length: 4096 },
      { offset: 16_384, length: 4096 },
    ],
    whole: true,
  });
  for (const flag of [0x2, 0x4, 0x8, 0x80, 0x100, 0x200, 0x400, 0x2000]) {
    const left = { logical: 4096, physical: 65_536, length: 4096, flags: flag };
    assert.deepEqual(fileExtents(kernel([one, left, unwritten])), {
      extents: [
        { offset: 8192, length: 4096 },
        { offset: 16_384, length: 4096 },
      ],
      whole: false,
    });
  }
});

test("a file of many extents is asked for until all are told, however few the kernel tells at once", () => {
  const extents = Array.from({ length: 1500 }, (_, index) => ({
    logical: index * 8192,
    physical: (1500 - index) * 4096,
    length: 4096,
    flags: index === 1499 ? LAST : 0,
  }));
  for (const room of [1, 7, 600]) {
    const found = fileExtents(kernel(extents, room));
    assert.deepEqual(
      found?.extents,
      extents.map(({ physical, length }) => ({ offset: physical, length })),
    );
  }
});

test("an empty file has none, and what is refused or does not lead on is not told", () => {
  assert.deepEqual(fileExtents(kernel([])), { extents: [], whole: true });
  assert.equal(
    fileExtents(() => false),
    undefined,
  );
  const still = (request: Uint8Array): boolean => {
    viewOf(request).setUint32(20, 1, true);
    return true;
  };
  assert.equal(fileExtents(still), undefined);
});

test("no answer of any bytes is asked for without end, and none gives an extent that no disk has", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 400 }), (answer) => {
      let calls = 0;
      const found = fileExtents((request) => {
        calls += 1;
        assert.ok(calls < 3000);
        request.set(answer.subarray(0, 4), 20);
        request.set(answer.subarray(4), 32);
        return true;
      });
      for (const { offset, length } of found?.extents ?? []) assert.ok(offset >= 0 && length > 0);
    }),
  );
});
