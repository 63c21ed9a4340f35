import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@leeward/base";
import { sampled, simulatedFiles } from "@leeward/world/testing";
import { KeptDigests } from "./kept-digests.ts";
import { isKnown, isSame, noDigests, PAGE_BYTES, PageDigester, type PageDigests } from "./page-digests.ts";

const FOLDER = "/disk";
const KEY = "5a".repeat(32);
/** Several sectors of digests. */
const PAGES = 200;
const CONTENTS = 3;

/** One record of a page, as a log holds it. */
interface Logged {
  readonly page: number;
  readonly content: number;
}

function contentOf(content: number): Uint8Array {
  return new Uint8Array(PAGE_BYTES).fill(content);
}

describe("kept digests", () => {
  test("are known only of what is relied on, after any stop, whatever the log loses", async () => {
    for (const seed of sampled(600)) {
      const random = seededRandom(seed);
      let files = simulatedFiles({ random: seededRandom(seed + 1) });
      await files.makeFolder(FOLDER);
      await files.syncFolder("/");
      let digests = await KeptDigests.open({ files, folder: FOLDER }, { key: KEY, fresh: true });
      const digestOf = Array.from({ length: CONTENTS }, (_, content) => digests.digester.of(contentOf(content)));
      const put = (target: PageDigests, page: number, content: number): void =>
        target.set(digestOf[content] ?? noDigests(1), 2 * page);
      let log: Logged[] = [];
      let [durable, relied, generation] = [0, 0, 0];
      const check = async (): Promise<void> => {
        const held = new Map(log.slice(0, relied).map(({ page, content }) => [page, content]));
        const known = await digests.read(0, PAGES);
        const right = noDigests(PAGES);
        for (let page = 0; page < PAGES; page += 1) put(right, page, held.get(page) ?? 0);
        for (let page = 0; page < PAGES; page += 1) {
          if (isKnown(known, page)) assert.ok(isSame(known, right, page), `seed ${seed}, page ${page}`);
        }
      };
      for (let step = 0; step < 60; step += 1) {
        const dice = random.below(20);
        if (dice < 10) {
          const first = random.below(PAGES - 8);
          const count = 1 + random.below(8);
          const changed = Uint8Array.from({ length: count }, () => random.below(2));
          await digests.invalidate([{ first, changed }]);
          const expected = noDigests(count);
          for (const [index, changes] of changed.entries()) {
            if (changes === 0) continue;
            const content = random.below(CONTENTS);
            log.push({ page: first + index, content });
            put(expected, index, content);
          }
          digests.expect({ first, digests: expected, sequence: log.length, generation });
        } else if (dice < 12) durable = log.length;
        else if (dice < 14) relied = durable;
        else if (dice < 17) await digests.note({ sequence: relied, generation });
        else if (dice === 17) {
          // The log is left, and comes back without what was not durable.
          log = log.slice(0, durable + random.below(log.length - durable + 1));
          durable = log.length;
          generation += 1;
        } else {
          files = dice === 18 ? files.kill() : files.crash();
          const kept = dice === 18 ? log.length : durable + random.below(log.length - durable + 1);
          log = log.slice(0, kept);
          durable = log.length;
          digests = await KeptDigests.open({ files, folder: FOLDER }, { key: KEY, fresh: false });
        }
        await check();
      }
    }
  });

  test("are of a page and a key, and never what means that nothing is known", () => {
    const [one, other] = [new PageDigester(KEY), new PageDigester("5b".repeat(32))];
    const page = contentOf(1);
    const flipped = page.slice();
    flipped[4_095] = 0;
    assert.ok(isSame(one.of(page), one.of(page), 0));
    for (const digests of [one.of(flipped), other.of(page), one.of(page.subarray(0, 4_095)), one.of(contentOf(0))]) {
      assert.ok(isKnown(digests, 0) && !isSame(one.of(page), digests, 0));
    }
    const zeroes = new Uint8Array(2 * PAGE_BYTES + 512);
    assert.deepEqual(one.of(zeroes), one.ofZeroes(zeroes.length));
    for (const word of [0, 0xffff_ffff]) {
      const unknown = new Uint32Array([word, word]);
      assert.ok(!isKnown(unknown, 0) && !isSame(unknown, unknown, 0));
    }
  });
});
