// What `npm run release` makes: the same bytes twice, with a true list of what is in it; it installs and goes away again, and protects a disk where there is
// nothing of a checkout, of Node, or of anything else.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { KiB, MiB } from "@leeward/base";
import { buildConsole } from "@leeward/console/build";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { runProgram, tryProgram } from "../guest/program.ts";
import { Chain } from "../harness/chain.ts";
import { createPoint, liveDisk, savePoint, untilState } from "../harness/live-chain.ts";
import { fieldOf } from "../harness/shapes.ts";
import { enterableRoot } from "./empty-root.ts";
import { fileOf, type MadeRelease, makeRelease } from "./made-release.ts";

const DISK_BYTES = 8 * MiB;
const LIMIT_MS = 120_000;
const PROGRAM = "/usr/lib/leeward/agent/leeward";
const isRoot = process.getuid?.() === 0;
const mayNotSkip = process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const noDpkg = existsSync("/usr/bin/dpkg-deb") || mayNotSkip ? false : "dpkg-deb is not installed";

describe("a release", { skip: noDpkg }, () => {
  let folder: string;
  let release: MadeRelease;
  /** What the agent's package puts on a machine. */
  let root: string;
  let archive: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-packages-"));
    release = await makeRelease(join(folder, "one"), ["--role", "agent"]);
    root = join(folder, "root");
    await runProgram("dpkg-deb", ["-x", fileOf(release, /^leeward-agent_.*\.deb$/), root]);
    await runProgram("tar", ["-C", folder, "-xf", fileOf(release, /\.tar\.gz$/)]);
    archive = fileOf(release, /\.tar\.gz$/)
      .replace("/one/", "/")
      .replace(/\.tar\.gz$/, "");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("is the same to the byte when it is made once more, elsewhere", async () => {
    const scratch = join(folder, "another-scratch");
    await mkdir(scratch);
    const again = await makeRelease(join(folder, "two"), ["--role", "agent"], { TMPDIR: scratch });
    assert.deepEqual([...again.sums], [...release.sums]);
    assert.deepEqual(await readdir(scratch), []);
  });

  test("lists all that is in it, with licence and digest, and nothing else", async () => {
    const bill: unknown = JSON.parse(await readFile(fileOf(release, /^bill-of-materials/), "utf8"));
    const listed = componentsOf(bill);
    const application = join(root, "usr/lib/leeward/agent", await applicationOf(root));
    const found = [
      ...(await bundled(await sourcesIn(application))),
      ...(await bundled([...(await buildConsole({ minify: false })).files].map(([, content]) => content))),
      ...(await copied(join(application, "node_modules"))),
    ];
    assert.ok(found.length > 50, `${found.length} libraries are in it`);
    const names = listed.map((each) => `${String(fieldOf(each, "name"))}@${String(fieldOf(each, "version"))}`);
    const node = `node@${process.versions.node}`;
    assert.deepEqual(names.toSorted(), [...new Set([...found, node])].sort());
    for (const each of listed) {
      assert.ok(fieldOf(each, "licenses"), `${JSON.stringify(each)} has a licence`);
      if (fieldOf(each, "name") !== "node")
        assert.match(JSON.stringify(fieldOf(each, "hashes")), /SHA-512.*[0-9a-f]{128}/);
    }
    const texts = await readFile(join(root, "usr/lib/leeward/agent/LICENSES.txt"), "utf8");
    for (const each of listed)
      assert.ok(texts.includes(`${String(fieldOf(each, "name"))} ${String(fieldOf(each, "version"))} (`));
  });

  test("brings the manual for man(1), and the agent's hooks", async () => {
    for (const program of [join(root, "usr/lib/leeward/agent"), join(archive, "program")]) {
      const runbook = gunzipSync(await readFile(join(program, "share/man/man7/leeward-failover.7.gz"))).toString();
      assert.match(runbook, /^\.TH "LEEWARD\\-FAILOVER" 7/);
      assert.deepEqual((await readdir(join(program, "hooks"))).sort(), ["mysql", "postgresql"]);
      const configurator = await tryProgram(join(program, "UnifiedAgentConfigurator.sh"), ["-h"]);
      assert.deepEqual([configurator.code, configurator.stderr], [0, ""]);
      assert.match(configurator.stdout, /-i HOST {3}the config server/);
    }
    const postinst = await runProgram("dpkg-deb", ["-I", fileOf(release, /^leeward-agent_.*\.deb$/), "postinst"]);
    assert.match(postinst, /--slave \/usr\/share\/man\//);
  });

  test("installs with install.sh, over itself as well, and goes without a trace", async () => {
    const place = join(folder, "opt");
    const install = (...args: string[]) => tryProgram(join(archive, "install.sh"), ["-d", place, "-q", ...args]);
    const first = await install("-r", "management-server", "--no-service");
    assert.deepEqual([first.code, first.stdout, first.stderr], [0, "", ""]);
    assert.equal((await install("-r", "management-server", "--no-service")).code, 0);
    assert.deepEqual(await readdir(place), ["management-server"]);
    const version = await runProgram(join(place, "management-server/leeward"), ["--version"], {
      environment: { HOME: folder },
    });
    assert.equal(version, await readFile(join(place, "management-server/VERSION"), "utf8"));
    const refused = await install("-r", "config-server", "--no-service");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /a management server is in .* already/);
    assert.equal((await install("-u", "-r", "management-server")).code, 0);
    assert.equal(existsSync(place), false);
    assert.equal((await install("-u", "-r", "management-server")).code, 2, "it is not there");
  });

  test("is refused by install.sh before anything is done, where it cannot be installed", async () => {
    const refusals: readonly (readonly [RegExp, readonly string[]])[] = [
      [/say which role/, []],
      [/no such role: agents/, ["-r", "agents"]],
      [/absolute path/, ["-r", "agent", "-d", "opt"]],
      [/letters, digits/, ["-r", "agent", "-d", "/tmp/with space"]],
      [/unknown option --force/, ["-r", "agent", "--force"]],
      [/-r needs a value/, ["-r"]],
    ];
    for (const [said, args] of refusals) {
      const { code, stderr } = await tryProgram(join(archive, "install.sh"), args);
      assert.deepEqual([code, said.test(stderr)], [2, true], `${args.join(" ")}: ${stderr}`);
    }
  });

  test("that is damaged is not installed, and what was there stays", async () => {
    const place = join(folder, "opt-damaged");
    const install = () => tryProgram(join(archive, "install.sh"), ["-r", "agent", "-d", place, "-q", "--no-service"]);
    const main = join(archive, "program", await applicationIn(join(archive, "program")), "main.js");
    await rename(main, `${main}.away`);
    const alone = await install();
    assert.deepEqual([alone.code, existsSync(place)], [1, false], alone.stderr);
    await rename(`${main}.away`, main);
    assert.equal((await install()).code, 0);
    await rename(main, `${main}.away`);
    assert.equal((await install()).code, 1);
    await rename(`${main}.away`, main);
    assert.deepEqual(await readdir(place), ["agent"]);
    assert.equal((await tryProgram(join(place, "agent/leeward"), ["--version"])).code, 0);
  });

  test("protects a disk where there is nothing else", {
    skip: isRoot || mayNotSkip ? false : "only root can enter another root",
  }, async () => {
    const script = await enterableRoot(root, PROGRAM, tmpdir());
    process.env["LEEWARD_EXECUTABLE"] = script;
    const chain = await Chain.start({ machine: "bare" });
    try {
      const image = `${chain.sourceFolder}/disk.img`;
      await writeFile(image, randomBytes(DISK_BYTES));
      await chain.run("disk", "protect", chain.machine, "--path", image, "--name", "disk", "--timeout", "60");
      await untilState(chain, "disk", "protected");
      await writeOver(String((await liveDisk(chain, "disk")).nbdUri));
      const saved = await savePoint(chain, { disk: "disk", at: await createPoint(chain) });
      assert.equal(await digestOf(saved), await digestOf(image));
      for (const daemon of [chain.agent, chain.server]) assert.equal(await daemon?.stop(), 0, "it drained");
      chain.agent = undefined;
      chain.server = undefined;
    } finally {
      await chain.stop({ keep: false });
      delete process.env["LEEWARD_EXECUTABLE"];
    }
  });
});

async function writeOver(uri: string): Promise<void> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
  for (const at of [0, 3 * MiB, DISK_BYTES - 64 * KiB]) await client.write(at, randomBytes(64 * KiB), { fua: false });
  await client.flush();
}

async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

function applicationOf(root: string): Promise<string> {
  return applicationIn(join(root, "usr/lib/leeward/agent"));
}

async function applicationIn(folder: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.startsWith("app-"));
  assert.ok(found, `${folder} holds the program`);
  return found;
}

function componentsOf(bill: unknown): unknown[] {
  const parts = fieldOf(bill, "components");
  assert.ok(Array.isArray(parts));
  return parts;
}

/** Libraries by the paths that the bundler writes above each piece of their code, as name@version. */
async function bundled(sources: readonly Uint8Array[]): Promise<string[]> {
  const found = new Set<string>();
  const above = /^\s*\/[/*] (node_modules\/\.pnpm\/[^/\n]+\/node_modules\/(?:@[^/\n]+\/)?[^/\n]+)\//gm;
  for (const source of sources)
    for (const [, folder] of Buffer.from(source).toString().matchAll(above)) found.add(folder ?? "");
  const root = join(import.meta.dirname, "../../..");
  return Promise.all([...found].map((folder) => nameOf(join(root, folder))));
}

async function sourcesIn(application: string): Promise<Uint8Array[]> {
  const names = (await readdir(application)).filter((each) => each.endsWith(".js"));
  return Promise.all(names.map((name) => readFile(join(application, name))));
}

async function copied(modules: string): Promise<string[]> {
  const manifests = (await readdir(modules, { recursive: true })).filter((path) =>
    /^(@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  );
  return Promise.all(manifests.map((path) => nameOf(join(modules, path, ".."))));
}

async function nameOf(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return `${String(fieldOf(manifest, "name"))}@${String(fieldOf(manifest, "version"))}`;
}
