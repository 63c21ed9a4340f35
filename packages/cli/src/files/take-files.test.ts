// A tree such as only somebody who means harm would make: nothing of it reaches beyond the folder that is written.
import assert from "node:assert/strict";
import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "@leeward/base";
import type { Entry, EntryKind, FileTree, Node, Piece } from "@leeward/file-system";
import { type Found, lookUp } from "./guest-files.ts";
import { takeFiles } from "./node-take-files.ts";
import { hexUnlessText, plainName } from "./plain-name.ts";

const folder = await mkdtemp(join(tmpdir(), "leeward-take-"));
after(() => rm(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;
const random = seededRandom(1);

interface Thing {
  readonly id: number;
  readonly kind: EntryKind;
  readonly mode?: number;
  /** A file's content, or a link's target. */
  readonly text?: string;
  readonly holeBytes?: number;
  readonly below?: readonly (readonly [string, number])[];
}

/** A tree of things by number, in which a folder may hold anything, also itself; 1 is the root. */
function treeOf(things: readonly Thing[]): FileTree {
  const thing = (id: number): Thing => things.find((each) => each.id === id) ?? assert.fail(`there is no ${id}`);
  const nodeOf = (id: number): Node => {
    const { kind, mode = 0o644, text = "", holeBytes = 0 } = thing(id);
    return { id, kind, sizeBytes: text.length + holeBytes, mode, modifiedMicros: 1_000_000, owner: null };
  };
  return {
    fileSystem: "made up",
    label: "",
    replayedBlocks: null,
    root: async () => nodeOf(1),
    list: async ({ id }) =>
      (thing(id).below ?? []).map(
        ([name, below]): Entry => ({ name: Buffer.from(name, "latin1"), node: nodeOf(below) }),
      ),
    async *content({ id }): AsyncGenerator<Piece> {
      const { text = "", holeBytes = 0 } = thing(id);
      if (holeBytes > 0) yield { holeBytes };
      if (text === "broken") throw new Error("the disk does not give it");
      yield { data: Buffer.from(text) };
    },
    linkTarget: async ({ id }) => Buffer.from(thing(id).text ?? ""),
    isNamed: (entry, name) => Buffer.compare(entry.name, name) === 0,
  };
}

async function rootOf(tree: FileTree): Promise<Found> {
  return { path: "/", name: new Uint8Array(), node: await tree.root() };
}

test("two entries of one name, one of them a link out, write nothing beyond", async () => {
  const outside = join(folder, "outside");
  await writeFile(outside, "untouched");
  const tree = treeOf([
    {
      id: 1,
      kind: "folder",
      mode: 0o555,
      below: [
        ["a", 2],
        ["a", 3],
        ["b", 4],
        ["b", 5],
        ["c", 5],
        ["c", 4],
        ["pipe", 6],
      ],
    },
    { id: 2, kind: "symlink", text: folder },
    { id: 3, kind: "folder", mode: 0o500, below: [["outside", 5]] },
    { id: 4, kind: "symlink", text: outside },
    { id: 5, kind: "file", mode: 0o6777, text: "evil" },
    { id: 6, kind: "other" },
  ]);
  const to = join(folder, "taken");
  const failing = takeFiles(tree, await rootOf(tree), { to, random, signal });
  // Which of them is meant nobody can say: all of it is given up.
  await assert.rejects(failing, { code: "file-not-taken" });
  assert.equal(await readFile(outside, "utf8"), "untouched");
  assert.deepEqual(await readdir(folder), ["outside"]);
});

test("folders that lead in a circle, devices and second names are left out and told", async () => {
  const tree = treeOf([
    {
      id: 1,
      kind: "folder",
      below: [
        ["down", 2],
        ["x", 4],
        ["x", 5],
        ["dev", 6],
        ["link", 7],
      ],
    },
    {
      id: 2,
      kind: "folder",
      below: [
        ["up", 1],
        ["self", 2],
        ["again", 3],
      ],
    },
    { id: 3, kind: "folder" },
    { id: 4, kind: "file", mode: 0o6755, text: "first", holeBytes: 5_000_000 },
    { id: 5, kind: "file", text: "second" },
    { id: 6, kind: "other" },
    { id: 7, kind: "symlink", text: "../../../etc/passwd" },
  ]);
  const to = join(folder, "circle");
  const taken = await takeFiles(tree, await rootOf(tree), { to, random, signal });
  assert.deepEqual(taken.left.map(({ path }) => path).toSorted(), ["/dev", "/down/self", "/down/up", "/x"]);
  assert.deepEqual([taken.files, taken.folders, taken.links], [1, 3, 1]);
  const status = await lstat(join(to, "x"));
  assert.deepEqual([status.size, status.mode & 0o7777, status.blocks < 1_000], [5_000_005, 0o755, true]);
  assert.equal(await readlink(join(to, "link")), "../../../etc/passwd");
  await rm(to, { recursive: true });
});

test("what fails half-way leaves nothing behind", async () => {
  const tree = treeOf([
    {
      id: 1,
      kind: "folder",
      below: [
        ["good", 2],
        ["bad", 3],
      ],
    },
    { id: 2, kind: "file", text: "good" },
    { id: 3, kind: "file", text: "broken" },
  ]);
  const failing = takeFiles(tree, await rootOf(tree), { to: join(folder, "half"), random, signal });
  await assert.rejects(failing, { message: "the disk does not give it" });
  assert.deepEqual(await readdir(folder), ["outside"]);
});

test("a path leads through folders alone, by names as they are", async () => {
  const tree = treeOf([
    {
      id: 1,
      kind: "folder",
      below: [
        ["*", 2],
        ["to", 3],
        ["-rf", 2],
      ],
    },
    { id: 2, kind: "folder", below: [["<8>\n", 4]] },
    { id: 3, kind: "symlink", text: "*" },
    { id: 4, kind: "file", text: "x" },
  ]);
  assert.equal((await lookUp(tree, "//*/./<8>\n/")).node.id, 4);
  assert.equal((await lookUp(tree, "-rf")).node.id, 2);
  for (const [path, code] of [
    ["/to/x", "guest-path-invalid"],
    ["/*/<8>\n/x", "guest-path-invalid"],
    ["/*/../to", "guest-path-invalid"],
    ["/a", "guest-path-missing"],
  ] as const)
    await assert.rejects(lookUp(tree, path), { code });
});

test("a name does nothing to a terminal, and can be told from another", () => {
  assert.equal(plainName(Buffer.from("a\u001b[31m\n\u202eb\\")), "a\\u{1b}[31m\\u{a}\\u{202e}b\\\\");
  assert.equal(plainName(Uint8Array.of(0x61, 0xff)), "a\ufffd");
  assert.equal(hexUnlessText(Uint8Array.of(0x61, 0xff)), "61ff");
  assert.equal(hexUnlessText(Buffer.from("ü")), null);
});
