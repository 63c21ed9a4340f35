import assert from "node:assert/strict";
import { test } from "node:test";
import { allPages, type PageQuery } from "@leeward/api";
import fc from "fast-check";
import type { Within } from "../access/scope.ts";
import { pageOf } from "./pages.ts";

interface Item {
  readonly name: string;
  readonly id: number;
}

const WHOLE: Within = { machineIds: undefined, sees: () => true };

const page = (rows: readonly Item[], query: PageQuery, within = WHOLE) =>
  pageOf(query, { within, rows, key: ({ name, id }) => [name, id], view: (item) => item });

const items = fc.uniqueArray(
  fc.tuple(fc.string({ maxLength: 2 }), fc.integer({ min: 0, max: 9 })).map(([name, id]) => ({ name, id })),
  { selector: ({ name, id }) => `${id} ${name}`, maxLength: 40 },
);

void test("all pages together are the list in its order, whatever their length", () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 50 }), (rows, limit) => {
      const seen: Item[] = [];
      for (let after: string | undefined; ; ) {
        const { items: shown, next } = page(rows, { limit, ...(after !== undefined && { after }) });
        assert.ok(shown.length <= limit);
        seen.push(...shown);
        if (next === null) break;
        assert.equal(shown.length, limit);
        after = next;
      }
      const whole = page(rows, {}).items;
      assert.deepEqual(seen, whole);
      assert.equal(whole.length, rows.length);
    }),
  );
});

void test("the pages of who sees some items alone are those of a list that has no others", () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 5 }), (rows, limit) => {
      const own = (item: unknown): boolean => rows.some((row) => row === item && row.id % 3 === 0);
      const left = rows.filter(own);
      for (let after: string | undefined; ; ) {
        const query = { limit, ...(after !== undefined && { after }) };
        const limited = page(rows, query, { machineIds: [], sees: own });
        assert.deepEqual(limited, page(left, query));
        if (limited.next === null) break;
        after = limited.next;
      }
    }),
  );
});

void test("who pages while the list changes sees each item that stays once, and none twice", () => {
  fc.assert(
    fc.property(
      items,
      items,
      fc.array(fc.integer({ min: 0, max: 39 })),
      fc.integer({ min: 1, max: 5 }),
      (first, added, gone, limit) => {
        const keyOf = ({ name, id }: Item): string => `${id} ${name}`;
        const known = new Map([...first, ...added].map((item) => [keyOf(item), item]));
        let rows = first;
        const leaving = new Set(gone.flatMap((index) => first[index] ?? []).map(keyOf));
        const seen: string[] = [];
        for (let after: string | undefined, round = 0; ; round += 1) {
          const { items: shown, next } = page(rows, { limit, ...(after !== undefined && { after }) });
          seen.push(...shown.map(keyOf));
          if (round === 0) rows = [...known.values()].filter((item) => !leaving.has(keyOf(item)));
          if (next === null) break;
          after = next;
        }
        assert.equal(new Set(seen).size, seen.length);
        if (first.length <= limit) return;
        for (const item of first) if (!leaving.has(keyOf(item))) assert.ok(seen.includes(keyOf(item)));
      },
    ),
  );
});

void test("a cursor that is none is refused", () => {
  for (const after of [
    "x",
    "e30",
    Buffer.from('[{"a":1}]').toString("base64url"),
    Buffer.from("[]").toString("base64url"),
  ])
    assert.throws(() => page([], { after }), { code: "request-invalid" });
});

void test("the client goes over all pages", async () => {
  const rows = Array.from({ length: 7 }, (_, id) => ({ name: "a", id }));
  const asked: (string | undefined)[] = [];
  const all = await allPages(async ({ after }) => {
    asked.push(after);
    return page(rows, { limit: 3, ...(after !== undefined && { after }) });
  });
  assert.deepEqual(all, { items: rows });
  assert.equal(asked.length, 3);
  assert.equal(asked[0], undefined);
});
