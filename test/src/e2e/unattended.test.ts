// Machines that nobody logs in to: a file in the agent's home registers them, also a machine that was cloned from another.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";

let chain: Chain;
let running: Daemon | undefined;
before(async () => {
  chain = await Chain.start({ machine: "web" });
});
after(async () => {
  await running?.stop();
  await chain.stop({ keep: false });
});

test("an agent registers by the file in its home once it is right, and the token is gone then", async () => {
  const home = `${chain.folder}/unattended`;
  await mkdir(home);
  const file = `${home}/registration.yaml`;
  const server = chain.server?.ready.apiUrl ?? "";
  await writeFile(file, `server: ${server}\ntoken: none\nname: seven\n`, { mode: 0o600 });
  running = await start(home);
  await eventually("it says what is wrong", () => /token-invalid/.test(running?.trace() ?? "") || undefined);
  assert.deepEqual((await readdir(`${home}/identity`)).sort(), ["key.pem"], "nothing is half registered");
  const tokenFile = await chain.makeAgentToken();
  await writeFile(file, `server: ${server}/\ntokenFile: ${tokenFile}\nname: seven\nprotectable: [/srv/seven]\n`);
  await eventually("the machine is there", () => isOnline("seven"));
  await assert.rejects(readFile(file), { code: "ENOENT" });
  await assert.rejects(readFile(tokenFile), { code: "ENOENT" });
  assert.match(await readFile(`${home}/config.yaml`, "utf8"), /^server: .*\nprotectable:\n {2}- \/srv\/seven\n$/);
  await running.stop();
});

test("a cloned machine whose file says so gets an identity of its own by itself", async () => {
  const home = `${chain.folder}/clone`;
  await promisify(execFile)("cp", ["-a", chain.agentHome, home]);
  const token = (await readFile(await chain.makeAgentToken(), "utf8")).trim();
  const server = chain.server?.ready.apiUrl ?? "";
  await writeFile(
    `${home}/registration.yaml`,
    `server: ${server}\ntoken: ${token}\nname: clone\nnewIdentityOfCopy: true\n`,
  );
  running = await start(home);
  const ended = await eventually("it ends, to go on with its own", () => running?.ended(), 120_000);
  assert.notEqual(ended, 0, "a service manager starts it again");
  assert.match(running.trace(), /identity-exchanged/);
  running = await start(home);
  await eventually("the clone is there", () => isOnline("clone"));
  assert.equal(await isOnline("web"), true);
  assert.ok(!(await readdir(home)).some((name) => name === "registration.yaml" || name === "identity-next"));
  await running.stop();
});

test("the same file is taken from the command line", async () => {
  const [home, file] = [`${chain.folder}/by-hand`, `${chain.folder}/by-hand.yaml`];
  const token = (await readFile(await chain.makeAgentToken(), "utf8")).trim();
  await writeFile(file, `server: ${chain.server?.ready.apiUrl ?? ""}\ntoken: ${token}\nname: by-hand\n`);
  const made = await leewardJson(["agent", "register", "--config", file, "--home", home]);
  assert.equal(fieldOf(made, "name"), "by-hand");
  await assert.rejects(readFile(file), { code: "ENOENT" });
  await rm(home, { recursive: true });
});

function start(home: string): Promise<Daemon> {
  return Daemon.start(["agent", "start", "--home", home]);
}

async function isOnline(name: string): Promise<true | undefined> {
  const { code, stdout } = await leeward(["machine", "show", name, "--home", chain.serverHome, "--json"]);
  return code === 0 && fieldOf(JSON.parse(stdout), "state") === "online" ? true : undefined;
}
