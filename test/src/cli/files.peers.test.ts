// Single files out of a point: by a server, and out of a journal alone, from a disk with partitions of every kind.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmod,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { peer, runPeer } from "@leeward/nbd/testing";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";
import { CommandCheck } from "./command-check.ts";

const MiB = 1 << 20;
const PEERS = ["mke2fs", "mkfs.fat", "mcopy", "sfdisk"].map(peer);
const skip = PEERS.find((each) => each.skip !== false)?.skip ?? false;
const ODD = [
  "two words",
  '"quoted"',
  "it's $(x) `y`",
  "new\nline",
  "-rf",
  "...",
  "ünï 漢字 🙂",
  "<8>",
  "\u001b[31mred",
];
const EXT = { number: 1, offset: MiB, bytes: 40 * MiB } as const;
const FAT = { number: 2, offset: 41 * MiB, bytes: 16 * MiB } as const;
const LVM = { number: 5, offset: 57 * MiB } as const;
const check = new CommandCheck();
let chain: Chain;
let home: readonly string[];
let offline: readonly string[];
let tree: string;
const LARGE = Buffer.alloc(3 * MiB + 11, "large content ");

before(async () => {
  if (skip !== false) return;
  chain = await Chain.start({ machine: "web" });
  home = ["--home", chain.serverHome];
  tree = `${chain.folder}/tree`;
  const image = `${chain.sourceFolder}/a.img`;
  await makeTree();
  await makeDisk(image);
  await check.prints("disk protect", ["web", "--path", image, "--name", "a", "--timeout", "60", ...home]);
  await eventually("the disk is protected", async () =>
    disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
  );
  await check.prints("point create", ["web", ...home]);
  await check.prints("key export", ["--to", `${chain.folder}/recovery.pem`, ...home]);
  offline = [`${chain.serverHome}/master-target/journal`, "--key", `${chain.folder}/recovery.pem`];
});

after(async () => {
  if (skip === false) await chain.stop({ keep: false });
});

async function makeTree(): Promise<void> {
  await mkdir(`${tree}/etc/deep/er`, { recursive: true });
  await mkdir(`${tree}/odd`);
  for (const name of ODD) await writeFile(`${tree}/odd/${name}`, `this is ${name}`);
  await writeFile(Buffer.concat([Buffer.from(`${tree}/odd/raw `), Buffer.from([0xff, 0x80])]), "raw");
  await writeFile(`${tree}/etc/hostname`, "web\n");
  await writeFile(`${tree}/etc/deep/er/large`, LARGE);
  await link(`${tree}/etc/deep/er/large`, `${tree}/etc/same as large`);
  await symlink("/etc/passwd", `${tree}/etc/out`);
  await symlink("deep", `${tree}/etc/way`);
  await writeFile(`${tree}/etc/secret`, "s");
  await chmod(`${tree}/etc/secret`, 0o4400);
  await utimes(`${tree}/etc/secret`, 1_000_000_000, 1_000_000_000);
  await using sparse = await open(`${tree}/sparse`, "w");
  await sparse.write("end", 20 * MiB);
}

async function makeDisk(image: string): Promise<void> {
  await writeFile(image, "");
  await truncate(image, 64 * MiB);
  const sectors = (bytes: number): number => bytes / 512;
  const table = `label: gpt
${EXT.number}: start=${sectors(EXT.offset)}, size=${sectors(EXT.bytes)}, name="root of web"
${FAT.number}: start=${sectors(FAT.offset)}, size=${sectors(FAT.bytes)}, type=U
${LVM.number}: start=${sectors(LVM.offset)}, size=${sectors(2 * MiB)}
`;
  const sfdisk = spawn(peer("sfdisk").path, ["-q", image], { stdio: ["pipe", "ignore", "inherit"] });
  sfdisk.stdin.end(table);
  assert.deepEqual(await once(sfdisk, "exit"), [0, null]);
  const offset = ["-E", `offset=${EXT.offset}`];
  await made("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "root", ...offset, "-d", tree, image, `${EXT.bytes / 1024}`]);
  await made("mkfs.fat", ["--offset", String(sectors(FAT.offset)), "-n", "BOOT", image, `${FAT.bytes / 1024}`]);
  await made("mcopy", ["-i", `${image}@@${FAT.offset}`, "-s", `${tree}/etc/deep`, "::"]);
  await using handle = await open(image, "r+");
  await handle.write("LABELONE", LVM.offset + 512);
}

async function made(tool: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await runPeer(peer(tool), args);
  assert.equal(code, 0, `${tool}: ${stderr}`);
}

/** Each way to the same files: the command, and what stands before and behind the action. */
const WAYS = [
  { command: "point files", before: (): readonly string[] => ["web", "a"], behind: () => ["--at", "latest", ...home] },
  { command: "journal files", before: () => offline.slice(0, 1), behind: () => offline.slice(1) },
];

for (const { command, before: first, behind } of WAYS) {
  const ask = (...what: readonly string[]) => check.prints(command, [...first(), ...what, ...behind()]);
  const refused = (exit: number, code: string, ...what: readonly string[]) =>
    check.refuses(command, [...first(), ...what, ...behind()], { exit, code });
  const itemsOf = (document: unknown): unknown[] => [fieldOf(document, "items")].flat();
  const root = ["--partition", "1"];

  test(`${command}: partitions, and what is in their folders`, { skip }, async () => {
    const partitions = itemsOf(await ask("partitions"));
    assert.deepEqual(
      partitions.map((each) =>
        ["number", "content", "readable", "name", "offsetBytes"].map((name) => fieldOf(each, name)),
      ),
      [
        [1, "ext", true, "root of web", EXT.offset],
        [2, "fat", true, "", FAT.offset],
        [5, "lvm", false, "", LVM.offset],
      ],
    );
    const listed = await ask("ls", "/odd", ...root);
    assert.deepEqual([fieldOf(listed, "fileSystem"), fieldOf(listed, "label")], ["ext4", "root"]);
    const names = itemsOf(listed).map((item) => fieldOf(item, "name"));
    assert.deepEqual(names.toSorted(), [...ODD, "raw \ufffd\ufffd"].toSorted());
    const raw = itemsOf(listed).find((item) => fieldOf(item, "nameHex") !== null);
    assert.equal(fieldOf(raw, "nameHex"), Buffer.from("raw ").toString("hex") + "ff80");
    const [secret] = itemsOf(await ask("ls", "etc/secret", ...root));
    assert.deepEqual(
      ["kind", "sizeBytes", "mode", "modifiedAt"].map((name) => fieldOf(secret, name)),
      ["file", 1, "4400", "2001-09-09T01:46:40.000000Z"],
    );
    const [deep] = itemsOf(await ask("ls", "--partition", "2"));
    assert.equal(fieldOf(deep, "name"), "deep");
    await refused(2, "partition-choice-invalid", "ls");
    await refused(2, "partition-choice-invalid", "ls", "--partition", "9");
    await refused(4, "file-system-unsupported", "ls", "--partition", "5");
    await refused(3, "guest-path-missing", "ls", "/etc/nothing", ...root);
    await refused(2, "guest-path-invalid", "ls", "/etc/way/er", ...root);
    await refused(2, "guest-path-invalid", "ls", "/etc/hostname/x", ...root);
    await refused(2, "guest-path-invalid", "ls", "/etc/../odd", ...root);
  });

  test(`${command}: a file is what it was, and nothing is written over`, { skip }, async () => {
    const to = `${chain.folder}/taken`;
    const taken = await ask("get", "/etc/deep/er/large", "--to", to, ...root);
    assert.equal(fieldOf(taken, "sha256"), createHash("sha256").update(LARGE).digest("hex"));
    assert.ok((await readFile(to)).equals(LARGE));
    await refused(4, "file-exists", "get", "/etc/secret", "--to", to, ...root);
    await rm(to);
    for (const name of ODD) {
      await ask("get", `/odd/${name}`, "--to", to, ...root);
      assert.equal(await readFile(to, "utf8"), `this is ${name}`);
      await rm(to);
    }
    await ask("get", "/deep/er/LARGE", "--to", to, "--partition", "2");
    assert.ok((await readFile(to)).equals(LARGE));
    await rm(to);
    await ask("get", "/sparse", "--to", to, ...root);
    const sparse = await stat(to);
    assert.deepEqual([sparse.size, sparse.blocks < 2_048], [20 * MiB + 3, true]);
    await rm(to);
    assert.ok(
      (await printed([...command.split(" "), ...first(), "get", "/etc/same as large", ...root, ...behind()])).equals(
        LARGE,
      ),
    );
    await refused(2, "guest-path-invalid", "get", "/etc/hostname", ...root);
    await refused(2, "guest-path-invalid", "get", "/etc/out", "--to", to, ...root);
  });

  test(`${command}: a folder comes whole, with its links as they are`, { skip }, async () => {
    const to = `${chain.folder}/all of it`;
    const taken = await ask("get", "/", "--to", to, ...root);
    const counts = ["files", "folders", "links", "sha256"].map((name) => fieldOf(taken, name));
    assert.deepEqual(counts, [ODD.length + 6, 6, 2, null]);
    assert.deepEqual(fieldOf(taken, "left"), []);
    await rm(`${to}/lost+found`, { recursive: true });
    await made("diff", ["-r", "--no-dereference", tree, to]);
    assert.equal(await readlink(`${to}/etc/out`), "/etc/passwd");
    const secret = await stat(`${to}/etc/secret`);
    assert.deepEqual([secret.mode & 0o7777, secret.mtimeMs], [0o400, 1_000_000_000_000]);
    assert.equal((await readdir(chain.folder)).filter((name) => name.includes("partial")).length, 0);
    await rm(to, { recursive: true });
    await refused(4, "file-exists", "get", "/odd", "--to", tree, ...root);
  });
}

test("no point stays open behind the commands", { skip }, async () => {
  assert.deepEqual(await check.prints("point opened", home), { items: [] });
});

/** What a command without --json writes to stdout. */
async function printed(args: readonly string[]): Promise<Buffer> {
  const executable = fileURLToPath(new URL("../../../leeward", import.meta.url));
  const child = spawn(executable, args, { stdio: ["ignore", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  assert.deepEqual(await once(child, "close"), [0, null]);
  return Buffer.concat(parts);
}
