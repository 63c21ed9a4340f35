// What holds for every route, by the table: whoever adds a route adds it to these.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type ApiRole, allows, Event, ROUTES, type Route, type RouteName } from "@leeward/api";
import { Check } from "typebox/value";
import { DESTRUCTIVE_ROUTES } from "../access/destructive.ts";
import { ask, codeOf } from "../testing/node-ask.ts";
import { install } from "../testing/node-installation.ts";
import { joinServer } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { type Visitor, visit } from "../testing/node-visitor.ts";
import { sampleCalls } from "../testing/sample-call.ts";

const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);
const RANKS = ["viewer", "operator", "administrator"] as const;
/** They end what the next calls are made with. */
const ENDING: readonly string[] = ["retireAuthority", "rotateAuthority", "signOut"] satisfies RouteName[];

async function tokenOf(server: TestServer, role: ApiRole, machine?: string): Promise<string> {
  const scope = machine === undefined ? {} : { scope: { machines: [machine] } };
  return (await server.client.call("createToken", { body: { role, ...scope } })).token;
}

void test("every route, every role, by nothing, a token, a limited token, a cookie without and with what belongs to it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  await install(t, server, folder);
  const other = await joinServer(t, server, {
    ...{ planKind: "agentPlan", role: "agent", name: "db", home: join(folder, "db") },
    status: ({ version }) => ({
      kind: "agentStatus",
      value: {
        planVersion: version,
        agentVersion: "0.1.0",
        bootId: "",
        inventoryJson: "{}",
        clockOffsetMicros: 0,
        disks: [],
        links: [],
      },
    }),
  });
  const callers = new Map<ApiRole, { whole: string; limited: string; visitor: Visitor }>();
  for (const role of RANKS) {
    const [whole, limited] = [await tokenOf(server, role), await tokenOf(server, role, "web")];
    callers.set(role, { whole, limited, visitor: await visit(server, { token: whole }) });
  }
  for (const [name, route] of routes) {
    // Of the machine that the limited ones may not see.
    const path = route.path.replace(":machine", other.id).replace(/:\w+/g, "nothing");
    const call = { method: route.method, path };
    const told = async (how: { token?: string; headers?: Readonly<Record<string, string>> }): Promise<string> => {
      const { status, body } = await ask(server, { ...call, ...how });
      return status < 300 ? "done" : `${status} ${codeOf(body)}`;
    };
    const nothing = await told({});
    if (route.role === "none") assert.doesNotMatch(nothing, /^40[13]/, name);
    else assert.equal(nothing, `401 ${route.role === "member" ? "certificate-required" : "token-required"}`, name);
    const { role: needed } = route;
    if (needed === "none" || needed === "member" || ENDING.includes(name)) continue;
    for (const [role, { whole, limited, visitor }] of callers) {
      const who = `${name} ${role}`;
      const { cookie, signIn } = visitor;
      const bare = await told({ headers: { cookie } });
      if (route.method !== "GET") assert.equal(bare, "403 csrf-refused", who);
      const ways = [
        await told({ headers: { cookie, "leeward-csrf": signIn.csrfToken ?? "" } }),
        await told({ token: whole }),
      ];
      const narrow = await told({ token: limited });
      if (allows(role, needed)) {
        for (const way of ways) assert.doesNotMatch(way, /^40[13]/, who);
        if (route.scope === "installation") assert.equal(narrow, "403 scope-insufficient", who);
        else if (typeof route.scope !== "string" && "thing" in route.scope) assert.match(narrow, /^404 /, who);
        else assert.doesNotMatch(narrow, /^40[13]/, who);
      } else for (const way of [...ways, narrow]) assert.equal(way, "403 role-insufficient", who);
    }
  }
});

void test("each route says how it is limited by what it has: a parameter of its path, or a field of its items", () => {
  for (const [name, route] of routes) {
    const { scope } = route;
    // These name a path on a master target, which belongs to no machine.
    const isOfTarget = name === "savePoint" || name === "loadSeed";
    if (isOfTarget) assert.equal(scope, "installation", name);
    else if (route.path.includes("/:machine")) assert.deepEqual(scope, { thing: "machine", param: "machine" }, name);
    if (typeof scope === "string") continue;
    if ("thing" in scope) assert.ok(route.path.split("/").includes(`:${scope.param}`), name);
    else {
      const { properties }: { properties?: { items?: { items?: { properties?: object } } } } = { ...route.response };
      assert.ok(scope.items === null || scope.items in (properties?.items?.items?.properties ?? {}), name);
    }
  }
});

void test("what deletes needs a second person, or says here why not", () => {
  const HARMLESS = {
    closePoint: "a point that is served stays",
    giveUpSeed: "the disk is sent instead",
    removeDrillSchedule: "reports stay, and it is set again",
    removeRecoveryPlan: "its runs stay, and its document is exported beforehand",
    removeGroup: "machines and points stay",
    removeRelease: "it is added again",
    revokeToken: "who is shut out gets another",
    endSignIn: "who is signed out signs in",
    unsilenceAlert: "who was not told is told again",
    removeAlertChannel: "it is made again, and its going is an event",
  };
  for (const [name, { method }] of routes)
    if (method === "DELETE") assert.equal(DESTRUCTIVE_ROUTES.includes(name), !Object.hasOwn(HARMLESS, name), name);
});

const HOSTILE = [
  "'; DROP TABLE users; --",
  '" OR "1"="1',
  "<script>alert(1)</script>",
  "../../../../etc/passwd",
  "..\\..\\x",
  "{{7*7}}",
  "a\u0000b",
  "\r\nset-cookie: a=b",
  "%00",
  "__proto__",
];

async function shown({ client }: TestServer): Promise<unknown> {
  const users = await client.call("listUsers", {});
  const machines = await client.call("listMachines", {});
  return [users, machines.items.map(({ id }) => id), (await client.call("listPolicies", {})).items.length];
}

void test("a text of any kind in any place of any call breaks nothing and is taken for nothing else", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  await server.client.call("createUser", {
    body: { name: "ada", role: "administrator", password: "long enough a password" },
  });
  const before = await shown(server);
  let asked = 0;
  for (const [name, route] of routes) {
    if (ENDING.includes(name) || route.role === "member") continue;
    for (const [index, text] of HOSTILE.entries()) {
      for (const { path, body } of sampleCalls(route, text)) {
        // Each place has some of the texts, and each text some of the places, which keeps this short.
        asked += 1;
        if ((asked + index) % 3 !== 0) continue;
        const what = `${route.method} ${path} ${JSON.stringify(body)}`;
        const said = body === undefined ? {} : { body: JSON.stringify(body) };
        const headers = { "x-forwarded-for": text.replaceAll(/[^\x20-\x7e]/g, "") };
        const answer = await ask(server, { method: route.method, path, token: server.operatorToken, headers, ...said });
        assert.ok(answer.status < 500 || codeOf(answer.body) !== "internal-error", `${what} ${answer.status}`);
        assert.doesNotMatch(String(answer.headers["content-type"]), /html/, what);
        assert.equal(answer.headers["x-content-type-options"], "nosniff", what);
        assert.ok(answer.headers["set-cookie"] === undefined, what);
      }
    }
  }
  assert.ok(asked > 1_000, String(asked));
  assert.deepEqual(await shown(server), before);
});

void test("no path leads out of the API, whatever its parameters say, and nothing is put anywhere", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  const ESCAPES = [
    "..",
    "%2e%2e",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cx",
    "%00",
    ".%00.",
    "%252e%252e%252f",
    "....//",
  ];
  for (const [name, route] of routes.filter(([, { path }]) => path.includes(":"))) {
    for (const escape of ESCAPES) {
      const path = route.path.replace(/:\w+/g, escape);
      const query = name === "addReleasePart" ? `?offset=0&sizeBytes=1&sha256=${"0".repeat(64)}` : "";
      const { method } = route;
      const bytes = name === "addReleasePart" ? { body: "x", type: "application/octet-stream" } : {};
      const { status, body } = await ask(server, { method, path: path + query, token: server.operatorToken, ...bytes });
      assert.ok(status >= 400 && status < 500, `${method} ${path} ${status} ${JSON.stringify(body)}`);
    }
  }
  for (const path of [
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/v1/../../operator.token",
    "//etc/passwd",
    "/%2e%2e/ca.pem",
  ])
    assert.equal((await ask(server, { method: "GET", path })).status, 404, path);
  assert.deepEqual(await readdir(folder), ["server"]);
});

async function eventsAfter({ call }: Visitor, after: number): Promise<Event[]> {
  const { body } = await call("GET", `/v1/events?limit=1000&after=${after}`);
  const { items }: { items?: unknown } = typeof body === "object" && body !== null ? body : {};
  return Array.isArray(items) ? items.filter((each): each is Event => Check(Event, each)) : [];
}

void test("every change that was made or refused says who asked for it, and from where", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, join(folder, "server"));
  await server.client.call("createUser", {
    body: { name: "ada", role: "administrator", password: "long enough a password" },
  });
  const ada = await visit(server, { user: "ada", password: "long enough a password" });
  let made = 0;
  for (const [name, route] of routes) {
    if (route.method === "GET" || route.role === "member" || ENDING.includes(name)) continue;
    const after = (await server.client.call("listEvents", { query: { limit: 1 } })).items.at(-1)?.id ?? 0;
    const [sample] = sampleCalls(route);
    assert.ok(sample !== undefined, name);
    const { body } = sample;
    const { status } = await ada.call(
      route.method,
      sample.path,
      name === "changePassword" ? { password: "no", newPassword: "no" } : body,
    );
    if (status < 300) made += 1;
    const told = (await eventsAfter(ada, after)).filter(({ address }) => address === "127.0.0.1");
    const mine = told.filter(({ actor }) => actor === "user ada (administrator)");
    const known = route.role === "none" ? told : mine;
    assert.ok(known.length > 0, `${name}: ${status}`);
  }
  assert.ok(made > 5, `${made} were made`);
});
