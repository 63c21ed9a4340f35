import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import fc from "fast-check";
import { openDirect } from "./node-direct-handle.ts";
import { nodeFiles } from "./node-files.ts";

const FROM_BYTES = 8_192;
const FILE_BYTES_MAX = 3 * 1024 * 1024;

/** Around the edges of blocks and of the buffers that bytes go through. */
const place = fc.oneof(
  fc.nat({ max: 20_000 }),
  fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: -3, max: 3 })).map(([n, by]) => Math.max(0, n * 4_096 + by)),
  fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: -3, max: 3 })).map(([n, by]) => Math.max(0, n * 1_048_576 + by)),
);

type Step =
  | { readonly kind: "write"; readonly at: number | undefined; readonly lengths: readonly number[] }
  | { readonly kind: "truncate"; readonly size: number }
  | { readonly kind: "read"; readonly at: number; readonly length: number }
  | { readonly kind: "datasync" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      at: fc.constant(undefined),
      lengths: fc.array(place, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      at: place,
      lengths: fc.array(place, { maxLength: 3 }),
    }),
  },
  fc.record({ kind: fc.constant("truncate" as const), size: place }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), at: place, length: place }) },
  fc.record({ kind: fc.constant("datasync" as const) }),
);

test("past the page cache a file holds what was written to it, and is as long", async () => {
  const folder = await mkdtemp(`${tmpdir()}/leeward-direct-`);
  try {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, inline) => {
        round += 1;
        await checkSteps(`${folder}/${round}`, steps, inline);
      }),
      { numRuns: 150 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function checkSteps(path: string, steps: readonly Step[], inline: boolean): Promise<void> {
  const handle = await openDirect(path, "create", { inline, fromBytes: FROM_BYTES });
  assert.ok(handle !== undefined, "this file system has no direct I/O");
  let held = Buffer.alloc(0);
  let value = 0;
  for (const each of steps) {
    if (each.kind === "write") {
      const parts = each.lengths.map((length) => Buffer.alloc(length, (value += 1)));
      const bytes = Buffer.concat(parts);
      const at = each.at ?? held.length;
      if (at + bytes.length > FILE_BYTES_MAX) continue;
      await handle.write(parts, at);
      if (bytes.length > 0) held = Buffer.concat([held, Buffer.alloc(Math.max(0, at + bytes.length - held.length))]);
      bytes.copy(held, at);
    } else if (each.kind === "truncate") {
      await handle.truncate(each.size);
      held = Buffer.concat([held.subarray(0, each.size), Buffer.alloc(Math.max(0, each.size - held.length))]);
    } else if (each.kind === "read") {
      const target = new Uint8Array(each.length).fill(9);
      const got = await handle.read(target, each.at);
      assert.equal(got, Math.max(0, Math.min(each.length, held.length - each.at)));
      assert.deepEqual(Buffer.from(target.subarray(0, got)), held.subarray(each.at, each.at + got));
    } else {
      await handle.datasync();
      assert.ok((await readFile(path)).equals(held));
    }
    assert.equal(await handle.sizeBytes(), held.length);
  }
  await handle.close();
  assert.ok((await readFile(path)).equals(held));
  await using again = await openDirect(path, "update", { inline, fromBytes: FROM_BYTES });
  await again?.write([Buffer.from("more")], held.length);
  await again?.datasync();
  assert.ok((await readFile(path)).equals(Buffer.concat([held, Buffer.from("more")])));
  await rm(path);
}

test("where a file system has no direct I/O, the page cache is used", async () => {
  // The kernel's own interfaces never have it.
  assert.equal((await statfs("/proc")).type, 0x9fa0);
  assert.equal(await openDirect("/proc/self/status", "read", { inline: false, fromBytes: 1 }), undefined);
  await using handle = await nodeFiles({ io: "thread-pool" }).open("/proc/self/status", "read", { bypassCacheFrom: 1 });
  const target = new Uint8Array(5);
  assert.equal(await handle.read(target, 0), 5);
  assert.equal(Buffer.from(target).toString(), "Name:");
});

test("writes that run side by side do not take from each other the block that they share", async () => {
  const folder = await mkdtemp(`${tmpdir()}/leeward-direct-`);
  try {
    const handle = await openDirect(`${folder}/a`, "create", { inline: false, fromBytes: 1 });
    assert.ok(handle !== undefined);
    const parts = Array.from({ length: 200 }, (_, index) => Buffer.alloc(1_000 + index, index));
    let at = 0;
    await Promise.all(
      parts.map((part) => {
        const written = handle.write([part], at);
        at += part.length;
        return written;
      }),
    );
    await handle.close();
    assert.ok((await readFile(`${folder}/a`)).equals(Buffer.concat(parts)));
  } finally {
    await rm(folder, { recursive: true });
  }
});
