import assert from "node:assert/strict";
import { test } from "node:test";
import { type Files, makeDurableFolder, readFile, removeReplaced, replaceFile } from "../files.ts";

export interface FilesSubject extends AsyncDisposable {
  readonly files: Files;
  /** A folder that exists and is empty. */
  readonly folder: string;
}

const missing = { code: "file-missing", kind: "operator" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

/** What every Files keeps while nothing goes wrong. What a crash leaves is the simulated one's own test. */
export function filesSuite(name: string, open: () => Promise<FilesSubject>): void {
  handleTests(name, open);
  nameTests(name, open);
  refusalTests(name, open);
}

async function contentOf({ files }: FilesSubject, path: string): Promise<string> {
  return text(await readFile(files, path, 1 << 20));
}

async function put({ files }: FilesSubject, path: string, content: string): Promise<void> {
  await using handle = await files.open(path, "create");
  await handle.write([bytes(content)], 0);
}

function handleTests(name: string, open: () => Promise<FilesSubject>): void {
  test(`${name}: parts are written one after another and read back`, async () => {
    await using subject = await open();
    const path = `${subject.folder}/a`;
    await using handle = await subject.files.open(path, "create");
    await handle.write([bytes("one"), bytes(""), bytes("two")], 0);
    await handle.write([bytes("!")], 6);
    await handle.write([], 0);
    await handle.datasync();
    assert.equal(await handle.sizeBytes(), 7);
    const target = new Uint8Array(3);
    assert.equal(await handle.read(target, 2), 3);
    assert.equal(text(target), "etw");
  });

  test(`${name}: a read past the end returns what there was`, async () => {
    await using subject = await open();
    await put(subject, `${subject.folder}/a`, "12345");
    await using handle = await subject.files.open(`${subject.folder}/a`, "read");
    const target = new Uint8Array(8).fill(9);
    assert.equal(await handle.read(target, 3), 2);
    assert.deepEqual([...target], [52, 53, 9, 9, 9, 9, 9, 9]);
    assert.equal(await handle.read(target, 5), 0);
    assert.equal(await handle.read(target, 4_000), 0);
    assert.equal(await handle.read(new Uint8Array(0), 0), 0);
  });

  test(`${name}: thousands of parts arrive whole`, async () => {
    await using subject = await open();
    await using handle = await subject.files.open(`${subject.folder}/a`, "create");
    const parts = Array.from({ length: 3_000 }, (_, index) => Uint8Array.of(index % 256, index >> 8));
    await handle.write(parts, 5);
    const back = new Uint8Array(6_005);
    assert.equal(await handle.read(back, 0), 6_005);
    assert.deepEqual(back.subarray(5), Uint8Array.from(parts.flatMap((part) => [...part])));
  });

  test(`${name}: a hole reads as zeroes, and truncate cuts and extends`, async () => {
    await using subject = await open();
    await using handle = await subject.files.open(`${subject.folder}/a`, "create");
    await handle.write([bytes("x")], 10_000);
    const target = new Uint8Array(4).fill(1);
    await handle.read(target, 5_000);
    assert.deepEqual([...target], [0, 0, 0, 0]);
    await handle.write([bytes("abcdef")], 0);
    await handle.truncate(3);
    assert.equal(await handle.sizeBytes(), 3);
    await handle.truncate(6);
    const whole = new Uint8Array(9);
    assert.equal(await handle.read(whole, 0), 6);
    assert.deepEqual([...whole], [97, 98, 99, 0, 0, 0, 0, 0, 0]);
  });

  test(`${name}: calls side by side on one handle do not disturb one another`, async () => {
    await using subject = await open();
    await using handle = await subject.files.open(`${subject.folder}/a`, "create");
    const blocks = Array.from({ length: 40 }, (_, index) => new Uint8Array(1_000).fill(index));
    await Promise.all(blocks.map((block, index) => handle.write([block], index * 1_000)));
    await Promise.all(
      blocks.map(async (block, index) => {
        const target = new Uint8Array(1_000);
        assert.equal(await handle.read(target, index * 1_000), 1_000);
        assert.deepEqual(target, block);
      }),
    );
  });

  test(`${name}: close waits for what is under way, may be called twice, and ends the handle`, async () => {
    await using subject = await open();
    const path = `${subject.folder}/a`;
    const handle = await subject.files.open(path, "create");
    const write = handle.write([new Uint8Array(100_000).fill(5)], 0);
    await Promise.all([handle.close(), write, handle.close()]);
    assert.equal((await subject.files.status(path))?.sizeBytes, 100_000);
    await assert.rejects(handle.read(new Uint8Array(1), 0), { name: "AssertionFailure" });
    await assert.rejects(handle.write([bytes("x")], 0), { name: "AssertionFailure" });
  });

  test(`${name}: a removed file lives on for who has it open`, async () => {
    await using subject = await open();
    const path = `${subject.folder}/a`;
    await put(subject, path, "still here");
    await using handle = await subject.files.open(path, "read");
    await subject.files.remove(path);
    await put(subject, path, "another");
    const target = new Uint8Array(10);
    await handle.read(target, 0);
    assert.equal(text(target), "still here");
  });
}

function nameTests(name: string, open: () => Promise<FilesSubject>): void {
  test(`${name}: names are listed sorted by code unit`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    for (const each of ["b", "a", "B", "10", "9", "é"]) await put(subject, `${folder}/${each}`, "");
    await files.makeFolder(`${folder}/c`);
    assert.deepEqual(await files.list(folder), ["10", "9", "B", "a", "b", "c", "é"]);
    assert.deepEqual(await files.list(`${folder}/c`), []);
  });

  test(`${name}: folders are made with those above, and again`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await files.makeFolder(`${folder}/x/y/z`);
    await files.makeFolder(`${folder}/x/y/z`);
    await put(subject, `${folder}/x/y/z/file`, "deep");
    await files.makeFolder(`${folder}/x`);
    assert.equal(await contentOf(subject, `${folder}/x/y/z/file`), "deep");
    await makeDurableFolder(files, folder, `${folder}/x/other/folder`);
    assert.equal((await files.status(`${folder}/x/other/folder`))?.kind, "folder");
    await files.syncFolder(folder);
  });

  test(`${name}: rename moves, replaces, and keeps what is open`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await put(subject, `${folder}/old`, "old");
    await put(subject, `${folder}/new`, "new");
    await using handle = await files.open(`${folder}/new`, "update");
    await files.rename(`${folder}/new`, `${folder}/old`);
    await handle.write([bytes("N")], 0);
    assert.equal(await contentOf(subject, `${folder}/old`), "New");
    assert.deepEqual(await files.list(folder), ["old"]);
    await files.rename(`${folder}/old`, `${folder}/old`);
    assert.deepEqual(await files.list(folder), ["old"]);
    await files.makeFolder(`${folder}/into`);
    await files.rename(`${folder}/old`, `${folder}/into/moved`);
    await files.rename(`${folder}/into`, `${folder}/onto`);
    assert.equal(await contentOf(subject, `${folder}/onto/moved`), "New");
  });

  test(`${name}: status tells kind and size, and undefined for nothing`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await put(subject, `${folder}/a`, "abc");
    const status = await files.status(`${folder}/a`);
    assert.deepEqual([status?.kind, status?.sizeBytes], ["file", 3]);
    assert.equal(Number.isFinite(status?.modifiedMicros), true);
    assert.equal((await files.status(folder))?.kind, "folder");
    assert.equal(await files.status(`${folder}/nothing`), undefined);
    assert.equal(await files.status(`${folder}/nothing/below`), undefined);
    assert.equal(await files.status(`${folder}/a/below`), undefined);
  });

  test(`${name}: a folder is removed with all that is in it, and one that is not there is no error`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await files.makeFolder(`${folder}/x/y`);
    await put(subject, `${folder}/x/y/a`, "a");
    await put(subject, `${folder}/x/b`, "b");
    await files.removeFolder(`${folder}/x`);
    assert.equal(await files.status(`${folder}/x`), undefined);
    await files.removeFolder(`${folder}/x`);
    assert.deepEqual(await files.list(folder), []);
  });

  test(`${name}: a file is replaced whole, also over what an interrupted attempt left`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await replaceFile(files, folder, "a", bytes("first, and longer"));
    await put(subject, `${folder}/a.new`, "left behind");
    await replaceFile(files, folder, "a", bytes("second"));
    assert.equal(await contentOf(subject, `${folder}/a`), "second");
    assert.deepEqual(await files.list(folder), ["a"]);
  });

  test(`${name}: what was replaced is removed with what an interrupted attempt left, and nothing of it again`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await put(subject, `${folder}/b`, "another");
    await replaceFile(files, folder, "a", bytes("whole"));
    await put(subject, `${folder}/a.new`, "left behind");
    await removeReplaced(files, folder, "a");
    assert.deepEqual(await files.list(folder), ["b"]);
    await put(subject, `${folder}/a.new`, "left behind");
    await removeReplaced(files, folder, "a");
    await removeReplaced(files, folder, "a");
    assert.deepEqual(await files.list(folder), ["b"]);
  });

  test(`${name}: space is told`, async () => {
    await using subject = await open();
    const { totalBytes, freeBytes } = await subject.files.space(subject.folder);
    assert.equal(totalBytes >= freeBytes && freeBytes > 0, true);
  });
}

function refusalTests(name: string, open: () => Promise<FilesSubject>): void {
  test(`${name}: what is not there is file-missing`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    const nothing = `${folder}/nothing`;
    await put(subject, `${folder}/a`, "");
    for (const mode of ["read", "update"] as const) await assert.rejects(files.open(nothing, mode), missing);
    await assert.rejects(files.open(`${nothing}/a`, "create"), missing);
    await assert.rejects(files.open(`${folder}/a/b`, "create"), missing);
    await assert.rejects(files.list(nothing), missing);
    await assert.rejects(files.list(`${folder}/a`), missing);
    await assert.rejects(files.remove(nothing), missing);
    await assert.rejects(files.rename(nothing, `${folder}/x`), missing);
    await assert.rejects(files.rename(`${folder}/a`, `${nothing}/x`), missing);
    await assert.rejects(files.syncFolder(nothing), missing);
    await assert.rejects(files.space(nothing), missing);
  });

  test(`${name}: create refuses a name that is taken`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await put(subject, `${folder}/a`, "kept");
    await files.makeFolder(`${folder}/x`);
    await assert.rejects(files.open(`${folder}/a`, "create"), { code: "file-exists", kind: "operator" });
    await assert.rejects(files.open(`${folder}/x`, "create"), { code: "file-exists" });
    await assert.rejects(files.makeFolder(`${folder}/a`), { code: "file-exists" });
    assert.equal(await contentOf(subject, `${folder}/a`), "kept");
  });

  test(`${name}: a folder is no file, a full folder is not replaced, a reader does not write`, async () => {
    await using subject = await open();
    const { files, folder } = subject;
    await files.makeFolder(`${folder}/x/y`);
    await put(subject, `${folder}/a`, "kept");
    await assert.rejects(files.open(`${folder}/x`, "update"), { code: "io-failed", kind: "transient" });
    await assert.rejects(files.remove(`${folder}/x`), { code: "io-failed" });
    await assert.rejects(files.rename(`${folder}/a`, `${folder}/x`), { code: "io-failed" });
    await using handle = await files.open(`${folder}/a`, "read");
    await assert.rejects(handle.write([bytes("z")], 0), { code: "io-failed" });
    assert.equal(await contentOf(subject, `${folder}/a`), "kept");
  });

  test(`${name}: a file larger than believed is not read`, async () => {
    await using subject = await open();
    await put(subject, `${subject.folder}/a`, "123456");
    assert.equal(text(await readFile(subject.files, `${subject.folder}/a`, 6)), "123456");
    await assert.rejects(readFile(subject.files, `${subject.folder}/a`, 5), {
      code: "file-too-large",
      kind: "corruption",
    });
  });
}
