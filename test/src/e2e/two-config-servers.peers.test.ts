// Two config servers on one PostgreSQL database: one serves, the other waits, and takes over with all that was begun when the first is gone.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { postgres } from "@leeward/config-server/testing";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { fieldOf, itemsOf } from "../harness/shapes.ts";
import { SharedServers } from "../harness/shared-servers.ts";

const DISK_BYTES = 48 * MiB;
/** So that a copy of the disk takes long enough to lose a server on the way. */
const BANDWIDTH = "4MB/s";

describe("two config servers", { skip: postgres.skip }, () => {
  let servers: SharedServers;
  let image: Buffer;
  const others: Daemon[] = [];
  let agent: Daemon;
  let running: Daemon | undefined;
  const fileOf = (name: string): string => join(servers.folder, name);

  before(async () => {
    servers = await SharedServers.create(["one", "two"]);
    image = randomBytes(DISK_BYTES);
    await mkdir(fileOf("source"));
    await writeFile(fileOf("source/a.img"), image);
  });
  after(async () => {
    for (const daemon of [agent, ...others]) await daemon?.stop();
    await servers?.[Symbol.asyncDispose]();
  });

  const homeOf = (name: string): string => servers.homeOf(name);
  const ask = (name: string, ...args: readonly string[]) => servers.ask(name, ...args);

  async function enrolment(role: string): Promise<string[]> {
    const { stdout, code, stderr } = await leeward(["token", "create", "--role", role, "--home", homeOf("one")]);
    assert.equal(code, 0, stderr);
    const file = fileOf(`${role}.token`);
    await writeFile(file, stdout, { mode: 0o600 });
    const urls = ["one", "two"].map((name) => servers.urlOf(name)).join(",");
    return ["--server", urls, "--token-file", file];
  }

  async function startOther(role: string, port: string): Promise<void> {
    const place = ["--home", homeOf(role), "--listen", "127.0.0.1", port, "0"];
    others.push(await Daemon.start([role, "start", ...place, ...(await enrolment(role))]));
  }

  async function registerAgent(name: string, server: string): Promise<void> {
    const made = await leeward(["token", "create", "--role", "agent", "--home", homeOf(server)]);
    const file = fileOf(`${name}.token`);
    await writeFile(file, made.stdout, { mode: 0o600 });
    const urls = ["two", "one"].map((each) => servers.urlOf(each)).join(",");
    const how = ["--server", urls, "--token-file", file, "--home", homeOf(name), "--name", name];
    await leewardJson(["agent", "register", ...how, "--protectable", fileOf("source")]);
  }

  const untilOnline = (server: string, machine: string): Promise<true> =>
    eventually(`${machine} is online at server ${server}`, async () =>
      fieldOf(await ask(server, "machine", "show", machine), "state") === "online" ? true : undefined,
    );

  test("a second server joins by a backup of the first, and waits", async () => {
    await servers.start("one");
    await startOther("process-server", "--data-port");
    await startOther("master-target", "--target-port");
    await registerAgent("web", "one");
    agent = await Daemon.start(["agent", "start", "--home", homeOf("web")]);
    await untilOnline("one", "web");
    await ask("one", "disk", "protect", "web", "--path", fileOf("source/a.img"), "--name", "a");
    await eventually("the disk is protected", async () =>
      fieldOf(itemsOf(await ask("one", "disk", "status", "web"))[0], "state") === "protected" ? true : undefined,
    );
    const backup = await servers.join("two", "one");
    const place = ["--from", backup, "--home", homeOf("two"), "--database", servers.database.url()];
    const refused = await leeward(["config-server", "restore", ...place.with(3, homeOf("three")), "--json"]);
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /database-not-empty/);
    // What the command line says of the database goes before what the home says of it.
    const away = await leeward(["config-server", "start", "--home", homeOf("two"), "--database", "home"]);
    assert.deepEqual([away.code, /state-moved/.test(away.stderr)], [4, true], away.stderr);
    const back = ["--from", backup, "--home", homeOf("back"), "--database", "home"];
    await leewardJson(["config-server", "restore", ...back]);
    assert.ok(!(await readFile(join(homeOf("back"), "config.yaml"), "utf8")).includes("database"));
  });

  test("a server that waits takes over when the other one is killed, and goes on with its job", async () => {
    const { takeover } = await servers.wait("two");
    await ask("one", "machine", "set", "web", `bandwidth=${BANDWIDTH}`);
    const begun = leeward(["disk", "resync", "web", "a", "--whole", "--now", "--json", "--home", homeOf("one")]);
    const job = await eventually("the resync runs", async () =>
      itemsOf(await ask("one", "job", "list")).find(
        (each) => fieldOf(each, "kind") === "resync" && fieldOf(each, "state") === "running",
      ),
    );
    await servers.kill("one");
    assert.notEqual((await begun).code, 0, "who asked the first server is told that it has gone");
    await takeover;
    await untilOnline("two", "web");
    assert.equal(agent.ended(), undefined);
    assert.ok(others.every((daemon) => daemon.ended() === undefined));
    await ask("two", "machine", "set", "web", "bandwidth=unlimited");
    const ended = await ask("two", "job", "wait", String(fieldOf(job, "id")), "--timeout", "300");
    assert.equal(fieldOf(ended, "state"), "succeeded");
    const point = String(fieldOf(await ask("two", "point", "create", "web", "--timeout", "300"), "id"));
    const saved = fileOf("saved.img");
    await ask("two", "point", "save", "web", "a", "--at", point, "--to", saved);
    assert.ok(image.equals(await readFile(saved)));
  });

  test("what the second server has revoked stays so at the first, which waits until it is needed", async () => {
    await registerAgent("gone", "two");
    const before = await Daemon.start(["agent", "start", "--home", homeOf("gone")]);
    others.push(before);
    await untilOnline("two", "gone");
    const { takeover } = await servers.wait("one");
    await ask("two", "machine", "remove", "gone");
    await servers.kill("two");
    running = await takeover;
    await untilOnline("one", "web");
    assert.match(await readFile(join(homeOf("one"), "authority/crl.pem"), "utf8"), /X509 CRL/);
    assert.deepEqual(
      await readFile(join(homeOf("one"), "authority/crl.pem")),
      await readFile(join(homeOf("two"), "authority/crl.pem")),
    );
    const machines = itemsOf(await ask("one", "machine", "list")).map((each) => fieldOf(each, "name"));
    assert.deepEqual(machines, ["web"]);
    await eventually("the removed machine is refused, and says so", () =>
      before.trace().includes("peer-refused") ? true : undefined,
    );
  });

  test("a server whose database goes away ends, and serves again once that is back", async () => {
    await servers.withoutDatabase(async () => {
      const code = await eventually("the server ends", () => running?.ended());
      assert.notEqual(code, 0);
      assert.match(running?.trace() ?? "", /database-lost/);
    });
    await servers.start("one");
    await untilOnline("one", "web");
  });
});
