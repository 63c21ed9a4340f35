import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { fieldOf } from "../harness/shapes.ts";
import type { CommandCheck } from "./command-check.ts";

/** The commands about copies of an exported recovery key, which need no server. */
export async function checkKeyCommands(check: CommandCheck, folder: string, key: string): Promise<void> {
  const printed = await check.prints("key print", [key, "--svg", `${folder}/key.svg`]);
  assert.match(await readFile(`${folder}/key.svg`, "utf8"), /^<svg/);
  await check.refuses("key print", [`${folder}/key.svg`], { exit: 4, code: "key-file-foreign" });
  const lines = fieldOf(printed, "lines");
  assert.ok(Array.isArray(lines));
  await writeFile(`${folder}/typed.txt`, lines.join("\n"));
  await check.prints("key read", [`${folder}/typed.txt`, "--to", `${folder}/typed.pem`]);
  await assertSame(key, `${folder}/typed.pem`);
  await writeFile(`${folder}/wrong.txt`, lines.toSpliced(2, 1).join("\n"));
  const wrong = ["--to", `${folder}/wrong.pem`];
  await check.refuses("key read", [`${folder}/wrong.txt`, ...wrong], { exit: 4, code: "key-text-wrong" });
  await check.refuses("key read", wrong, { exit: 4, code: "key-not-typed" });

  const split = [key, "--shares", "5", "--threshold", "3", "--out", `${folder}/shares`];
  await check.prints("key split", split);
  await check.refuses("key split", split, { exit: 4, code: "file-exists" });
  await check.refuses("key split", split.with(4, "6"), { exit: 2, code: "split-invalid" });
  const shares = [1, 3, 5, 2].map((number) => `${folder}/shares/share-${number}.share`);
  const [one = "", two = "", three = ""] = shares;
  assert.equal((await stat(one)).mode & 0o777, 0o600);
  await check.prints("key join", [...shares.slice(0, 3), "--to", `${folder}/joined.pem`]);
  await assertSame(key, `${folder}/joined.pem`);
  const to = ["--to", `${folder}/none.pem`];
  await check.refuses("key join", [one, two, ...to], { exit: 4, code: "shares-too-few" });
  await check.refuses("key join", [one, two, one, ...to], { exit: 4, code: "share-twice" });
  await check.prints("key split", split.with(6, `${folder}/others`));
  await check.refuses("key join", [one, two, three.replace("/shares/", "/others/"), ...to], {
    exit: 4,
    code: "shares-mixed",
  });
  await check.refuses("key join", [one, two, `${folder}/typed.txt`, ...to], { exit: 4, code: "share-damaged" });
  await check.refuses("key join", [...shares, "--to", key], { exit: 4, code: "file-exists" });
}

async function assertSame(key: string, copy: string): Promise<void> {
  assert.ok((await readFile(key)).equals(await readFile(copy)), `${copy} is the key`);
  assert.equal((await stat(copy)).mode & 0o777, 0o600);
}
