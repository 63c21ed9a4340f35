// Two config servers on one PostgreSQL database: one serves, the other waits, and takes over with all that was begun when the first is gone.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { PostgresServer, postgres } from "@leeward/config-server/testing";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { fieldOf, itemsOf } from "../harness/shapes.ts";
import { freePort } from "../harness/tcp-proxy.ts";

const DISK_BYTES = 48 * MiB;
/** So that a copy of the disk takes long enough to lose a server on the way. */
const BANDWIDTH = "4MB/s";

describe("two config servers", { skip: postgres.skip }, () => {
  let folder: string;
  let database: PostgresServer;
  let image: Buffer;
  const ports: Record<string, number> = {};
  const servers: Record<string, Daemon | undefined> = {};
  const others: Daemon[] = [];
  let agent: Daemon;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-two-"));
    await chmod(folder, 0o711);
    database = await PostgresServer.create(join(folder, "cluster"));
    for (const name of ["one", "two"]) ports[name] = await freePort();
    image = randomBytes(DISK_BYTES);
    await mkdir(join(folder, "source"));
    await writeFile(join(folder, "source/a.img"), image);
  });
  after(async () => {
    for (const daemon of [agent, ...others, ...Object.values(servers)]) await daemon?.stop();
    await database?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const homeOf = (name: string): string => join(folder, name);
  const ask = (name: string, ...args: readonly string[]) => leewardJson([...args, "--home", homeOf(name)]);
  const startServer = (name: string): Promise<Daemon> => {
    // Its own address comes first: commands of its machine go there.
    const advertise = [name, ...Object.keys(ports)].map((each) => `127.0.0.1:${ports[each]}`);
    const place = ["--home", homeOf(name), "--listen", "127.0.0.1", "--api-port", String(ports[name])];
    return Daemon.start([
      "config-server",
      "start",
      ...place,
      "--database",
      database.url(),
      "--advertise",
      ...advertise,
    ]);
  };
  /** Connections of config servers to the database: of the one that serves, and of those that wait. */
  const connected = async (): Promise<number> =>
    Number(await database.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leeward'"));

  async function enrolment(role: string): Promise<string[]> {
    const { stdout, code, stderr } = await leeward(["token", "create", "--role", role, "--home", homeOf("one")]);
    assert.equal(code, 0, stderr);
    const file = join(folder, `${role}.token`);
    await writeFile(file, stdout, { mode: 0o600 });
    const urls = ["one", "two"].map((name) => `https://127.0.0.1:${ports[name]}`).join(",");
    return ["--server", urls, "--token-file", file];
  }

  async function startOther(role: string, port: string): Promise<void> {
    const place = ["--home", homeOf(role), "--listen", "127.0.0.1", port, "0"];
    others.push(await Daemon.start([role, "start", ...place, ...(await enrolment(role))]));
  }

  async function registerAgent(name: string, server: string): Promise<void> {
    const made = await leeward(["token", "create", "--role", "agent", "--home", homeOf(server)]);
    const file = join(folder, `${name}.token`);
    await writeFile(file, made.stdout, { mode: 0o600 });
    const urls = ["two", "one"].map((each) => `https://127.0.0.1:${ports[each]}`).join(",");
    const how = ["--server", urls, "--token-file", file, "--home", homeOf(name), "--name", name];
    await leewardJson(["agent", "register", ...how, "--protectable", join(folder, "source")]);
  }

  const untilOnline = (server: string, machine: string): Promise<true> =>
    eventually(`${machine} is online at server ${server}`, async () =>
      fieldOf(await ask(server, "machine", "show", machine), "state") === "online" ? true : undefined,
    );

  test("a second server joins by a backup of the first, and waits", async () => {
    servers["one"] = await startServer("one");
    await startOther("process-server", "--data-port");
    await startOther("master-target", "--target-port");
    await registerAgent("web", "one");
    agent = await Daemon.start(["agent", "start", "--home", homeOf("web")]);
    await untilOnline("one", "web");
    await ask("one", "disk", "protect", "web", "--path", join(folder, "source/a.img"), "--name", "a");
    await eventually("the disk is protected", async () =>
      fieldOf(itemsOf(await ask("one", "disk", "status", "web"))[0], "state") === "protected" ? true : undefined,
    );
    const backup = join(folder, "backup");
    await ask("one", "config-server", "backup", "--to", backup);
    const place = ["--from", backup, "--home", homeOf("two"), "--database", database.url()];
    await leewardJson(["config-server", "join", ...place]);
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
    const waiting = startServer("two");
    waiting.catch(() => undefined);
    await eventually("the second server waits", async () => ((await connected()) === 2 ? true : undefined));
    await ask("one", "machine", "set", "web", `bandwidth=${BANDWIDTH}`);
    const begun = leeward(["disk", "resync", "web", "a", "--whole", "--now", "--json", "--home", homeOf("one")]);
    const job = await eventually("the resync runs", async () =>
      itemsOf(await ask("one", "job", "list")).find(
        (each) => fieldOf(each, "kind") === "resync" && fieldOf(each, "state") === "running",
      ),
    );
    const [serverOne] = [servers["one"]];
    await serverOne?.kill();
    servers["one"] = undefined;
    assert.notEqual((await begun).code, 0, "who asked the first server is told that it has gone");
    servers["two"] = await waiting;
    await untilOnline("two", "web");
    assert.equal(agent.ended(), undefined);
    assert.ok(others.every((daemon) => daemon.ended() === undefined));
    await ask("two", "machine", "set", "web", "bandwidth=unlimited");
    const ended = await ask("two", "job", "wait", String(fieldOf(job, "id")), "--timeout", "300");
    assert.equal(fieldOf(ended, "state"), "succeeded");
    const point = String(fieldOf(await ask("two", "point", "create", "web", "--timeout", "300"), "id"));
    const saved = join(folder, "saved.img");
    await ask("two", "point", "save", "web", "a", "--at", point, "--to", saved);
    assert.ok(image.equals(await readFile(saved)));
  });

  test("what the second server has revoked stays so at the first, which waits until it is needed", async () => {
    await registerAgent("gone", "two");
    const before = await Daemon.start(["agent", "start", "--home", homeOf("gone")]);
    others.push(before);
    await untilOnline("two", "gone");
    const waiting = startServer("one");
    waiting.catch(() => undefined);
    await eventually("the first server waits", async () => ((await connected()) === 2 ? true : undefined));
    await ask("two", "machine", "remove", "gone");
    await servers["two"]?.kill();
    servers["two"] = undefined;
    servers["one"] = await waiting;
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
    const running = servers["one"];
    await database[Symbol.asyncDispose]();
    const code = await eventually("the server ends", () => running?.ended());
    assert.notEqual(code, 0);
    assert.match(running?.trace() ?? "", /database-lost/);
    database = await PostgresServer.open(join(folder, "cluster"));
    servers["one"] = await startServer("one");
    await untilOnline("one", "web");
  });
});
