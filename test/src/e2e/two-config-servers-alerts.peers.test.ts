// What people were told, said and signed in to at a config server that is killed, at the one that takes over. Each alert here is of a machine that is only
// registered: its certificate ends too soon, by a rule that is set so.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Alert, ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { postgres, type Visitor, visit, visitorOf } from "@leeward/config-server/testing";
import { eventually } from "../harness/eventually.ts";
import { HookReceiver, hookMessage } from "../harness/hook-receiver.ts";
import { leewardJson } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";
import { SharedServers } from "../harness/shared-servers.ts";

const RULE = "certificate-ending";
const HOOK = { name: "hook" };
const PASSWORD = "correct horse battery staple";

describe("alerts and sign-ins over a takeover", { skip: postgres.skip }, () => {
  let servers: SharedServers;
  let hook: HookReceiver;
  const clients = new Map<string, ApiClient>();

  before(async () => {
    servers = await SharedServers.create(["one", "two"]);
    hook = await HookReceiver.open(servers.folder);
    await mkdir(servers.homeOf("one"));
    await writeFile(join(servers.homeOf("one"), "config.yaml"), "channelsMayReach: [127.0.0.1]\n");
    await servers.start("one");
    // While it is not exported, it is an alert at the one and another at the other.
    await servers.ask("one", "key", "export", "--to", join(servers.folder, "recovery.key"));
    await servers.join("two", "one");
    clients.set("one", await clientOf("one"));
    await api("one").call("setAlertRule", { params: { rule: RULE }, body: { warning: 1_000, critical: null } });
    await api("one").call("setAlertChannel", {
      params: HOOK,
      body: { kind: "webhook", settings: { url: hook.url, caPem: hook.caPem } },
    });
  });
  after(async () => {
    for (const client of clients.values()) client.close();
    await servers?.[Symbol.asyncDispose]();
    await hook?.[Symbol.asyncDispose]();
  });

  const read = (server: string, name: string): Promise<string> => readFile(join(servers.homeOf(server), name), "utf8");
  const at = async (server: string) => ({ url: servers.urlOf(server), caPem: await read(server, "ca.pem") });

  async function clientOf(server: string): Promise<ApiClient> {
    return new ApiClient({
      transport: nodeTransport(await at(server)),
      token: (await read(server, "operator.token")).trim(),
    });
  }

  function api(server: string): ApiClient {
    const client = clients.get(server);
    assert.ok(client !== undefined, `${server} serves`);
    return client;
  }

  /** Makes a machine, and with it an alert. */
  async function register(name: string, server: string): Promise<void> {
    const { token } = await api(server).call("createToken", { body: { role: "agent" } });
    const file = join(servers.folder, `${name}.token`);
    await writeFile(file, token, { mode: 0o600 });
    const how = ["--server", servers.urlOf(server), "--token-file", file, "--home", join(servers.folder, name)];
    await leewardJson(["agent", "register", ...how, "--name", name]);
  }

  const alertsOf = async (server: string): Promise<readonly Alert[]> =>
    (await api(server).call("listAlerts", { query: { limit: 100 } })).items.filter(({ rule }) => rule === RULE);

  const alertOf = (server: string, subject: string): Promise<Alert> =>
    eventually(`an alert of ${subject} stands`, async () =>
      (await alertsOf(server)).find((alert) => alert.subject === subject),
    );

  /** What was told from the message with number `from` on, as `CHANGE SUBJECT`. */
  const told = (from: number): string[] =>
    hook.got
      .slice(from)
      .flatMap((body) => hookMessage(body).notices)
      .map(({ change, alert }) => `${change} ${alert.subject}`);

  const untilTold = (what: string, from: number): Promise<true> =>
    eventually(`the channel is told: ${what}`, () => (told(from).includes(what) ? true : undefined));

  let visitor: Visitor;
  let web: Alert;
  let db: Alert;
  let untilTime: string;

  test("the first server tells of alerts, and people acknowledge, silence and sign in there", async () => {
    for (const name of ["web", "db"]) await register(name, "one");
    [web, db] = [await alertOf("one", "web"), await alertOf("one", "db")];
    for (const what of ["opened web", "opened db"]) await untilTold(what, 0);
    await eventually("the server knows that it was told", async () => {
      const { lastDeliveredAt } = await api("one").call("showAlertChannel", { params: HOOK });
      return lastDeliveredAt !== null && Date.parse(lastDeliveredAt) > Date.parse(db.openedAt) ? true : undefined;
    });
    await api("one").call("acknowledgeAlert", { params: { id: web.id }, body: { note: "I look." } });
    untilTime = new Date(Date.parse(db.openedAt) + 8 * 3_600_000).toISOString();
    await api("one").call("silenceAlert", { params: { id: db.id }, body: { until: untilTime } });
    await api("one").call("createUser", { body: { name: "ada", role: "operator", password: PASSWORD } });
    visitor = await visit(await at("one"), { user: "ada", password: PASSWORD });
  });

  test("what it was telling as it was killed is told by the second one under the same id, and nothing that was told before", async () => {
    const { takeover } = await servers.wait("two");
    const before = hook.got.length;
    hook.answers = false;
    await register("mail", "one");
    await untilTold("opened mail", before);
    await servers.kill("one");
    hook.answers = true;
    await takeover;
    clients.set("two", await clientOf("two"));
    const again = await eventually("it is told again", () => hook.got[before + 1]);
    assert.equal(again, hook.got[before], "the same id, in the same words");
    // What comes after it would have whatever was still to be told.
    await register("late", "two");
    await untilTold("opened late", before);
    assert.deepEqual(told(before), ["opened mail", "opened mail", "opened late"]);
    const noticed = hook.got.slice(before + 1).flatMap((body) => hookMessage(body).notices.map(({ id }) => id));
    assert.equal(new Set(noticed).size, noticed.length);
  });

  test("an acknowledgement, a silence and a sign-in hold at the second one", async () => {
    const seen = await api("two").call("showAlert", { params: { id: web.id } });
    assert.deepEqual([seen.state, seen.note], ["acknowledged", "I look."]);
    const silent = await api("two").call("showAlert", { params: { id: db.id } });
    assert.equal(Date.parse(silent.silencedUntil ?? ""), Date.parse(untilTime));
    const there = visitorOf(await at("two"), visitor.cookie, visitor.signIn);
    const me = await there.call("GET", "/v1/me");
    assert.deepEqual([me.status, fieldOf(me.body, "user")], [200, visitor.signIn.user]);
    const note = await there.call("POST", `/v1/alerts/${web.id}/acknowledge`, { note: "Still." });
    assert.deepEqual([note.status, fieldOf(note.body, "acknowledgedBy")], [200, "user ada (operator)"]);
  });

  test("what comes back within a silence of the first server is silent at the second one, until somebody ends that", async () => {
    const before = hook.got.length;
    const params = { rule: RULE };
    await api("two").call("setAlertRule", { params, body: { enabled: false } });
    await eventually("they resolve", async () => ((await alertsOf("two")).length === 0 ? true : undefined));
    await untilTold("resolved web", before);
    await api("two").call("setAlertRule", { params, body: { enabled: true } });
    const back = await alertOf("two", "db");
    assert.notEqual(back.id, db.id);
    assert.equal(Date.parse(back.silencedUntil ?? ""), Date.parse(untilTime));
    await untilTold("opened web", before);
    assert.deepEqual(
      told(before).filter((what) => what.endsWith(" db")),
      [],
    );
    await api("two").call("unsilenceAlert", { params: { id: back.id } });
    await untilTold("opened db", before);
    assert.ok(told(before).includes("resolved db"), "who had been told of the first is told that it has passed");
  });
});
