// The agent as a release has it for Windows, under Windows' Node in Wine, with servers that run natively: evidence for the program's own code and for how it calls Windows,
// and for nothing of Windows itself (docs/manual/windows.md).
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MiB } from "@leeward/base";
import { runProgram } from "../guest/program.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { fieldOf } from "../harness/shapes.ts";
import { fileOf, makeRelease } from "../release/made-release.ts";
import { WineMachine, wineSkip } from "./wine/wine-machine.ts";

const FACTS = fileURLToPath(new URL("./wine/drive-facts.ts", import.meta.url));
const OF_RELEASE = fileURLToPath(new URL("../../../release/node_modules", import.meta.url));
const HOME = "C:\\Agent Größe\\home";
const DISK = "\\\\.\\E:";

describe("the agent on Windows", { skip: wineSkip() }, () => {
  let folder: string;
  let chain: Chain;
  let windows: WineMachine;
  let image: Buffer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-windows-"));
    const archive = fileOf(await makeRelease(join(folder, "release"), ["--kind", "zip"]), /windows-x64\.zip$/);
    windows = await WineMachine.start(archive);
    image = randomBytes(5 * MiB);
    await writeFile(join(folder, "disk.img"), image);
    await windows.addDisk("E", join(folder, "disk.img"));
    await writeFile(join(windows.driveC, "disk.img"), image);
    chain = await Chain.start({ machine: "winbox", reachedAt: "127.0.0.1" });
  });
  after(async () => {
    await chain.stop({ keep: false });
    await windows[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test("it registers, holds its session, shows what it is and its disks, brings an image to a point by a rescan, and stops when it is told to", async () => {
    await copyFile(await chain.makeAgentToken(), join(windows.driveC, "agent.token"));
    const place = ["--server", chain.server?.ready.apiUrl ?? "", "--token-file", "C:\\agent.token", "--home", HOME];
    const registered = await windows.leeward("agent", "register", ...place, "--name", "winbox", "--json");
    assert.equal(registered.code, 0, registered.stderr);

    const agent = await windows.start("agent", "start", "--home", HOME);
    const isUp = eventually("the machine is online, with its disks", async () => {
      if (fieldOf(await chain.run("machine", "show", "winbox"), "state") !== "online") return undefined;
      const { items } = await listed(chain);
      return items.some((item) => fieldOf(item, "path") === DISK) ? items : undefined;
    });
    const died = agent.ended.then(({ code, stderr }): never => {
      throw new Error(`the agent ended with ${code}: ${stderr}`);
    });
    const items = await Promise.race([isUp, died]);
    died.catch(() => undefined);
    const disk = items.find((item) => fieldOf(item, "path") === DISK);
    assert.equal(fieldOf(disk, "sizeBytes"), image.length);

    await assert.rejects(
      chain.run("disk", "protect", "winbox", "--path", DISK),
      /disk-not-protectable.*disk of Windows/,
    );

    await chain.run("disk", "protect", "winbox", "--path", "C:/disk.img", "--name", "image", "--capture", "rescan");
    await eventually("the image has a point", async () => {
      const points = fieldOf(await chain.run("point", "list", "winbox"), "items");
      return Array.isArray(points) && points.length > 0 ? true : undefined;
    });
    const saved = join(folder, "saved.img");
    await chain.run("point", "save", "winbox", "image", "--at", "latest", "--to", saved);
    assert.deepEqual(await readFile(saved), image);

    const second = await windows.leeward("agent", "start", "--home", HOME);
    assert.equal(second.code, 4, "the home is locked");
    const status = await windows.leeward("agent", "status", "--home", HOME, "--json");
    assert.equal(fieldOf(JSON.parse(status.stdout), "state"), "running");
    const stopped = await windows.leeward("agent", "stop", "--home", HOME, "--json");
    assert.equal(stopped.code, 0, stopped.stderr);
    const ended = await agent.ended;
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /There is a session to the config server/);
    assert.doesNotMatch(ended.stderr, /"level":"(warn|error)"/);
  });

  test("a disk is read whole, byte for byte, and never written; a home is SYSTEM's and Administrators' alone; arguments arrive as they are", async () => {
    const out = join(folder, "facts.js");
    const external = ["koffi", "lz4-napi", "lz4", "@node-rs/crc32", "bufferutil", "utf-8-validate"].map(
      (name) => `--external:${name}`,
    );
    const how = ["--bundle", "--platform=node", "--format=esm", "--log-level=error", `--outfile=${out}`];
    const banner = '--banner:js=import { createRequire as r } from "node:module"; const require = r(import.meta.url);';
    await runProgram(process.execPath, [join(OF_RELEASE, "esbuild/bin/esbuild"), FACTS, ...how, ...external, banner]);
    const words = ["C:\\a b\\", 'say "x"', "\\\\", "größe & 日本", "", '\\"'];
    const line = JSON.stringify(words);
    const { code, stdout, stderr } = await windows.script(await readFile(out), DISK, HOME, line);
    assert.equal(code, 0, stderr);
    const facts: unknown = JSON.parse(stdout);
    assert.equal(fieldOf(facts, "sha256"), createHash("sha256").update(image).digest("hex"));
    assert.deepEqual([fieldOf(facts, "kind"), fieldOf(facts, "sizeBytes")], ["block-device", image.length]);
    assert.match(String(fieldOf(facts, "written")), /open for reading only/);
    assert.equal(fieldOf(facts, "opened"), "not-on-windows");
    assert.match(String(fieldOf(facts, "access")), /^O:(S-[\d-]+)D:(\(A;OICI;FA;;;(SY|BA|\1)\))+$/);
    assert.deepEqual(fieldOf(facts, "args"), words);
  });

  test("its service is defined by where it lies, and nothing is run as WinSW but what was named", async () => {
    const where = ["--home", HOME, "--program", windows.program, "--json"];
    const { stdout } = await windows.leeward("agent", "service-definition", ...where);
    const definition = String(fieldOf(JSON.parse(stdout), "definition"));
    assert.ok(definition.includes(`<executable>${windows.program}\\node.exe</executable>`), definition);
    assert.match(definition, /app-[0-9a-f]{16}\\main\.js" agent start --home "C:\\Agent Größe\\home"</);

    const brought = { winsw: `${windows.program}\\leeward.cmd`, winswSha256: "0".repeat(64) };
    const places = { home: HOME, folder: "C:\\Installed", program: windows.program };
    // As Windows' PowerShell would write it.
    await windows.put("install.json", `\uFEFF${JSON.stringify({ ...places, ...brought })}`);
    const config = ["--config", `${windows.program}\\install.json`, "--json"];
    const refused = await windows.leeward("agent", "install-service", ...config);
    assert.equal(refused.code, 4, refused.stderr);
    assert.equal(fieldOf(fieldOf(JSON.parse(refused.stderr), "error"), "code"), "winsw-refused");
    const removed = await windows.leeward("agent", "remove-service", "--folder", "C:\\Installed", "--json");
    assert.equal(removed.code, 0, removed.stderr);
  });
});

async function listed(chain: Chain): Promise<{ readonly items: readonly unknown[] }> {
  const document = await chain.run("disk", "list", "winbox");
  const items = fieldOf(document, "items");
  return { items: Array.isArray(items) ? items : [] };
}
