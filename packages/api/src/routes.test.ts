import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { ApiClient, classOf, errorBodyOf, exitCodeOf, faultOfBody, httpStatusOf, ROUTES, type Route } from "./index.ts";
import type { Transport, TransportRequest } from "./transport.ts";

const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);

/** A whole server of one answer, in memory. */
function answering(status: number, body: string, tag?: string): { transport: Transport; requests: TransportRequest[] } {
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    async exchange(request) {
      requests.push(request);
      return { status, ...(tag !== undefined && { tag }), body: chunked(body) };
    },
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    newKey: () => "0123456789abcdef",
    close: () => undefined,
  };
  return { transport, requests };
}

async function* chunked(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

function fieldsOf(schema: Route["params"]): object {
  const { properties }: { properties?: object } = { ...schema };
  return properties ?? {};
}

const fault = (code: string, kind: Fault["kind"]): Fault => new Fault({ code, kind, message: "x", remedy: "y" });

void test("no two routes share a method and a path", () => {
  const keys = routes.map(([, route]) => `${route.method} ${route.path.replace(/:\w+/g, ":")}`);
  assert.equal(new Set(keys).size, keys.length);
});

void test("the parameters in a path are exactly those of its schema", () => {
  for (const [name, route] of routes) {
    const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    const inSchema = Object.keys(fieldsOf(route.params));
    assert.deepEqual(inPath, inSchema, name);
  }
});

void test("only reading is open to viewers, and only seven routes to people without a token", () => {
  for (const [name, route] of routes) {
    // What is about the caller alone is no change to anybody else.
    const isOwn = name === "signOut" || name === "changePassword";
    if (route.role === "viewer" && !isOwn) assert.equal(route.method, "GET", name);
  }
  const open = routes
    .filter(([, route]) => route.role === "none")
    .map(([name]) => name)
    .toSorted();
  assert.deepEqual(open, ["enrol", "live", "openapi", "renew", "showAuthorities", "signIn", "waysToSignIn"]);
});

void test("every list that is read is read by pages", () => {
  const lists = routes.filter(([name, { method }]) => method === "GET" && /^(list|status)/.test(name));
  assert.ok(lists.length > 15);
  for (const [name, { response, query }] of lists.filter(([, { response }]) => "items" in fieldsOf(response))) {
    assert.ok("next" in fieldsOf(response), name);
    assert.ok("limit" in fieldsOf(query) && "after" in fieldsOf(query), name);
  }
});

void test("a call fills in the path, the query and the token", async () => {
  const { transport, requests } = answering(200, '{"items":[]}');
  const client = new ApiClient({ transport, token: "secret" });
  await client.call("listPoints", { params: { machine: "a/b c" }, query: { from: "2026-01-01T00:00:00Z" } });
  assert.equal(requests[0]?.path, "/v1/machines/a%2Fb%20c/points?from=2026-01-01T00%3A00%3A00Z");
  assert.equal(requests[0]?.headers["authorization"], "Bearer secret");
});

void test("who edits what was answered has its tag, and says it with the change", async () => {
  const installation = '{"id":"aaaaaaaaaaaaaaaa","workingHours":"none","secondPerson":null}';
  const { transport, requests } = answering(200, installation, '"a.b"');
  const client = new ApiClient({ transport });
  const { tag } = await client.tagged("showInstallation", {});
  assert.equal(tag, '"a.b"');
  await client.setInstallation({ body: {} }, { ifMatch: tag });
  await client.setInstallation({ body: {} });
  assert.deepEqual(
    requests.map(({ headers }) => headers["if-match"]),
    [undefined, '"a.b"', undefined],
  );
  assert.equal((await new ApiClient(answering(200, installation)).tagged("showInstallation", {})).tag, null);
});

void test("a refusal is the server's own fault, with its remedy and its exit code", async () => {
  const said = errorBodyOf(
    new Fault({
      code: "machine-unknown",
      kind: "operator",
      message: "No.",
      remedy: "List them.",
      detail: { machine: "x" },
    }),
  );
  const client = new ApiClient({ transport: answering(404, JSON.stringify(said)).transport });
  await assert.rejects(client.call("status", {}), (error) => {
    assert.ok(error instanceof Fault);
    assert.deepEqual(errorBodyOf(error), said);
    assert.equal(exitCodeOf(error), 3);
    return true;
  });
});

void test("an answer of another shape is not believed", async () => {
  for (const body of ['{"items":[{"code":1}]}', "[]", "<html>", ""]) {
    const client = new ApiClient({ transport: answering(200, body).transport });
    await assert.rejects(client.call("status", {}), { code: "response-invalid" }, body);
  }
  assert.equal(faultOfBody({ error: { code: "x" } }, 500).code, "response-invalid");
});

void test("what a server of an older release does not know yet is unknown, and no list is made of nothing", async () => {
  const server = {
    ...{
      id: "a",
      name: "mt",
      role: "master-target",
      state: "online",
      softwareVersion: null,
      address: null,
      lastSeen: null,
    },
    ...{ enrolledAt: "2026-01-01T00:00:00.000000Z", certificateExpiresAt: null, freeBytes: null, totalBytes: null },
    ...{ health: null, faults: [] },
  };
  const client = new ApiClient({ transport: answering(200, JSON.stringify({ items: [server] })).transport });
  const { items } = await client.call("listServers", {});
  assert.deepEqual(items, [{ ...server, uploadDelaySeconds: null, bandwidth: null, store: null }]);
  const empty = new ApiClient({ transport: answering(200, "{}").transport });
  await assert.rejects(empty.call("listServers", {}), { code: "response-invalid" });
});

void test("a call that is not answered in time says so, and one that was aborted rejects with the reason", async (t) => {
  const transport: Transport = {
    exchange: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted", { cause: signal.reason })), { once: true });
      }),
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    newKey: () => "0123456789abcdef",
    close: () => undefined,
  };
  const client = new ApiClient({ transport });
  const alive = setInterval(() => undefined, 1_000);
  t.after(() => clearInterval(alive));
  await assert.rejects(client.call("status", {}, { timeoutMs: 5 }), (error) => exitCodeOf(error) === 6);
  const reason = new Error("stop");
  await assert.rejects(client.call("status", {}, { signal: AbortSignal.abort(reason) }), reason);
});

void test("exit codes follow the fault's class", () => {
  assert.equal(exitCodeOf(fault("file-missing", "operator")), 3);
  assert.equal(exitCodeOf(fault("time-invalid", "operator")), 2);
  assert.equal(exitCodeOf(fault("response-invalid", "protocol")), 1);
  assert.equal(exitCodeOf(fault("file-exists", "operator")), 4);
  assert.equal(exitCodeOf(fault("master-target-offline", "transient")), 5);
  assert.equal(exitCodeOf(fault("call-timed-out", "transient")), 6);
  assert.equal(exitCodeOf(fault("segment-damaged", "corruption")), 7);
  assert.equal(exitCodeOf(fault("disk-full", "transient")), 1);
  assert.equal(exitCodeOf(new Error("x")), 1);
  assert.equal(classOf(fault("point-in-gap", "operator")), "not-found");
  assert.equal(httpStatusOf(fault("token-required", "operator")), 401);
  assert.equal(httpStatusOf(fault("role-insufficient", "operator")), 403);
});

void test("what is not a Fault tells nothing of itself", () => {
  assert.ok(!JSON.stringify(errorBodyOf(new Error("a secret path"))).includes("secret"));
});

void test("a disk to protect is named by a path from a root on, of either kind of system", () => {
  const schema: { pattern?: string; type: string } = { ...ROUTES.protectDisk.body.properties.path };
  const pattern = new RegExp(schema.pattern ?? "^$");
  for (const path of ["/dev/sdb", "C:\\disks\\a.img", "d:/a.img", "\\\\.\\PhysicalDrive0", "\\\\.\\E:"])
    assert.match(path, pattern);
  for (const path of ["", "sdb", "C:", "C:a.img", "\\a", "./a"]) assert.doesNotMatch(path, pattern);
});
