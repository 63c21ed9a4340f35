// S3's object lock, as its documentation tells of it, by a scripted server: no real store has such holds here.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { after, before, beforeEach, describe, test } from "node:test";
import { nodeClock, nodeRandom } from "@leeward/world";
import { openStore } from "./node-open-store.ts";
import { type ObjectStore, sourceOfBytes } from "./object-store.ts";
import { testCertificate } from "./testing/node-test-certificate.ts";

const HOUR_MICROS = 3_600e6;

/** One bucket: what was asked of object lock, and what it says. */
class ScriptedBucket {
  readonly objects = new Map<string, Buffer>();
  readonly held = new Map<string, { readonly mode: string; readonly until: string }>();
  /** Whether it is asked for object lock, and what it says then. */
  lock: "enabled" | "none" | "denied" = "enabled";
  /** AWS hides what is held behind a marker; others refuse. */
  refusesRemoval = false;
  retentionsPut = 0;

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const { pathname, searchParams } = new URL(request.url ?? "", "https://s3");
    const key = pathname.split("/").slice(2).join("/");
    const say = (status: number, text = "", headers: Record<string, string> = {}): void => {
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : text);
    };
    const refuse = (status: number, code: string): void =>
      say(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    if (searchParams.has("object-lock")) {
      if (this.lock === "none") return refuse(404, "ObjectLockConfigurationNotFoundError");
      if (this.lock === "denied") return refuse(403, "AccessDenied");
      const inner = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
      return say(200, `<ObjectLockConfiguration>${inner}</ObjectLockConfiguration>`);
    }
    if (key === "") return say(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
    const object = this.objects.get(key);
    if (request.method === "PUT" && !searchParams.has("retention")) {
      const { "if-none-match": absent, "if-match": unchanged } = request.headers;
      if (absent === "*" && object !== undefined) return refuse(412, "PreconditionFailed");
      if (unchanged !== undefined && unchanged !== tagOf(object)) return refuse(412, "PreconditionFailed");
      this.objects.set(key, body);
      return say(200, "", { ETag: tagOf(body) });
    }
    if (object === undefined) return refuse(404, "NoSuchKey");
    if (searchParams.has("retention")) return this.#retention({ key, body, request }, say, refuse);
    if (request.method === "DELETE") {
      if (this.refusesRemoval && this.held.has(key)) return refuse(403, "AccessDenied");
      this.objects.delete(key);
      return say(204);
    }
    return say(200, object.toString("latin1"), { ETag: tagOf(object), "Content-Length": String(object.length) });
  }

  // oxlint-disable-next-line max-params -- the two ways to answer
  #retention(
    { key, body, request }: { key: string; body: Buffer; request: IncomingMessage },
    say: (status: number, text?: string) => void,
    refuse: (status: number, code: string) => void,
  ): void {
    const held = this.held.get(key);
    if (request.method === "GET") {
      if (held === undefined) return refuse(404, "NoSuchObjectLockConfiguration");
      const inner = `<Mode>${held.mode}</Mode><RetainUntilDate>${held.until}</RetainUntilDate>`;
      return say(200, `<Retention>${inner}</Retention>`);
    }
    const isChecked = Object.keys(request.headers).some((name) => /^(content-md5|x-amz-checksum-)/.test(name));
    if (!isChecked) return refuse(400, "InvalidRequest");
    const [, mode = "", until = ""] = /<Mode>(\w+)<.*<RetainUntilDate>([^<]+)</s.exec(body.toString()) ?? [];
    if (held !== undefined && Date.parse(until) < Date.parse(held.until)) return refuse(403, "AccessDenied");
    this.retentionsPut += 1;
    this.held.set(key, { mode, until });
    return say(200);
  }
}

function tagOf(bytes: Buffer | undefined): string {
  return `"${bytes?.toString("hex") ?? "none"}"`;
}

describe("object lock of S3, scripted", () => {
  let folder = "";
  let server: Server;
  let bucket = new ScriptedBucket();

  before(async () => {
    folder = await mkdtemp(`${tmpdir()}/leeward-scripted-s3-`);
    const { cert, key, ca } = await testCertificate(folder);
    await writeFile(`${folder}/ca.pem`, ca);
    await writeFile(`${folder}/credentials.yaml`, "accessKeyId: A\nsecretAccessKey: B\n", { mode: 0o600 });
    server = createServer({ cert, key }, (request, response) => void bucket.answer(request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  beforeEach(() => {
    bucket = new ScriptedBucket();
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  });

  const open = (): Promise<ObjectStore> => {
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const url = `s3://bucket/?endpoint=https://127.0.0.1:${address.port}&pathStyle=true`;
    const files = { credentialsFile: `${folder}/credentials.yaml`, caFile: `${folder}/ca.pem` };
    return openStore({ url, ...files }, { clock: nodeClock, random: nodeRandom });
  };
  const put = (store: ObjectStore, key: string) => store.put(key, sourceOfBytes(Buffer.from("content")));

  test("an object is held in the mode that nobody can take back, longer and never shorter", async () => {
    await using store = await open();
    assert.equal(store.isConditional, true);
    await put(store, "disk/a");
    const until = Math.floor(Date.now() / 1_000) * 1e6 + HOUR_MICROS;
    await store.hold?.("disk/a", until - 1);
    assert.equal(bucket.held.get("disk/a")?.mode, "COMPLIANCE");
    assert.equal(Date.parse(bucket.held.get("disk/a")?.until ?? "") * 1_000, until);
    await store.hold?.("disk/a", until - HOUR_MICROS / 2);
    assert.equal(bucket.retentionsPut, 1);
    await store.hold?.("disk/a", until + HOUR_MICROS);
    assert.equal(Date.parse(bucket.held.get("disk/a")?.until ?? "") * 1_000, until + HOUR_MICROS);
    assert.equal(bucket.retentionsPut, 2);
    assert.ok(store.hold !== undefined);
    await assert.rejects(store.hold("disk/none", until), { code: "object-missing" });
  });

  test("a retention that can be passed over is not taken for a hold", async () => {
    await using store = await open();
    await put(store, "a");
    const untilMs = Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000;
    bucket.held.set("a", { mode: "GOVERNANCE", until: new Date(untilMs).toISOString() });
    await store.hold?.("a", untilMs * 1_000);
    assert.equal(bucket.held.get("a")?.mode, "COMPLIANCE");
  });

  test("a bucket without object lock, and one that does not say, hold nothing", async () => {
    for (const lock of ["none", "denied"] as const) {
      bucket.lock = lock;
      await using store = await open();
      assert.equal(store.hold, undefined, lock);
    }
  });

  test("a removal that the server refuses is told as a hold while there is one", async () => {
    bucket.refusesRemoval = true;
    await using store = await open();
    await put(store, "a");
    await store.hold?.("a", (Date.now() + 3_600_000) * 1_000);
    await assert.rejects(store.remove("a"), { code: "object-held" });
    bucket.held.set("a", { mode: "COMPLIANCE", until: new Date(Date.now() - 60_000).toISOString() });
    await assert.rejects(store.remove("a"), { code: "store-denied" });
  });
});
