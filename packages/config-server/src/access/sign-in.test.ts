import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { SignIn } from "@leeward/api";
import { isFault, seededRandom } from "@leeward/base";
import { silentTrace } from "@leeward/daemon";
import { type Clock, nodeClock } from "@leeward/world";
import { Check } from "typebox/value";
import { EventLog } from "../events/event-log.ts";
import { ask, codeOf, cookieOf } from "../testing/node-ask.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { trySignIn, type Visitor, visit, visitorOf } from "../testing/node-visitor.ts";
import { Lockout } from "./lockout.ts";
import { Passwords } from "./node-password.ts";
import { Users } from "./users.ts";

const PASSWORD = "correct horse battery staple";
const OTHER = "another long enough password";
const ADA = { user: "ada", password: PASSWORD };

async function withAda(server: TestServer, role: "viewer" | "operator" | "administrator" = "operator"): Promise<void> {
  await server.client.call("createUser", { body: { name: "ada", role, password: PASSWORD } });
}

async function me({ call }: Visitor): Promise<string> {
  const { status, body } = await call("GET", "/v1/me");
  return status === 200 ? "signed in" : `${status} ${codeOf(body)}`;
}

/** The real clock, which a test may put forward. */
function movedClock(): { readonly clock: Clock; by(minutes: number): void } {
  let ahead = 0;
  return {
    clock: { ...nodeClock, wallMicros: () => nodeClock.wallMicros() + ahead },
    by: (minutes) => {
      ahead += minutes * 60_000_000;
    },
  };
}

void test("the first administrator signs in with the operator's token and makes a user, who signs in and out; a stolen cookie is nothing then", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  assert.deepEqual(await server.clientWith(undefined).call("waysToSignIn", {}), {
    local: false,
    oidc: null,
    version: "0.1.0",
  });
  const first = await visit(server, { token: server.operatorToken });
  assert.equal(first.signIn.user.kind, "token");
  const made = await first.call("POST", "/v1/users", { name: "ada", role: "operator", password: PASSWORD });
  assert.equal(made.status, 201);
  assert.equal((await server.clientWith(undefined).call("waysToSignIn", {})).local, true);
  const answer = await trySignIn(server, ADA);
  assert.match(
    String(answer.headers["set-cookie"]),
    /^__Host-leeward=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  assert.equal(answer.headers["cache-control"], "no-store");
  const ada = await visit(server, ADA);
  assert.deepEqual([ada.signIn.user.name, ada.signIn.role], ["ada", "operator"]);
  assert.equal(await me(ada), "signed in");
  const refused = await ada.call("GET", "/v1/users");
  assert.equal(`${refused.status} ${codeOf(refused.body)}`, "403 role-insufficient");
  assert.equal((await ada.call("POST", "/v1/sign-out")).status, 200);
  assert.equal(await me(ada), "401 sign-in-ended");
  const { items } = await server.client.call("listEvents", { query: { limit: 100 } });
  const told = items.map(({ kind, actor, address }) => `${kind} ${actor} ${address ?? ""}`);
  assert.ok(told.includes("signed-in user ada (operator) 127.0.0.1"), told.join("\n"));
  assert.ok(told.includes("signed-out user ada (operator) 127.0.0.1"));
});

void test("a cookie that somebody brings is never taken over: each sign-in has another secret, and the one before ends", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server);
  const planted = `__Host-leeward=${"A".repeat(43)}`;
  const first = await visit(server, ADA, { cookie: planted });
  assert.notEqual(first.cookie, planted);
  assert.equal(await me(visitorOf(server, planted, first.signIn)), "401 sign-in-ended");
  const second = await visit(server, ADA, { cookie: first.cookie });
  assert.notEqual(second.cookie, first.cookie);
  assert.equal(await me(first), "401 sign-in-ended");
  assert.equal(await me(second), "signed in");
});

void test("a change of the own password gives another secret and ends the other sign-ins; a wrong present one changes nothing", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server);
  const [here, elsewhere] = [await visit(server, ADA), await visit(server, ADA)];
  const wrong = await here.call("PUT", "/v1/me/password", { password: OTHER, newPassword: OTHER });
  assert.equal(`${wrong.status} ${codeOf(wrong.body)}`, "409 password-wrong");
  assert.equal(await me(elsewhere), "signed in");
  const changed = await here.call("PUT", "/v1/me/password", { password: PASSWORD, newPassword: OTHER });
  assert.equal(changed.status, 200);
  assert.equal(await me(here), "401 sign-in-ended", "the secret that was known before");
  assert.equal(await me(elsewhere), "401 sign-in-ended");
  const cookie = cookieOf(changed) ?? "";
  const now = await ask(server, { method: "GET", path: "/v1/me", headers: { cookie } });
  assert.ok(Check(SignIn, now.body) && now.body.id === here.signIn.id);
  assert.notEqual(now.body.csrfToken, here.signIn.csrfToken);
  assert.equal((await trySignIn(server, ADA)).status, 401);
  assert.equal((await trySignIn(server, { user: "ada", password: OTHER })).status, 201);
});

void test("sign-ins end when the user is changed, disabled or removed, and when the token that they came from is revoked", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server, "viewer");
  const params = { user: "ADA" };
  for (const body of [{ role: "operator" }, { password: OTHER }, { password: PASSWORD }, { disabled: true }] as const) {
    const ada = await visit(server, { ...ADA, password: "disabled" in body ? PASSWORD : await passwordNow(server) });
    await server.client.call("setUser", { params, body });
    assert.equal(await me(ada), "401 sign-in-ended", JSON.stringify(body));
  }
  assert.equal((await trySignIn(server, ADA)).status, 401, "disabled");
  await server.client.call("setUser", { params, body: { disabled: false } });
  const ada = await visit(server, ADA);
  await server.client.call("setUser", { params, body: { unlock: true } });
  assert.equal(await me(ada), "signed in", "who is unlocked goes on");
  await server.client.call("removeUser", { params });
  assert.equal(await me(ada), "401 sign-in-ended");
  const { id, token } = await server.client.call("createToken", { body: { role: "viewer" } });
  const byToken = await visit(server, { token });
  await server.client.call("revokeToken", { params: { id } });
  assert.equal(await me(byToken), "401 sign-in-ended");

  async function passwordNow(of: TestServer): Promise<string> {
    return (await trySignIn(of, ADA)).status === 201 ? PASSWORD : OTHER;
  }
});

void test("a sign-in ends half an hour after the last call, twelve hours after its begin, and with its token's time", async (t) => {
  const { clock, by } = movedClock();
  const server = await startServer(t, await temporaryFolder(t), {}, { clock });
  await withAda(server);
  const ada = await visit(server, ADA);
  by(29);
  assert.equal(await me(ada), "signed in");
  by(29);
  assert.equal(await me(ada), "signed in");
  by(31);
  assert.equal(await me(ada), "401 sign-in-ended");
  const lasting = await visit(server, ADA);
  for (let minutes = 0; minutes < 12 * 60 - 25; minutes += 25) {
    assert.equal(await me(lasting), "signed in", `${minutes} min`);
    by(25);
  }
  by(25);
  assert.equal(await me(lasting), "401 sign-in-ended");
  const alone = await visit(server, ADA);
  by(20);
  const background = { cookie: alone.cookie, "leeward-background": "1" };
  assert.equal((await ask(server, { method: "GET", path: "/v1/me", headers: background })).status, 200);
  by(11);
  assert.equal(await me(alone), "401 sign-in-ended", "what a page asks by itself keeps nobody signed in");
  const { token } = await server.client.call("createToken", { body: { role: "viewer", ttlSeconds: 600 } });
  const byToken = await visit(server, { token });
  by(11);
  assert.equal(await me(byToken), "401 sign-in-ended");
});

void test("sign-ins are in the state: they outlast the server, by their digest alone, as do users without their passwords", async (t) => {
  const home = await temporaryFolder(t);
  const server = await startServer(t, home);
  await withAda(server);
  const ada = await visit(server, ADA);
  const { items } = await server.client.call("listSignIns", {});
  assert.deepEqual(
    items.map(({ user, address, role }) => [user, address, role]),
    [["ada", "127.0.0.1", "operator"]],
  );
  await server.stop();
  const again = await startServer(t, home);
  assert.equal(await me(visitorOf(again, ada.cookie, ada.signIn)), "signed in");
  const secret = ada.cookie.split("=")[1] ?? "";
  const found = await readdir(home, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of found.filter((each) => each.isFile())) {
    const content = await readFile(`${parentPath}/${name}`);
    assert.ok(!content.includes(secret) && !content.includes(PASSWORD), name);
  }
  await again.client.call("endSignIn", { params: { id: ada.signIn.id } });
  assert.equal(await me(visitorOf(again, ada.cookie, ada.signIn)), "401 sign-in-ended");
});

void test("with a cookie, a change needs the header of this very sign-in, and comes from no page of another server", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server, "administrator");
  const [ada, other] = [await visit(server, ADA), await visit(server, ADA)];
  const own = { cookie: ada.cookie, "leeward-csrf": ada.signIn.csrfToken ?? "" };
  const told = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const { status, body } = await ask(server, { method: "POST", path: "/v1/sign-out", headers });
    return status === 200 ? "done" : `${status} ${codeOf(body)}`;
  };
  assert.equal(await told({ cookie: ada.cookie }), "403 csrf-refused");
  assert.equal(await told({ ...own, "leeward-csrf": other.signIn.csrfToken ?? "" }), "403 csrf-refused");
  for (const origin of ["https://elsewhere.example", "null", server.url.replace("https", "http"), `${server.url}1`])
    assert.equal(await told({ ...own, origin }), "403 csrf-refused", origin);
  assert.equal(await told({ ...own, origin: server.url }), "done");
  const planted = await trySignIn(server, ADA, { origin: "https://elsewhere.example" });
  assert.equal(codeOf(planted.body), "csrf-refused", "nobody is signed in by a page of somebody else");
});

void test("a name is locked after a few wrong passwords, for longer each time, and one that nobody has tells the same", async (t) => {
  const { clock, by } = movedClock();
  const server = await startServer(t, await temporaryFolder(t), {}, { clock });
  await withAda(server);
  const tried = async (user: string, password = OTHER): Promise<string> => {
    const { status, body } = await trySignIn(server, { user, password });
    return status === 201 ? "in" : `${status} ${JSON.stringify(body)}`;
  };
  const known: string[] = [];
  const unknown: string[] = [];
  for (let count = 0; count < 7; count += 1) {
    known.push(await tried("ada"));
    unknown.push(await tried("nobody"));
  }
  assert.deepEqual(known.slice(0, 5), unknown.slice(0, 5));
  assert.match(known[4] ?? "", /^401 .*sign-in-refused/);
  assert.match(known[6] ?? "", /^429 .*sign-in-locked/);
  assert.match(unknown[6] ?? "", /^429 .*sign-in-locked/);
  assert.match(await tried("ada", PASSWORD), /^429 /, "the right one is not looked at either");
  assert.notEqual((await server.client.call("showUser", { params: { user: "ada" } })).lockedUntil, null);
  by(0.6);
  assert.match(await tried("ada"), /^401 /);
  by(0.6);
  assert.match(await tried("ada"), /^429 /, "longer than the first time");
  by(0.5);
  assert.equal(await tried("ada", PASSWORD), "in");
  assert.match(await tried("ada"), /^401 /, "counted from the start");
  for (let count = 0; count < 6; count += 1) await tried("ada");
  await server.client.call("setUser", { params: { user: "ada" }, body: { unlock: true } });
  assert.equal(await tried("ada", PASSWORD), "in");
});

void test("many wrong passwords at once are counted before they are looked at, and an address has its own count", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server);
  const atOnce = await Promise.all(
    Array.from({ length: 12 }, () => trySignIn(server, { user: "ada", password: OTHER })),
  );
  assert.equal(atOnce.filter(({ status }) => status === 401).length, 5);
  assert.equal(atOnce.filter(({ status }) => status === 429).length, 7);
  const others = [];
  for (let count = 0; count < 17; count += 1)
    others.push((await trySignIn(server, { user: `nobody-${count}`, password: OTHER })).status);
  assert.deepEqual([others.indexOf(429), others.at(-1)], [15, 429]);
});

void test("as much is done for a name that nobody has, a disabled user and a wrong password", async (t) => {
  const home = await temporaryFolder(t);
  using store = await openTestStore(home);
  const passwords = await Passwords.open();
  const world = { clock: nodeClock, random: seededRandom(1) };
  const events = new EventLog({ rows: store.events, clock: nodeClock, trace: silentTrace, kept: () => 1_000 });
  const users = new Users({ world, store, events, passwords, lockout: new Lockout(store, nodeClock) });
  const by = { actor: { name: "test", address: null }, identity: "token:t" };
  await users.create({ name: "ada", role: "viewer", password: PASSWORD }, null, by);
  await users.create({ name: "ben", role: "viewer", password: PASSWORD }, null, by);
  await users.set("ben", { disabled: true }, by);
  for (const [name, password] of [
    ["ada", OTHER],
    ["ben", PASSWORD],
    ["nobody", PASSWORD],
    ["ada", ""],
  ] as const) {
    const before = passwords.compared;
    await assert.rejects(users.check(name, password, "127.0.0.1"), (error) => isFault(error, "sign-in-refused"), name);
    assert.equal(passwords.compared, before + 1, name);
  }
  assert.equal((await users.check("Ada", PASSWORD, "127.0.0.1")).name, "ada");
});

void test("a password is long, and not the name; characters of which kind is nobody's matter", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  const made = async (name: string, password: string): Promise<string> => {
    try {
      await server.client.call("createUser", { body: { name, role: "viewer", password } });
      return "made";
    } catch (error) {
      return isFault(error) ? error.code : "another error";
    }
  };
  assert.equal(await made("a", "elevenchars"), "password-invalid");
  assert.equal(await made("a", "🔑🔑🔑🔑🔑🔒"), "password-invalid", "six characters of two parts each");
  assert.equal(await made("ada-of-lovelace", "Ada-of-Lovelace"), "password-invalid");
  assert.equal(await made("a", "            "), "password-invalid");
  assert.equal(await made("a", "twelve chars"), "made");
  assert.equal(await made("A", "twelve chars"), "name-taken");
});

void test("the last who may administrate is not taken away while no token may", async (t) => {
  const server = await startServer(t, await temporaryFolder(t));
  await withAda(server, "administrator");
  const ada = await visit(server, ADA);
  const { items } = await server.client.call("listTokens", {});
  for (const { id } of items) await ada.call("DELETE", `/v1/tokens/${id}`);
  const refused = [
    await ada.call("DELETE", "/v1/users/ada"),
    await ada.call("PUT", "/v1/users/ada", { disabled: true }),
    await ada.call("PUT", "/v1/users/ada", { role: "operator" }),
  ];
  assert.deepEqual(
    refused.map(({ body }) => codeOf(body)),
    ["last-administrator", "last-administrator", "last-administrator"],
  );
  await ada.call("POST", "/v1/users", { name: "ben", role: "administrator", password: PASSWORD });
  assert.equal((await ada.call("DELETE", "/v1/users/ada")).status, 200);
});
