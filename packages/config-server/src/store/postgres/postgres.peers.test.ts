import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { testCertificate } from "@leeward/object-store/testing";
import { PostgresServer, postgres } from "../../testing/node-postgres-server.ts";
import { MIGRATIONS } from "../migrations.ts";
import { openSqlite } from "../node-sqlite-database.ts";
import { storeOf } from "../store.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { connectPostgres, type PostgresDatabase } from "./node-postgres-database.ts";
import { schemaStatement } from "./postgres-sql.ts";

describe("the state in PostgreSQL", { skip: postgres.skip }, () => {
  let folder: string;
  let server: PostgresServer;
  let databases = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-postgres-"));
    // The server has a user of its own, who has to get through.
    await chmod(folder, 0o711);
    server = await PostgresServer.create(join(folder, "cluster"));
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** The address of a new and empty database. */
  async function made(): Promise<string> {
    databases += 1;
    await server.ask(`CREATE DATABASE d${databases}`);
    return server.url(`d${databases}`);
  }

  const connected = (url: string): PostgresDatabase => connectPostgres({ address: parseDatabaseUrl(url) });

  async function opened(): Promise<PostgresDatabase> {
    const database = connected(await made());
    assert.ok(database.takeLock());
    database.migrate();
    return database;
  }

  test("one at a time has it, and the next as soon as that has gone", async () => {
    const url = await made();
    const first = connected(url);
    using second = connected(url);
    assert.deepEqual([first.takeLock(), second.takeLock()], [true, false]);
    first[Symbol.dispose]();
    const taken = await new Promise<boolean>((resolve) => {
      const look = (): void => void (second.takeLock() ? resolve(true) : setTimeout(look, 20));
      look();
    });
    assert.ok(taken);
  });

  test("a schema's step takes as long as it needs, and says that it is under way", async () => {
    const url = await made();
    const [, name = ""] = /\/(d\d+)\?/.exec(url) ?? [];
    // As a release left it that knew no machines of events; longer than any other statement may take.
    const step = MIGRATIONS.findIndex((each) => each.includes("UPDATE events SET machine_name"));
    const before = MIGRATIONS.slice(0, step).flatMap((each) => each.split(";\n"));
    const slow = `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(21); RETURN NEW; END'`;
    const statements = [
      ...before.filter((each) => each.trim() !== "").map(schemaStatement),
      `CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (${step})`,
      "INSERT INTO events (micros, severity, kind, subject, actor, message, detail) VALUES (1, 'info', 'k', 'web/root', 'a', 'm', '{}')",
      `${slow}; CREATE TRIGGER slow BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION slow()`,
    ];
    await server.ask(statements.join(";\n"), name);
    using database = connected(url);
    assert.ok(database.takeLock());
    const told: unknown[] = [];
    database.migrate((versions) => told.push(versions));
    assert.deepEqual(told, [{ from: step, to: MIGRATIONS.length }]);
    assert.equal(database.get("SELECT machine_name FROM events")?.["machine_name"], "web");
    assert.equal(database.get("SHOW statement_timeout")?.["statement_timeout"], "15s", "of all else");
    database.migrate((versions) => told.push(versions));
    assert.equal(told.length, 1, "nothing to do");
  });

  test("a connection that the server ended is lost for good, with what it had begun", async () => {
    using database = await opened();
    const store = storeOf(database);
    store.facts.set("workingHours", "before");
    const [, name = ""] = /database (d\d+)/.exec(database.name) ?? [];
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
    assert.throws(
      () =>
        database.transaction(() => {
          store.facts.set("workingHours", "half");
          execFileSync("psql", [...server.clientArguments(), "-c", end]);
          store.facts.set("serverId", "half");
        }),
      { code: "database-lost", kind: "transient" },
    );
    assert.throws(() => database.check(), { code: "database-lost" });
    assert.equal(await server.ask("SELECT value FROM facts WHERE name = 'workingHours'", name), "before");
  });

  test("what fails inside a transaction leaves nothing of it, and the next one goes on", async () => {
    using database = await opened();
    const store = storeOf(database);
    const failing = (): void =>
      database.transaction(() => {
        store.facts.set("serverId", "x");
        throw new Error("given up");
      });
    assert.throws(failing, /given up/);
    assert.equal(store.facts.get("serverId"), undefined);
    const breaking = (): void =>
      database.transaction(() => {
        store.facts.set("serverId", "x");
        database.run("INSERT INTO wrapped_keys (disk_id, recipient, jwe) VALUES (?, ?, ?)", "nobody", "r", "j");
      });
    assert.throws(breaking, /refuses a statement.*foreign key/s);
    assert.equal(store.facts.get("serverId"), undefined);
    store.facts.set("serverId", "y");
    assert.equal(store.facts.get("serverId"), "y");
  });

  test("who goes on after a statement that was refused inside a transaction is told that nothing was settled", async () => {
    using database = await opened();
    const store = storeOf(database);
    assert.throws(
      () =>
        database.transaction(() => {
          store.facts.set("serverId", "x");
          assert.throws(() => database.run("INSERT INTO facts (name, value) VALUES (?, NULL)", "y"));
        }),
      /has not settled anything/,
    );
    assert.equal(store.facts.get("serverId"), undefined);
  });

  test("values come back as they went in, but for a sign that texts cannot hold", async () => {
    using database = await opened();
    database.run('CREATE TABLE "values" (number BIGINT, bytes BYTEA, words TEXT)');
    const rows = [
      [Number.MAX_SAFE_INTEGER, new Uint8Array([0, 255, 92]), "'; DROP TABLE facts; -- \\ ? $1"],
      [0, new Uint8Array(0), ""],
      [null, null, null],
    ] as const;
    for (const row of rows) database.run('INSERT INTO "values" (number, bytes, words) VALUES (?, ?, ?)', ...row);
    const found = database
      .all('SELECT * FROM "values"')
      .map(({ number, bytes, words }) => [number, bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes, words]);
    const [{ said } = {}] = database.all("SELECT ? || '' AS said", "a\0b");
    assert.equal(said, "a\uFFFDb");
    assert.deepEqual(
      found,
      rows.map((row) => [...row]),
    );
  });

  test("a whole state goes into a file and from there into another database, and counting goes on behind it", async () => {
    using database = await opened();
    const store = storeOf(database);
    const event = { severity: "info", kind: "k", subject: null, actor: "a", address: null } as const;
    for (let count = 0; count < 1_200; count += 1)
      store.events.insert({ ...event, message: `m${count}`, detail: {} }, count);
    store.facts.set("serverId", "x");
    database.copyTo(`${folder}/copy.db`);
    {
      using copy = openSqlite(`${folder}/copy.db`);
      assert.equal(storeOf(copy).events.lastId(), 1_200);
    }
    using other = connected(await made());
    other.fill(`${folder}/copy.db`);
    for (const table of ["facts", "events", "policies"]) {
      const [was, is] = [database, other].map((each) => each.all(`SELECT * FROM ${table} ORDER BY 1`));
      assert.deepEqual(is, was, table);
    }
    const second = storeOf(other);
    second.events.insert({ ...event, message: "next", detail: {} }, 1);
    assert.equal(second.events.lastId(), 1_201);
    assert.throws(() => other.fill(`${folder}/copy.db`), { code: "database-not-empty" });
  });

  test("over TLS it has to be vouched for, and the password has to be right", async () => {
    const { key: keyPem, cert: certificatePem, ca: caPem } = await testCertificate(folder);
    const tls = { port: await freePort(), keyPem, certificatePem };
    await using guarded = await PostgresServer.create(join(folder, "guarded"), { tls });
    await guarded.ask("ALTER USER postgres PASSWORD 'right'");
    const address = parseDatabaseUrl(`postgres://postgres@127.0.0.1:${tls.port}/postgres`);
    {
      using database = connectPostgres({ address, caPem, password: "right" });
      assert.ok(database.takeLock());
      assert.equal(database.get("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")?.["ssl"], true);
    }
    assert.throws(() => connectPostgres({ address, caPem, password: "wrong" }), { code: "database-denied" });
    assert.throws(() => connectPostgres({ address, password: "right" }), {
      code: "database-untrusted",
      kind: "operator",
    });
  });

  test("a database that is not there, or nobody's, is told as what it is", async () => {
    assert.throws(() => connected(server.url("nothing")), { code: "database-denied", kind: "operator" });
    assert.throws(() => connected(`postgres://postgres@/postgres?host=${folder}`), {
      code: "database-unreachable",
      kind: "transient",
    });
  });
});

async function freePort(): Promise<number> {
  await using listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}
