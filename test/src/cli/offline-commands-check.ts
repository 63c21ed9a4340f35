import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { openStore } from "@leeward/object-store";
import { nodeClock, nodeRandom } from "@leeward/world";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import { storeJournal } from "../harness/stored-journal.ts";
import type { CommandCheck } from "./command-check.ts";
import { spawnLeeward } from "./spawn-leeward.ts";
import { spoil } from "./spoil.ts";

interface Offline {
  readonly chain: Chain;
  /** The folder of one disk's journal. */
  readonly journal: string;
}

/** Every command that recovers without a server: out of a journal's folder, and out of an object store that holds a copy of it. */
export async function checkOfflineCommands(check: CommandCheck, offline: Offline): Promise<void> {
  await checkJournalCommands(check, offline);
  await checkRestoreCommands(check, offline);
}

async function checkJournalCommands(check: CommandCheck, { chain, journal }: Offline): Promise<void> {
  const key = ["--key", `${chain.folder}/recovery.pem`];
  const all = `${chain.serverHome}/master-target/journal`;
  const listed = await check.prints("journal list", [all, ...key]);
  assert.notDeepEqual(listed, { items: [] });
  const file = `${chain.folder}/offline.img`;
  await check.prints("journal save", [`${all}/`, ...key, "--machine", "web", "--disk", "a", "--to", file]);
  assert.deepEqual(await readFile(file), await readFile(`${chain.sourceFolder}/a.img`));
  await check.prints("journal files", [all, "partitions", ...key, "--disk", "a"]);
  await serve(check, "journal", [journal, ...key]);

  await check.refuses("journal save", [all, ...key, "--to", file], { exit: 4, code: "save-target-exists" });
  await check.refuses("journal save", [all, ...key, "--disk", "zebra", "--to", `${file}.2`], {
    exit: 3,
    code: "disk-unknown",
  });
  await check.refuses("journal files", [all, "get", "/", ...key], { exit: 4, code: "file-system-unsupported" });
  await check.refuses("journal open", [chain.folder, ...key], { exit: 3, code: "journal-missing" });
  await check.refuses("journal list", [all, "--key", `${chain.serverHome}/ca.pem`], {
    exit: 2,
    code: "recovery-key-invalid",
  });

  const copy = `${chain.folder}/copy`;
  await cp(journal, copy, { recursive: true });
  const manifest = (await readdir(copy)).find((name) => name.startsWith("manifest-"));
  await spoil(`${copy}/${manifest}`, 4_100);
  await check.refuses("journal list", [copy, ...key], { exit: 7, code: "manifest-damaged" });
}

async function checkRestoreCommands(check: CommandCheck, { chain, journal }: Offline): Promise<void> {
  const url = `file://${chain.folder}/store`;
  await mkdir(`${chain.folder}/store`);
  const key = ["--key", `${chain.folder}/recovery.pem`];
  const place = ["--store", url, ...key];
  await check.refuses("restore list", place, { exit: 3, code: "store-journals-missing" });
  await writeFile(`${chain.folder}/store/writer.lease`, "");
  await check.refuses("restore list", place, { exit: 3, code: "store-journals-missing" });
  {
    await using store = await openStore({ url }, { clock: nodeClock, random: nodeRandom });
    await storeJournal(journal, store, journal.split("/").slice(-2).join("/"));
  }
  const listed = await check.prints("restore list", place);
  const idsOf = (list: unknown): unknown[] => [fieldOf(list, "items")].flat().map((item) => fieldOf(item, "id"));
  // Meanwhile the machine may have made more.
  const there = idsOf(await check.prints("journal list", [journal, ...key]));
  assert.deepEqual(idsOf(listed), there.slice(0, idsOf(listed).length));
  const times = [fieldOf(listed, "items")].flat().map((item) => String(fieldOf(item, "validUntil")));
  await check.prints("restore list", [...place, "--not-older-than", times.sort().at(-1) ?? ""]);
  await check.refuses("restore list", [...place, "--not-older-than", "2199-01-01T00:00:00Z"], {
    exit: 7,
    code: "store-set-back",
  });
  const file = `${chain.folder}/restored.img`;
  await check.prints("restore save", [...place, "--machine", "web", "--disk", "a", "--to", file]);
  assert.deepEqual(await readFile(file), await readFile(`${chain.sourceFolder}/a.img`));
  await check.prints("restore files", ["partitions", ...place, "--disk", "a"]);
  await serve(check, "restore", place);
  await check.refuses("restore save", [...place, "--to", file], { exit: 4, code: "save-target-exists" });
  await check.refuses("restore files", ["get", "/", ...place], { exit: 4, code: "file-system-unsupported" });
  await check.refuses("restore open", [...place, "--disk", "zebra"], { exit: 3, code: "disk-unknown" });
  await check.refuses("restore list", ["--store", "ftp://nowhere", ...key], { exit: 2, code: "store-url-invalid" });
}

/** `open` serves until it is told to stop, and leaves no socket behind. */
async function serve(check: CommandCheck, command: string, args: readonly string[]): Promise<void> {
  const served = spawnLeeward([command, "open", ...args, "--json"]);
  const lines: unknown[] = await once(createInterface({ input: served.stdout }), "line");
  const document: unknown = JSON.parse(String(lines[0]));
  check.holds(`${command} open`, document);
  const { address } = parseNbdUri(String(fieldOf(document, "nbdUri")));
  {
    await using device = await connectNbd(address, { exportName: "", clock: nodeClock }, AbortSignal.timeout(60_000));
    const bytes = new Uint8Array(4_096);
    await device.read(MiB, bytes);
    assert.deepEqual(bytes, new Uint8Array(4_096).fill(0x5a));
  }
  served.kill("SIGTERM");
  assert.deepEqual(await once(served, "exit"), [0, null]);
  assert("path" in address);
  await assert.rejects(readdir(address.path.slice(0, address.path.lastIndexOf("/"))), { code: "ENOENT" });
}
