import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { openStore } from "@leeward/object-store";
import { nodeClock, nodeRandom } from "@leeward/world";
import type { Chain } from "../harness/chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import { storeJournal } from "../harness/stored-journal.ts";
import type { CommandCheck } from "./command-check.ts";

/**
 * Every command that recovers out of an object store, with a journal of one disk that is copied into one. `serve` looks at what `open` serves.
 */
export async function checkRestoreCommands(
  check: CommandCheck,
  {
    chain,
    journal,
    serve,
  }: {
    readonly chain: Chain;
    readonly journal: string;
    readonly serve: (command: string, args: readonly string[]) => Promise<void>;
  },
): Promise<void> {
  const url = `file://${chain.folder}/store`;
  await mkdir(`${chain.folder}/store`);
  const key = ["--key", `${chain.folder}/recovery.pem`];
  const place = ["--store", url, ...key];
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
  await serve("restore", place);
  await check.refuses("restore save", [...place, "--to", file], { exit: 4, code: "save-target-exists" });
  await check.refuses("restore files", ["get", "/", ...place], { exit: 4, code: "file-system-unsupported" });
  await check.refuses("restore open", [...place, "--disk", "zebra"], { exit: 3, code: "disk-unknown" });
  await check.refuses("restore list", ["--store", "ftp://nowhere", ...key], { exit: 2, code: "store-url-invalid" });
}
