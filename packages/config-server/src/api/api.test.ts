import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { ApiClient, ErrorBody, type PolicyChange, Problem, ROUTES, type Route } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { isFault } from "@leeward/base";
import { Check } from "typebox/value";
import { ask, codeOf } from "../testing/node-ask.ts";
import { startServer, temporaryFolder } from "../testing/node-test-server.ts";

const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);

function inside(document: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys;
  if (key === undefined || typeof document !== "object" || document === null) return document;
  return inside(Reflect.get(document, key), rest);
}

const pathOf = (route: Route): string => route.path.replace(/:\w+/g, "nothing");

void test("every route is behind its role: no token, viewer, operator, administrator", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const tokens = {
    viewer: (await server.client.call("createToken", { body: { role: "viewer" } })).token,
    operator: (await server.client.call("createToken", { body: { role: "operator" } })).token,
    administrator: (await server.client.call("createToken", { body: { role: "administrator" } })).token,
  };
  const ranks = ["viewer", "operator", "administrator"] as const;
  for (const [name, route] of routes) {
    const call = { method: route.method, path: pathOf(route) };
    const without = await ask(server, call);
    if (route.role === "none") assert.notEqual(without.status, 401, name);
    else assert.equal(without.status, 401, name);
    if (route.role === "none") continue;
    assert.equal(codeOf(without.body), route.role === "member" ? "certificate-required" : "token-required", name);
    for (const rank of ranks) {
      const may = route.role !== "member" && ranks.indexOf(rank) >= ranks.indexOf(route.role);
      // It would end the authority by which the next call knows the server.
      if (may && name === "retireAuthority") continue;
      const answer = await ask(server, { ...call, token: tokens[rank] });
      if (route.role === "member") assert.equal(answer.status, 401, `${name} ${rank}`);
      else if (!may)
        assert.equal(`${answer.status} ${codeOf(answer.body)}`, "403 role-insufficient", `${name} ${rank}`);
      else assert.ok(answer.status !== 401 && answer.status !== 403, `${name} ${rank} ${answer.status}`);
    }
  }
  const refusals = await server.client.call("listEvents", { query: { severity: "warning", limit: 1_000 } });
  assert.ok(refusals.items.some(({ detail }) => detail["code"] === "role-insufficient"));
});

void test("who shows nothing is told of in the events, unless it only asks who it is, as a console does when it opens", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  for (const path of ["/v1/me", "/v1/machines"]) assert.equal((await ask(server, { method: "GET", path })).status, 401);
  const { items } = await server.client.call("listEvents", { query: { severity: "warning" } });
  const told = items.filter(({ kind }) => kind === "request-refused");
  assert.deepEqual(
    told.map(({ detail }) => detail["what"]),
    ["GET /v1/machines"],
  );
});

void test("a token that is unknown, revoked, expired, or for enrolling opens nothing, and too many tries are turned away", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const call = { method: "GET", path: "/v1/machines" };
  const refused = async (token: string): Promise<string> => {
    const { status, body } = await ask(server, { ...call, token });
    return `${status} ${codeOf(body)}`;
  };
  const operator = await server.client.call("createToken", { body: { role: "operator" } });
  const enrolling = await server.client.call("createToken", { body: { role: "agent" } });
  const brief = await server.client.call("createToken", { body: { role: "viewer", ttlSeconds: 1 } });
  assert.equal((await ask(server, { ...call, token: operator.token })).status, 200);
  await server.client.call("revokeToken", { params: { id: operator.id } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (const token of [operator.token, enrolling.token, brief.token, "x", "lw1.x.y", "lw1..y"]) {
    assert.equal(await refused(token), "401 token-refused", token.slice(0, 20));
  }
  for (let index = 0; index < 60; index += 1) await refused("lw1.wrong.x");
  assert.equal(await refused("lw1.wrong.x"), "429 too-many-requests");
  assert.equal((await ask(server, { ...call, token: "lw1.wrong.x" })).headers["retry-after"], "60");
  const { items } = await server.client.call("listTokens", {}).catch(() => ({ items: [] }));
  assert.deepEqual(items, [], "the address itself is shut out for a minute");
});

void test("a token's secret is nowhere in the home but in operator.token", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { token } = await server.client.call("createToken", { body: { role: "viewer" } });
  const secret = token.split(".")[1] ?? "";
  assert.ok(secret.length > 20);
  const found = await readdir(server.home, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of found.filter((each) => each.isFile() && each.name !== "operator.token")) {
    assert.ok(!(await readFile(`${parentPath}/${name}`)).includes(secret), name);
  }
});

void test("what does not fit is a fault of its own, never a stack", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { token } = await server.client.call("createToken", { body: { role: "administrator" } });
  const told = async (how: Parameters<typeof ask>[1]): Promise<string> => {
    const { status, body, headers } = await ask(server, { token, ...how });
    assert.ok(Check(ErrorBody, body) && Check(Problem, body), how.path);
    assert.equal(body.status, status);
    assert.equal(body.type, `urn:leeward:fault:${body.error.code}`);
    assert.equal(body.detail, body.error.message);
    assert.match(String(headers["content-type"]), /^application\/problem\+json/);
    return `${status} ${body.error.code}`;
  };
  assert.equal(await told({ method: "GET", path: "/v1/nothing" }), "404 route-unknown");
  assert.equal(await told({ method: "GET", path: "/v1/machines/nobody" }), "404 machine-unknown");
  assert.equal(await told({ method: "GET", path: "/v1/jobs/nothing" }), "404 job-unknown");
  assert.equal(await told({ method: "GET", path: "/v1/policies/nothing" }), "404 policy-unknown");
  assert.equal(await told({ method: "GET", path: "/v1/machines?color=red" }), "400 request-invalid");
  assert.equal(await told({ method: "GET", path: "/v1/events?limit=0" }), "400 request-invalid");
  for (const path of ["/v1/machines", "/v1/jobs", "/v1/events", "/v1/status"])
    assert.equal(await told({ method: "GET", path: `${path}?after=nonsense` }), "400 request-invalid", path);
  assert.equal(await told({ method: "GET", path: "/v1/events?limit=1&limit=2" }), "400 request-invalid");
  assert.equal(await told({ method: "GET", path: "/v1/events?since=yesterday" }), "400 time-invalid");
  const post = { method: "POST", path: "/v1/tokens" };
  assert.equal(await told({ ...post, body: "{" }), "400 request-invalid");
  assert.equal(await told({ ...post, body: "" }), "400 request-invalid");
  assert.equal(await told({ ...post, body: '{"role":"king"}' }), "400 request-invalid");
  assert.equal(await told({ ...post, body: '{"role":"viewer","admin":true}' }), "400 request-invalid");
  assert.equal(await told({ ...post, body: '{"role":"viewer","__proto__":{"a":1}}' }), "400 request-invalid");
  for (const type of ["application/xml", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"])
    assert.equal(await told({ ...post, body: "<a/>", type }), "415 media-type-invalid", type);
  const part = `/v1/releases/leeward_1.0.0_amd64.deb/parts?offset=0&totalBytes=2&sha256=${"0".repeat(64)}`;
  assert.equal(
    await told({ method: "PUT", path: part, body: "{}" }),
    "415 media-type-invalid",
    "and where bytes are taken, JSON",
  );
  assert.equal(await told({ method: "GET", path: "/v1/machines/%zz" }), "400 request-invalid");
  assert.equal(await told({ method: "GET", path: `/v1/machines/${"x".repeat(20_000)}` }), "431 head-too-large");
  assert.equal(await told({ method: "NONSENSE", path: "/v1/machines" }), "400 request-invalid");
  assert.equal(
    await told({ ...post, body: JSON.stringify({ role: "viewer", note: "x".repeat(300_000) }) }),
    "413 body-too-large",
  );
  assert.equal(
    await told({ method: "PUT", path: "/v1/policies/p", body: '{"retentionSeconds":1}' }),
    "400 request-invalid",
  );
  assert.equal(await told({ method: "DELETE", path: `/v1/machines/${"x".repeat(500)}` }), "400 request-invalid");
});

void test("the OpenAPI page is 3.1 and has every route of the table", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { status, body, headers } = await ask(server, { method: "GET", path: "/v1/openapi.json" });
  assert.equal(status, 200);
  assert.ok(headers["strict-transport-security"] !== undefined && headers["x-content-type-options"] === "nosniff");
  const page: unknown = JSON.parse(await readFile(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"));
  assert.deepEqual(body, page, "what is in docs/ is what the server answers: `npm run api` writes it");
  for (const [name, route] of routes) {
    const operation = inside(body, ["paths", route.path.replace(/:(\w+)/g, "{$1}"), route.method.toLowerCase()]);
    assert.partialDeepStrictEqual(operation, { operationId: name, summary: route.summary }, name);
    if (route.body !== undefined) assert.ok(inside(operation, ["requestBody"]) !== undefined, name);
  }
});

void test("a server with another authority is not spoken to", async (t) => {
  const one = await startServer(t, await temporaryFolder(t));
  const other = await startServer(t, await temporaryFolder(t));
  const client = new ApiClient({ transport: nodeTransport({ url: one.url, caPem: other.caPem }) });
  await assert.rejects(client.call("live", {}), { code: "server-untrusted" });
  client.close();
  assert.equal((await one.clientWith(undefined).call("live", {})).state, "ok");
});

void test("policies start from the default, are checked, and are kept", async (t) => {
  const home = await temporaryFolder(t);
  const server = await startServer(t, home);
  const fresh = await server.client.call("setPolicy", { params: { name: "gold" }, body: { pointIntervalSeconds: 1 } });
  assert.deepEqual(fresh, {
    name: "gold",
    builtIn: false,
    pointIntervalSeconds: 1,
    applicationPointIntervalSeconds: 0,
    trackerPointIntervalSeconds: 300,
    retentionSeconds: 30 * 86_400,
    retention: "2h:all,1d:5m,30d:1h",
    retentionBytesMax: 0,
    logBytesMax: 4 * 1024 ** 3,
    copyBytesPerSecondMax: 0,
    codec: "lz4",
    cacheBytesMax: 8 * 1024 ** 3,
    resyncWindow: "outside-working-hours",
    resyncDays: 0,
    verifyDays: 7,
  });
  await server.client.call("setPolicy", {
    params: { name: "gold" },
    body: { codec: "zstd", applicationPointIntervalSeconds: 3_600 },
  });
  for (const applicationPointIntervalSeconds of [59, 60.5, -1, 7 * 86_400 + 1]) {
    const call = server.client.call("setPolicy", {
      params: { name: "gold" },
      body: { applicationPointIntervalSeconds },
    });
    await assert.rejects(call, (error) => isFault(error));
  }
  await server.stop();
  const again = await startServer(t, home);
  const { items } = await again.client.call("listPolicies", {});
  assert.deepEqual(
    items.map((item) => [item.name, item.pointIntervalSeconds, item.applicationPointIntervalSeconds, item.codec]),
    [
      ["default", 2, 0, "lz4"],
      ["gold", 1, 3_600, "zstd"],
    ],
  );
});

void test("how long points are kept is said in tiers or as one time, checked, and the one follows the other", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const set = async (body: PolicyChange): Promise<readonly [string, number]> => {
    const { retention, retentionSeconds } = await server.client.call("setPolicy", { params: { name: "gold" }, body });
    return [retention, retentionSeconds];
  };
  assert.deepEqual(await set({ retention: "90m:all, 48h:600s" }), ["90m:all,2d:10m", 2 * 86_400]);
  assert.deepEqual(await set({ codec: "none" }), ["90m:all,2d:10m", 2 * 86_400]);
  assert.deepEqual(await set({ retentionSeconds: 7_200 }), ["2h:all", 7_200]);
  for (const body of [{ retention: "2h" }, { retention: "2h:all", retentionSeconds: 60 }])
    await assert.rejects(set(body), (error) => isFault(error, "retention-invalid"));
  assert.deepEqual(await set({ codec: "lz4" }), ["2h:all", 7_200]);
});

void test("events are followed as they happen, each once", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const { items } = await server.client.call("listEvents", { query: {} });
  const after = String(items.at(-1)?.id);
  const following = server.client.call("listEvents", { query: { after, waitSeconds: 20 } });
  const { id } = await server.client.call("createToken", { body: { role: "viewer" } });
  const [event] = (await following).items;
  assert.equal(event?.kind, "token-created");
  assert.equal(event?.subject, id);
  assert.match(event?.actor ?? "", /^token \w+ \(administrator\)$/);
  const none = await server.client.call("listEvents", { query: { after: String(event?.id), waitSeconds: 0.1 } });
  assert.deepEqual(none.items, []);
});
