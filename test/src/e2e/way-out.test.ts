// A machine that reaches its servers through a proxy alone, under a name that it cannot resolve itself; and that has several addresses of its config server.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { ConnectProxy } from "../harness/connect-proxy.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward } from "../harness/leeward-process.ts";
import { disksOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "behind";
/** Reserved: no resolver knows it. */
const NAME = "site.invalid";
/** On which nobody listens. */
const NOBODY = "https://127.0.0.1:9";
const LOGIN = { user: "machines", password: "between-both-houses" };

describe("a machine behind a proxy", () => {
  let chain: Chain;
  let proxy: ConnectProxy;
  let environment: NodeJS.ProcessEnv;
  let image: string;
  let server: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE, reachedAt: NAME });
    proxy = await ConnectProxy.start(NAME, LOGIN);
    environment = { HTTPS_PROXY: proxy.url, NO_PROXY: "", https_proxy: "", no_proxy: "" };
    server = `${NOBODY},https://${NAME}:${(await chain.ports()).api}`;
    image = `${chain.sourceFolder}/disk.img`;
    await writeFile(image, randomBytes(8 * MiB));
  });
  after(async () => {
    await chain?.stop({ keep: false });
    await proxy?.[Symbol.asyncDispose]();
  });

  async function register(env: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly stderr: string }> {
    const tokenFile = await chain.makeAgentToken();
    const place = ["--server", server, "--token-file", tokenFile, "--home", chain.agentHome, "--name", MACHINE];
    const { code, stdout, stderr } = await leeward(
      ["agent", "register", ...place, "--protectable", chain.sourceFolder, "--json"],
      env,
    );
    await rm(tokenFile);
    return { code, stderr: stderr + stdout };
  }

  test("without the proxy, or without its password, it is told that the server cannot be reached", async () => {
    const wrong = { ...environment, HTTPS_PROXY: proxy.url.replace(LOGIN.password, "guessed") };
    for (const env of [{ ...environment, HTTPS_PROXY: "" }, wrong]) {
      const { code, stderr } = await register(env);
      assert.notEqual(code, 0);
      assert.match(stderr, /server-unreachable/);
      assert.match(stderr, /site\.invalid/);
      assert.ok(!stderr.includes("guessed"));
    }
  });

  test("what names no proxy is refused, and not shown", async () => {
    for (const name of ["http://machines:gue#ssed@127.0.0.1:1", "http://machines:guessed%@127.0.0.1:1", "proxy:3128"]) {
      const { code, stderr } = await register({ ...environment, HTTPS_PROXY: name });
      assert.notEqual(code, 0);
      assert.match(stderr, /proxy-invalid/);
      assert.ok(!stderr.includes("ssed") && !stderr.includes("3128"), stderr);
    }
  });

  test("it registers, is protected and makes points through it, from the second of its server's addresses", async () => {
    const registered = await register(environment);
    assert.equal(registered.code, 0, registered.stderr);
    chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome], environment);
    await chain.untilOnline();
    await chain.run("disk", "protect", MACHINE, "--path", image, "--name", "disk", "--timeout", "60");
    await eventually("it is protected", async () => {
      const [disk] = disksOf(await chain.run("disk", "status", MACHINE));
      return disk?.state === "protected" ? true : undefined;
    });
    await comparePoint();
    const { api, data } = await chain.ports();
    const ports = new Set(proxy.asked.filter(({ isOpened }) => isOpened).map(({ to }) => to));
    assert.deepEqual(ports, new Set([`${NAME}:${api}`, `${NAME}:${data}`]));
  });

  test("tunnels that are cut are opened again", async () => {
    const before = proxy.asked.length;
    proxy.cut();
    await eventually("both sessions are up again", () => (proxy.asked.length >= before + 2 ? true : undefined));
    await comparePoint();
  });

  test("the proxy's password is in nothing that the agent keeps or tells", async () => {
    const told = JSON.stringify([await chain.run("events"), await chain.run("machine", "show", MACHINE)]);
    assert.ok(!told.includes(LOGIN.password));
    assert.ok(!(chain.agent?.trace() ?? "").includes(LOGIN.password));
    const files = await readdir(chain.agentHome, { recursive: true, withFileTypes: true });
    for (const each of files.filter((entry) => entry.isFile())) {
      const content = await readFile(`${each.parentPath}/${each.name}`);
      assert.ok(!content.includes(LOGIN.password), each.name);
    }
  });

  async function comparePoint(): Promise<void> {
    const { id } = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    const saved = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, "disk", "--at", id, "--to", saved);
    assert.ok((await readFile(saved)).equals(await readFile(image)));
    await rm(saved);
  }
});
