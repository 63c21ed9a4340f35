import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { nodeFiles } from "@leeward/world";
import { type AgentPackage, choosePackage } from "./agent-packages.ts";
import { folderPackages } from "./folder-packages.ts";
import { joinedPackages, storedPackages } from "./stored-packages.ts";

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test("a release's folder has what its sums name, whole or not at all", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-packages-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const packages = folderPackages(nodeFiles({ io: "thread-pool" }), folder);
  assert.deepEqual(await packages.list(), []);
  const content = randomBytes(700_000);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const [deb, archive] = ["leeward-agent_0.2.0-1_amd64.deb", "leeward-0.1.0-linux-x64.tar.gz"];
  for (const name of [deb, archive, "leeward-master-target_0.2.0-1_amd64.deb", "leeward-agent_0.9.0-1_amd64.deb"])
    await writeFile(join(folder, name), content);
  const lines = [
    deb,
    archive,
    "../leeward-0.3.0-linux-x64.tar.gz",
    "leeward-0.4.0-linux-x64.tar.gz",
    "leeward-master-target_0.2.0-1_amd64.deb",
  ];
  await writeFile(join(folder, "SHA256SUMS"), lines.map((name) => `${sha256}  ${name}\n`).join(""));
  const found = await packages.list();
  assert.deepEqual(
    found.map(({ version, kind, sizeBytes }) => [version, kind, sizeBytes]),
    [
      ["0.2.0", "deb", 700_000],
      ["0.1.0", "tar.gz", 700_000],
    ],
  );
  const [first] = found;
  assert.ok(first !== undefined);
  assert.deepEqual(await bytesOf(packages.open(first)), content);
  for (const damaged of [content.with(3, (content[3] ?? 0) ^ 1), content.subarray(0, 699_999)]) {
    await writeFile(join(folder, deb), damaged);
    let got = 0;
    await assert.rejects(
      async () => {
        for await (const piece of packages.open(first)) got += piece.length;
      },
      { code: "push-package-damaged" },
    );
    assert.ok(got < damaged.length, "the last piece of a damaged package is never given");
  }
});

test("the newest package of the first kind that there is is taken, or the version that was asked for", () => {
  const of = (version: string, kind: AgentPackage["kind"]): AgentPackage => ({
    version,
    kind,
    platform: "linux-x64",
    file: "f",
    sha256: "",
    sizeBytes: 1,
  });
  const all = [of("0.9.0", "deb"), of("0.10.0", "deb"), of("0.10.0-rc.1", "deb"), of("1.0.0", "tar.gz")];
  assert.equal(choosePackage(all, { version: "", kinds: ["deb", "tar.gz"] })?.version, "0.10.0");
  assert.equal(choosePackage(all, { version: "", kinds: ["tar.gz"] })?.version, "1.0.0");
  assert.equal(choosePackage(all, { version: "1.0.0", kinds: ["deb", "tar.gz"] })?.kind, "tar.gz");
  assert.equal(choosePackage(all, { version: "2.0.0", kinds: ["deb", "tar.gz"] }), undefined);
});

test("a package is the first one's that has it, and comes piece by piece, whole or not at all", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-packages-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const content = randomBytes(2_300_000);
  const sha256 = createHash("sha256").update(content).digest();
  const archive = "leeward-0.1.0-linux-x64.tar.gz";
  await writeFile(join(folder, archive), content);
  await writeFile(join(folder, "SHA256SUMS"), `${sha256.toString("hex")}  ${archive}\n`);
  let there: Uint8Array = content;
  const item = { sizeBytes: content.length, sha256 };
  const newer = "leeward-agent_0.2.0-1_amd64.deb";
  const other = { file: newer, sizeBytes: content.length, sha256: createHash("sha256").update("other").digest() };
  const stored = storedPackages({
    list: async () => [{ file: archive, ...item }, other, { file: "notes.txt", ...item }],
    read: async ({ offset, length }) => there.subarray(offset, offset + length),
  });
  const packages = joinedPackages([folderPackages(nodeFiles({ io: "thread-pool" }), folder), stored]);
  const found = await packages.list();
  assert.deepEqual(
    found.map(({ file }) => file),
    [archive, newer],
  );
  const [first, second] = found;
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual(await bytesOf(packages.open(first)), content);
  await assert.rejects(bytesOf(packages.open(second)), { code: "push-package-damaged" });
  const [alone] = await stored.list();
  assert.ok(alone !== undefined);
  assert.deepEqual(await bytesOf(stored.open(alone)), content);
  there = content.subarray(0, 1_000);
  await assert.rejects(bytesOf(stored.open(alone)), { code: "push-package-damaged" });
  const away = storedPackages({
    list: async () => {
      throw new Fault({ code: "peer-outdated", kind: "operator", message: "Older.", remedy: "Upgrade it." });
    },
    read: async () => content,
  });
  assert.deepEqual(await away.list(), []);
});
