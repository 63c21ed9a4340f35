import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, ask } from "../testing/node-ask.ts";
import { joinStill } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

const asker =
  (server: TestServer) =>
  (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask(server, {
      method,
      path,
      token: server.operatorToken,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

const tagOf = ({ headers }: Answer): string => String(headers["etag"]);

void test("who has the present answer is told so, and nothing else", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const ask = asker(server);
  for (const path of ["/v1/policies", "/v1/policies/default", "/v1/machines", "/v1/installation", "/v1/openapi.json"]) {
    const first = await ask("GET", path);
    assert.equal(first.status, 200, path);
    const again = await ask("GET", path, undefined, { "if-none-match": `"other", ${tagOf(first)}` });
    assert.equal(again.status, 304, path);
    assert.equal(again.body, "");
    assert.equal(tagOf(again), tagOf(first));
  }
  const before = await ask("GET", "/v1/policies");
  await ask("PUT", "/v1/policies/gold", { verifyDays: 3 });
  const after = await ask("GET", "/v1/policies", undefined, { "if-none-match": tagOf(before) });
  assert.equal(after.status, 200);
});

void test("what somebody else has changed since is not replaced by who says what they saw", async (t) => {
  const home = await temporaryFolder(t);
  const server = await startServer(t, home);
  const ask = asker(server);
  await ask("PUT", "/v1/policies/gold", { verifyDays: 3 });
  await server.client.call("createRecoveryPlan", { body: { name: "shop", text: PLAN } });
  await joinStill(t, server, { name: "db", home: join(home, "db") });
  const schedule = "/v1/machines/db/drill-schedule";
  await ask("PUT", schedule, { everySeconds: 86_400, checks: ["console:login:"] });
  const edited: readonly (readonly [string, object, object])[] = [
    ["/v1/policies/gold", { verifyDays: 4 }, { verifyDays: 5 }],
    ["/v1/installation", { workingHours: "mon 08:00-09:00" }, { workingHours: "mon 08:00-10:00" }],
    ["/v1/alert-rules/rpo-exceeded", { warning: 3 }, { warning: 4 }],
    [
      schedule,
      { everySeconds: 90_000, checks: ["console:login:"] },
      { everySeconds: 90_001, checks: ["console:login:"] },
    ],
    ["/v1/recovery-plans/shop", { text: PLAN.replace("60", "70") }, { text: PLAN.replace("60", "80") }],
  ];
  for (const [path, one, other] of edited) {
    const seen = tagOf(await ask("GET", path));
    const first = await ask("PUT", path, one, { "if-match": seen });
    assert.equal(first.status, 200, `${path} ${JSON.stringify(first.body)}`);
    const refused = await ask("PUT", path, other, { "if-match": seen });
    assert.equal(refused.status, 412, path);
    assert.match(JSON.stringify(refused.body), /precondition-failed/);
    assert.equal((await ask("PUT", path, other, { "if-match": "*" })).status, 200, path);
    assert.equal((await ask("PUT", path, other)).status, 200, "without the header, whatever there is is replaced");
  }
  const gone = await ask("DELETE", "/v1/recovery-plans/shop", undefined, { "if-match": '"other"' });
  assert.equal(gone.status, 412);
  const missing = await ask("PUT", "/v1/policies/new", { verifyDays: 4 }, { "if-match": "*" });
  assert.equal(missing.status, 412, "what is not there was not seen by anybody");
});

void test("who read a plan's document changes the plan that it is of, and no other", async (t) => {
  const { client } = await startServer(t, await temporaryFolder(t));
  await client.createRecoveryPlan({ body: { name: "shop", text: PLAN } });
  const params = { plan: "shop" };
  const seen = await client.tagged("readRecoveryPlan", { params });
  assert.ok(seen.tag !== null);
  const change = (text: string, ifMatch: string) => client.editRecoveryPlan({ params, body: { text } }, { ifMatch });
  // A comment is a change as any other.
  await change(`# by night\n${PLAN}`, seen.tag);
  await assert.rejects(change(PLAN.replace("60", "70"), seen.tag), { code: "precondition-failed" });
  const stored = await client.tagged("readRecoveryPlan", { params });
  assert.match(stored.answer.text, /# by night/);
  assert.equal((await change(PLAN, stored.tag ?? "")).plan.name, "shop");
});

const PLAN = "steps: [{name: rest, wait: 60}]\n";

void test("of two who change the same at once, each having seen the same, one is refused", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const ask = asker(server);
  const seen = tagOf(await ask("GET", "/v1/policies/default"));
  const answers = await Promise.all(
    [1, 2, 3, 4].map((verifyDays) => ask("PUT", "/v1/policies/default", { verifyDays }, { "if-match": seen })),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
});

void test("a call with the same key is made once; with another body it is refused", async (t) => {
  const home = await temporaryFolder(t);
  const server = await startServer(t, home);
  const ask = asker(server);
  const key = { "idempotency-key": "b1946ac92492d2347c6235b4d2611184" };
  const first = await ask("POST", "/v1/tokens", { role: "viewer", note: "n" }, key);
  assert.equal(first.status, 201);
  const again = await ask("POST", "/v1/tokens", { role: "viewer", note: "n" }, key);
  assert.equal(again.status, 201);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers["idempotency-replayed"], "true");
  assert.equal((await ask("POST", "/v1/tokens", { role: "operator", note: "n" }, key)).status, 422);
  assert.equal((await ask("POST", "/v1/tokens", { role: "viewer" }, { "idempotency-key": "1" })).status, 400);
  await server.stop();
  const restarted = await startServer(t, home);
  const after = await asker(restarted)("POST", "/v1/tokens", { role: "viewer", note: "n" }, key);
  assert.deepEqual(after.body, first.body);
  const { items } = await restarted.client.call("listTokens", {});
  assert.equal(items.filter(({ note }) => note === "n").length, 1);
});

void test("of the recovery key no answer is kept: once it is erased it is not read by a key of before", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const ask = asker(server);
  const key = { "idempotency-key": "b1946ac92492d2347c6235b4d2611184" };
  const exported = await ask("POST", "/v1/recovery-key/export", undefined, key);
  assert.equal(exported.status, 200);
  const { sha256 } = await server.client.call("exportRecoveryKey", {});
  await server.client.call("eraseRecoveryKey", { body: { sha256 } });
  const again = await ask("POST", "/v1/recovery-key/export", undefined, key);
  assert.notEqual(again.status, 200);
  assert.match(JSON.stringify(again.body), /recovery-key-not-held/);
  assert.doesNotMatch(JSON.stringify(again.body), /PRIVATE KEY/);
});
