import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { SignIn } from "@leeward/api";
import { nodeClock } from "@leeward/world";
import { Check } from "typebox/value";
import { type Answer, ask } from "../testing/node-ask.ts";
import { eventually } from "../testing/node-installation.ts";
import { startProvider, type TestProvider } from "../testing/node-test-provider.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { claimOf, namesOf, parseRoleRules, roleOfClaim } from "./oidc-claims.ts";

const ADA = { id: "a-1", name: "ada", groups: ["everybody", "leeward-operators"] };
const ROLES = "oidcRoles: [leeward-operators=operator, leeward-admins=administrator]\n";

interface Stage {
  readonly server: TestServer;
  readonly provider: TestProvider;
}

async function stage(
  t: Parameters<typeof startServer>[0],
  settings: Readonly<Record<string, string>> = {},
  clock = nodeClock,
): Promise<Stage> {
  const provider = await startProvider(t);
  provider.at = ADA;
  const of = {
    ...{ oidcIssuer: provider.issuer, oidcClientId: provider.clientId, oidcClientSecretFile: provider.secretFile },
    ...{ oidcCaFile: provider.caFile, oidcName: "The works", ...settings },
  };
  const home = await temporaryFolder(t);
  writeFileSync(`${home}/config.yaml`, ROLES);
  const server = await startServer(t, home, of, { clock });
  provider.admit(`${server.url}/v1/sign-in/oidc/callback`);
  return { server, provider };
}

/** A browser as far as redirections and cookies go, each server's cookies its own. */
class TestBrowser {
  readonly #stage: Stage;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(of: Stage) {
    this.#stage = of;
  }

  async get(url: string): Promise<Answer> {
    const { server, provider } = this.#stage;
    const { origin, pathname, search } = new URL(url);
    const jar = this.#jarOf(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const caPem = origin === provider.issuer ? readFileSync(provider.caFile, "utf8") : server.caPem;
    const headers = cookie === "" ? {} : { cookie };
    const answer = await ask({ url: origin, caPem }, { method: "GET", path: `${pathname}${search}`, headers });
    for (const set of [answer.headers["set-cookie"] ?? []].flat()) {
      const [pair = ""] = set.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** Goes from redirection to redirection until `until` says that the next address is not to be opened. */
  async follow(url: string, until: (next: URL) => boolean): Promise<URL> {
    let at = new URL(url);
    for (let step = 0; step < 20 && !until(at); step += 1) {
      const { headers, status } = await this.get(at.href);
      assert.ok(headers.location !== undefined, `${at.href} leads on: ${status}`);
      at = new URL(String(headers.location), at);
    }
    return at;
  }

  cookieOf(origin: string, name: string): string | undefined {
    return this.#jarOf(origin).get(name);
  }

  #jarOf(origin: string): Map<string, string> {
    const known = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, known);
    return known;
  }
}

const isCallback = ({ pathname }: URL): boolean => pathname === "/v1/sign-in/oidc/callback";
const begin = ({ url }: TestServer): string => `${url}/v1/sign-in/oidc`;

/** Signs in from start to end; where the browser is sent last, and who it is then. */
async function signIn(of: Stage, browser = new TestBrowser(of)): Promise<{ end: string; me: SignIn | undefined }> {
  const { server } = of;
  const end = await browser.follow(begin(server), ({ origin, pathname }) => origin === server.url && pathname === "/");
  const { body } = await browser.get(`${server.url}/v1/me`);
  return { end: `${end.pathname}${end.search}`, me: Check(SignIn, body) ? body : undefined };
}

/** Up to the provider's answer, which is not brought back yet. */
async function answered(of: Stage, browser: TestBrowser): Promise<URL> {
  return browser.follow(begin(of.server), isCallback);
}

async function endOf(browser: TestBrowser, url: URL): Promise<string> {
  const { headers } = await browser.get(url.href);
  return String(headers.location);
}

void test("somebody of the provider comes to be a user at the first sign-in, with the role of the groups each time", async (t) => {
  const of = await stage(t);
  const { server, provider } = of;
  assert.deepEqual((await server.clientWith(undefined).call("waysToSignIn", {})).oidc, { name: "The works" });
  const browser = new TestBrowser(of);
  const { end, me } = await signIn(of, browser);
  assert.equal(end, "/");
  assert.deepEqual([me?.user.name, me?.user.kind, me?.role], ["ada", "oidc", "operator"]);
  assert.equal(browser.cookieOf(server.url, "__Host-leeward-oidc"), undefined, "what began it is gone");
  provider.at = { ...ADA, groups: ["leeward-admins", "leeward-operators"] };
  assert.equal((await signIn(of)).me?.role, "administrator");
  assert.equal((await browser.get(`${server.url}/v1/me`)).status, 401, "with another role the sign-ins of before end");
  const { items } = await server.client.call("listUsers", {});
  assert.deepEqual(
    items.map(({ name, kind, role }) => [name, kind, role]),
    [["ada", "oidc", "administrator"]],
  );
  await assert.rejects(server.client.call("setUser", { params: { user: "ada" }, body: { role: "viewer" } }), {
    code: "user-of-provider",
  });
  await server.client.call("setUser", { params: { user: "ada" }, body: { disabled: true } });
  assert.deepEqual(await signIn(of), { end: "/?sign-in=sign-in-refused", me: undefined });
});

void test("who has no group with a role does not get in, and takes nobody's name", async (t) => {
  const of = await stage(t);
  const { server, provider } = of;
  await server.client.call("createUser", { body: { name: "Ada", role: "viewer", password: "correct horse battery" } });
  provider.at = { ...ADA, groups: ["everybody"] };
  assert.deepEqual(await signIn(of), { end: "/?sign-in=sign-in-refused", me: undefined });
  assert.equal((await server.client.call("listUsers", {})).items.length, 1);
  provider.at = ADA;
  assert.equal((await signIn(of)).me?.user.name, "a-1");
  const { items } = await server.client.call("listEvents", { query: { severity: "warning", limit: 100 } });
  assert.ok(items.some(({ message }) => message.includes("no group that has a role here")));
});

void test("an answer with another state, nonce or issuer, to another browser, twice, or too late is refused", async (t) => {
  let ahead = 0;
  const clock = { ...nodeClock, wallMicros: () => nodeClock.wallMicros() + ahead };
  const of = await stage(t, {}, clock);
  const { server, provider } = of;
  const REFUSED = "/?sign-in=sign-in-refused";
  const changed = async (name: string, value: string): Promise<string> => {
    const browser = new TestBrowser(of);
    const url = await answered(of, browser);
    assert.ok(url.searchParams.has(name), name);
    url.searchParams.set(name, value);
    return endOf(browser, url);
  };
  assert.equal(await changed("state", "A".repeat(43)), REFUSED);
  assert.equal(await changed("iss", "https://elsewhere.example"), REFUSED);
  assert.equal(await changed("code", "A".repeat(43)), REFUSED);
  const browser = new TestBrowser(of);
  const first = await browser.get(begin(server));
  const toProvider = new URL(String(first.headers.location));
  assert.deepEqual(
    ["code_challenge_method", "response_type"].map((name) => toProvider.searchParams.get(name)),
    ["S256", "code"],
  );
  toProvider.searchParams.set("nonce", "another");
  assert.equal(await endOf(browser, await browser.follow(toProvider.href, isCallback)), REFUSED, "nonce");
  assert.equal(await endOf(new TestBrowser(of), await answered(of, new TestBrowser(of))), REFUSED, "another browser");
  const again = new TestBrowser(of);
  const url = await answered(of, again);
  const cookie = `__Host-leeward-oidc=${again.cookieOf(server.url, "__Host-leeward-oidc")}`;
  assert.equal(await endOf(again, url), "/");
  const replayed = await ask(server, { method: "GET", path: `${url.pathname}${url.search}`, headers: { cookie } });
  assert.equal(String(replayed.headers["location"]), REFUSED, "a code is for once");
  provider.codeSeconds = 1;
  const slow = new TestBrowser(of);
  const late = await answered(of, slow);
  const codeBegan = nodeClock.monotonicMicros();
  await eventually(async () => nodeClock.monotonicMicros() - codeBegan > 2_100_000);
  assert.equal(await endOf(slow, late), REFUSED, "the code has expired at the provider");
  provider.codeSeconds = 60;
  const forgotten = new TestBrowser(of);
  const old = await answered(of, forgotten);
  ahead = 11 * 60_000_000;
  assert.equal(await endOf(forgotten, old), REFUSED, "it was begun too long ago");
});

void test("a provider that nobody vouches for, or that is another, is not spoken to", async (t) => {
  const of = await stage(t, { oidcCaFile: "" });
  const { headers } = await new TestBrowser(of).get(begin(of.server));
  assert.equal(headers.location, "/?sign-in=oidc-failed");
  const other = await stage(t);
  const renamed = await startServer(t, await temporaryFolder(t), {
    ...{ oidcIssuer: other.provider.issuer.replace("127.0.0.1", "localhost"), oidcClientId: "leeward" },
    oidcCaFile: other.provider.caFile,
  });
  const answer = await ask(renamed, { method: "GET", path: "/v1/sign-in/oidc" });
  assert.equal(answer.headers.location, "/?sign-in=oidc-failed");
  const none = await startServer(t, await temporaryFolder(t));
  const unset = await ask(none, { method: "GET", path: "/v1/sign-in/oidc" });
  assert.equal(unset.headers.location, "/?sign-in=oidc-not-set");
});

void test("rules give the highest role of all groups, and claims may lie inside others", () => {
  const rules = parseRoleRules(["a=viewer", "b = operator", "cn=x,ou=y=administrator"]);
  assert.ok(rules !== undefined);
  assert.equal(roleOfClaim(["a", "b"], rules), "operator");
  assert.equal(roleOfClaim("cn=x,ou=y", rules), "administrator");
  assert.equal(roleOfClaim(["c", 1, null], rules), undefined);
  assert.equal(roleOfClaim(undefined, rules), undefined);
  assert.equal(parseRoleRules(["a=king"]), undefined);
  assert.equal(parseRoleRules(["=viewer"]), undefined);
  assert.deepEqual(claimOf({ realm_access: { roles: ["x"] } }, "realm_access.roles"), ["x"]);
  assert.deepEqual(claimOf({ "https://x/roles.all": ["y"] }, "https://x/roles.all"), ["y"]);
  assert.equal(claimOf({}, "constructor.name"), undefined);
  assert.deepEqual(namesOf({ preferred_username: "<b>", email: "a@b.c", sub: "1" }, "https://p.example"), [
    ...["a@b.c", "1", "a@b.c@p.example", "1@p.example"],
  ]);
});
