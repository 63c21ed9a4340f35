// Points taken to Azure by the commands: by a server and out of a journal, on Azurite over TLS, downloaded and compared by QEMU.
import assert from "node:assert/strict";
import { mkdir, open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { peer, runPeer } from "@leeward/nbd/testing";
import { openStore } from "@leeward/object-store";
import { downloadFromAzurite, PeerStore, peerStoreSkip } from "@leeward/object-store/testing";
import { nodeClock, nodeRandom } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";
import { storeJournal } from "../harness/stored-journal.ts";
import { CommandCheck } from "./command-check.ts";

const MiB = 1 << 20;
const DISK_BYTES = 24 * MiB + 512;
const qemuImg = peer("qemu-img");
const skip = peerStoreSkip || qemuImg.skip;
const check = new CommandCheck();
let chain: Chain;
let home: readonly string[];
let azurite: PeerStore;
let key: string;

before(async () => {
  if (skip !== false) return;
  azurite = await PeerStore.azurite();
  chain = await Chain.start({ machine: "web" });
  home = ["--home", chain.serverHome];
  const image = `${chain.sourceFolder}/a.img`;
  await writeFile(image, "");
  await truncate(image, DISK_BYTES);
  {
    await using handle = await open(image, "r+");
    await handle.write(Buffer.alloc(MiB, "what is on the disk "), 0, MiB, 3 * MiB + 512);
    await handle.write(Buffer.alloc(512, "at its end "), 0, 512, DISK_BYTES - 512);
  }
  await check.prints("disk protect", ["web", "--path", image, "--name", "a", "--timeout", "60", ...home]);
  await eventually("the disk is protected", async () =>
    disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
  );
  await check.prints("point create", ["web", ...home]);
  key = `${chain.folder}/recovery.pem`;
  await check.prints("key export", ["--to", key, ...home]);
});

after(async () => {
  if (skip !== false) return;
  await chain.stop({ keep: false });
  await azurite[Symbol.asyncDispose]();
});

/** The options of the blob at `path` of the container. */
function to(path: string): string[] {
  const { url, credentialsFile, caFile } = azurite.place(path);
  return ["--to", url, "--store-credentials-file", credentialsFile, "--store-ca-file", caFile];
}

/** What was published is the point of it, as QEMU sees both. */
async function isThePoint(path: string, published: unknown): Promise<void> {
  const point = String(fieldOf(published, "point"));
  const [saved, downloaded] = [`${chain.folder}/${point}.img`, `${chain.folder}/downloaded.vhd`];
  await check.prints("point save", ["web", "a", "--at", point, "--to", saved, "--force", ...home]);
  for (const snapshot of [undefined, String(fieldOf(published, "snapshot"))]) {
    await downloadFromAzurite(azurite, { path, snapshot }, downloaded);
    const info = await runPeer(qemuImg, ["info", "--output=json", "-f", "vpc", downloaded]);
    assert.equal(fieldOf(JSON.parse(info.stdout), "virtual-size"), 25 * MiB, info.stderr);
    const compared = await runPeer(qemuImg, ["compare", "-f", "vpc", "-F", "raw", downloaded, saved]);
    assert.equal(compared.code, 0, compared.stdout + compared.stderr);
  }
}

test("point publish: the blob is the point, and the next point writes what differs", { skip }, async () => {
  const first = await check.prints("point publish", ["web", "a", "--at", "latest", ...to("web/a.vhd"), ...home]);
  assert.deepEqual(
    ["virtualBytes", "clearedBytes", "snapshots"].map((name) => fieldOf(first, name)),
    [25 * MiB, 0, 1],
  );
  await isThePoint("web/a.vhd", first);
  const again = await check.prints("point publish", [
    ...["web", "a", "--at", String(fieldOf(first, "point")), ...to("web/a.vhd"), ...home],
  ]);
  assert.deepEqual([fieldOf(again, "writtenBytes"), fieldOf(again, "snapshots")], [0, 1]);
  await check.prints("point create", ["web", ...home]);
  const second = await check.prints("point publish", [
    ...["web", "a", "--at", "latest", "--keep", "1", ...to("web/a.vhd"), ...home],
  ]);
  assert.deepEqual(
    [fieldOf(second, "writtenBytes"), fieldOf(second, "snapshots")],
    [0, 1],
    "nothing was written since",
  );
  await isThePoint("web/a.vhd", second);
  assert.deepEqual(await check.prints("point opened", home), { items: [] });
});

test("point template: what makes the machine names what was published", { skip }, async () => {
  const settings = ["cpus=4", "memoryMib=20000", "firmware=uefi", "bootDisk=a"];
  await check.prints("machine recovery", ["web", ...settings, ...home]);
  const out = `${chain.folder}/template`;
  const blobs = azurite.place("web").url;
  const args = ["web", "--at", "latest", "--blobs", blobs, "--out", out, ...home];
  const written = await check.prints("point template", args);
  assert.deepEqual([fieldOf(written, "files")].flat().length, 3);
  const [disk] = [fieldOf(written, "disks")].flat();
  const template = await readFile(`${out}/template.json`, "utf8");
  assert.match(template, /"Standard_D8s_v5"/);
  assert.match(template, /"defaultValue": "V2"/);
  assert.ok((await readFile(`${out}/parameters.json`, "utf8")).includes(JSON.stringify(fieldOf(disk, "blob"))));
  const script = await readFile(`${out}/deploy.sh`, "utf8");
  assert.ok(script.includes(String(fieldOf(disk, "blob"))) && script.includes(String(fieldOf(written, "point"))));
  await check.refuses("point template", args, { exit: 4, code: "file-exists" });
  await check.refuses(
    "point template",
    ["web", "--at", "a".repeat(32), "--blobs", blobs, "--out", `${out}2`, ...home],
    {
      exit: 3,
      code: "point-missing",
    },
  );
});

test("journal publish: the same without a server", { skip }, async () => {
  const journal = `${chain.serverHome}/master-target/journal`;
  const published = await check.prints("journal publish", [journal, "--key", key, ...to("offline.vhd")]);
  await isThePoint("offline.vhd", published);
});

test("restore publish: the same out of an object store, with the account's own credentials", { skip }, async () => {
  const all = `${chain.serverHome}/master-target/journal`;
  const [machine = ""] = await readdir(all);
  const [disk = ""] = await readdir(`${all}/${machine}`);
  const store = `${chain.folder}/store`;
  await mkdir(store);
  {
    await using opened = await openStore({ url: `file://${store}` }, { clock: nodeClock, random: nodeRandom });
    await storeJournal(`${all}/${machine}/${disk}`, opened, `${machine}/${disk}`);
  }
  const target = to("restored.vhd").map((each) => each.replace(/^--store-/, "--to-"));
  const place = ["--store", `file://${store}`, "--key", key];
  const published = await check.prints("restore publish", [...place, ...target]);
  await isThePoint("restored.vhd", published);
});

test("what cannot be published is refused, and nothing is left open", { skip }, async () => {
  const of = ["web", "a", "--at", "latest"];
  await check.refuses("point publish", [...of, "--to", "file:///nowhere", ...home], {
    exit: 2,
    code: "store-url-invalid",
  });
  await check.refuses("point publish", [...of, ...to("x.vhd"), "--keep", "0", ...home], { exit: 2 });
  await downloadFromAzurite(azurite, { path: "web/a.vhd", snapshot: undefined }, `${chain.folder}/before.vhd`);
  const other = `${chain.sourceFolder}/b.img`;
  await writeFile(other, Buffer.alloc(MiB, 1));
  await check.prints("disk protect", ["web", "--path", other, "--name", "b", "--timeout", "60", ...home]);
  await check.prints("point create", ["web", ...home]);
  await check.refuses("point publish", ["web", "b", "--at", "latest", ...to("web/a.vhd"), ...home], {
    exit: 4,
    code: "page-blob-unsuitable",
  });
  assert.deepEqual(await check.prints("point opened", home), { items: [] });
});
