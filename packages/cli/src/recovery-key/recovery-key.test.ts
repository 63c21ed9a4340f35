import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import type { Files } from "@leeward/world";
import { readFile } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import { readKey, writeFresh, writeKey } from "./key-file.ts";
import { KEY_LINES, keyLines, keyOfLines, keyPage } from "./key-page.ts";
import { type FoundShare, joinShares, type KeyShare, shareOfText, sharePage, splitKey } from "./key-share.ts";
import { bytesOfLines, linesOf } from "./typed-lines.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A key as an export writes it. */
async function exported(files: Files, path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  await writeFresh(files, path, pem);
  return pem;
}

async function textAt(files: Files, path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(files, path, 1 << 16));
}

function codeOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (isFault(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return assert.fail("nothing was refused");
}

test("a key that was printed and typed is byte for byte the one that was exported", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  for (let count = 0; count < 20; count += 1) {
    const pem = await exported(files, `/key-${count}`);
    const key = await readKey(files, `/key-${count}`);
    const page = keyPage(key);
    // As a person types it: small letters, without groups, O for 0, I and L for 1.
    const typed = keyLines(key).map((line) => {
      const [, number = "", characters = ""] = /^ *(\d+) {2}(.*)$/.exec(line) ?? [];
      const loose = characters
        .replaceAll("-", count % 2 === 0 ? "" : " ")
        .replaceAll("0", "o")
        .replaceAll("1", "l");
      return `${number}. ${loose.toLowerCase()}`;
    });
    for (const [index, text] of [page, typed.toReversed().join("\r\n")].entries()) {
      const { scalar } = keyOfLines(text, "the page");
      await writeKey(files, `/back-${count}-${index}`, scalar);
      assert.equal(await textAt(files, `/back-${count}-${index}`), pem);
    }
  }
});

test("a mistyped, missing, exchanged or foreign line is told by its number", async () => {
  const { files } = simulatedWorld({ seed: 2 });
  await exported(files, "/a");
  await exported(files, "/b");
  const [lines, others] = [keyLines(await readKey(files, "/a")), keyLines(await readKey(files, "/b"))];
  for (let at = 0; at < KEY_LINES; at += 1) {
    const line = lines[at] ?? "";
    const last = line.at(-1) ?? "";
    const wrong = `${line.slice(0, -1)}${ALPHABET[(ALPHABET.indexOf(last) + 1) % 32]}`;
    for (const text of [wrong, "", line.slice(0, -2), `${line.slice(0, 4)}U${line.slice(5)}`]) {
      const { code, message } = codeOf(() => keyOfLines(lines.with(at, text).join("\n"), "the page"));
      assert.equal(code, "key-text-wrong");
      assert.ok(message.startsWith(`Line ${at + 1} of the page is wrong`), message);
    }
  }
  const [one = "", two = ""] = lines;
  const exchanged = lines.with(0, ` 1${two.slice(2)}`).with(1, ` 2${one.slice(2)}`);
  assert.match(codeOf(() => keyOfLines(exchanged.join("\n"), "the page")).message, /^Line 1 /);
  const mixed = lines.with(3, others[3] ?? "");
  assert.match(codeOf(() => keyOfLines(mixed.join("\n"), "the page")).message, /not of one page/);
});

test("lines give back what they were made of, and no changed character is taken", () => {
  const whole = fc.uint8Array({ minLength: 42, maxLength: 42 });
  fc.assert(
    fc.property(whole, fc.nat(95), fc.integer({ min: 1, max: 31 }), (bytes, place, by) => {
      const lines = linesOf(bytes);
      assert.deepEqual(bytesOfLines(lines.join("\n"), 6), new Uint8Array(bytes));
      const number = Math.floor(place / 16);
      const line = lines[number] ?? "";
      const at = 4 + (place % 16) + Math.floor((place % 16) / 4);
      const other = ALPHABET[(ALPHABET.indexOf(line[at] ?? "") + by) % 32] ?? "";
      const read = bytesOfLines(lines.with(number, line.slice(0, at) + other + line.slice(at + 1)).join("\n"), 6);
      // The check of a line passes over one mistake in 65,536; that of the whole does not.
      assert.ok("why" in read);
    }),
    { numRuns: 500 },
  );
});

function found(shares: readonly KeyShare[]): FoundShare[] {
  return shares.map((share) => shareOfText(sharePage(share, `n${share.number}`), `/s/n${share.number}`));
}

test("any threshold of the shares gives the key, and fewer, mixed, doubled or damaged ones are refused by name", async () => {
  const { files, random } = simulatedWorld({ seed: 3 });
  const pem = await exported(files, "/key");
  const key = await readKey(files, "/key");
  const [a, b, c, d, e] = found(await splitKey(key, { shares: 5, threshold: 3, random }));
  assert.ok(a && b && c && d && e);
  const enough = [
    [a, b, c],
    [e, d, c],
    [b, e, a],
    [a, b, c, d, e],
  ];
  for (const [index, some] of enough.entries()) {
    await writeKey(files, `/joined-${index}`, (await joinShares(some)).scalar);
    assert.equal(await textAt(files, `/joined-${index}`), pem);
  }
  await assert.rejects(joinShares([a, b]), { code: "shares-too-few", message: /\/s\/n1, \/s\/n2/ });
  await assert.rejects(joinShares([]), { code: "shares-too-few" });
  await assert.rejects(joinShares([a, b, { ...a, path: "/s/copy" }]), {
    code: "share-twice",
    message: /\/s\/n1 and \/s\/copy/,
  });
  const [x] = found(await splitKey(key, { shares: 5, threshold: 3, random }));
  assert.ok(x);
  await assert.rejects(joinShares([a, b, { ...x, path: "/s/other" }]), { code: "shares-mixed", message: /\/s\/other/ });
  // Two shares say nothing: with a third that is made up, they give no key that is taken for this one.
  const madeUp = { ...c, bytes: c.bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) };
  await assert.rejects(joinShares([a, b, madeUp]), { code: "shares-mixed" });
  const page = sharePage(a, "n1");
  const damaged = page.replace(
    /^( 4 {2}.*)(.)$/m,
    (_all, line: string, last: string) => line + (last === "Z" ? "Y" : "Z"),
  );
  const { code, message } = codeOf(() => shareOfText(damaged, "/s/n1"));
  assert.deepEqual([code, message.startsWith("Line 4 of the share /s/n1")], ["share-damaged", true], message);
  assert.equal(codeOf(() => shareOfText(keyPage(key), "/s/key")).code, "share-damaged");
  assert.equal(codeOf(() => keyOfLines(page, "/s/n1")).code, "key-text-wrong");
  for (const text of [page, keyPage(key)])
    assert.ok(!text.includes(pem.split("\n")[1] ?? "?"), "the file is not in it");
});

test("nothing is written over, and what is no exported key is not taken", async () => {
  const { files } = simulatedWorld({ seed: 4 });
  const pem = await exported(files, "/key");
  const { scalar } = await readKey(files, "/key");
  await assert.rejects(writeKey(files, "/key", scalar), { code: "file-exists" });
  for (const [index, text] of [`${pem}\n`, pem.replaceAll("\n", "\r\n"), "nothing", ""].entries()) {
    await writeFresh(files, `/foreign-${index}`, text);
    await assert.rejects(readKey(files, `/foreign-${index}`), { code: "key-file-foreign" });
  }
});
