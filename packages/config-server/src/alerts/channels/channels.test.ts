import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { ChannelSettings } from "../../store/alert-channel-rows.ts";
import type { AlertRow } from "../../store/alert-rows.ts";
import { eventually } from "../../testing/node-installation.ts";
import {
  datagramReceiver,
  deafReceiver,
  mailReceiver,
  parseSyslog,
  receiverIdentity,
  syslogReceiver,
  webReceiver,
} from "../../testing/node-receivers.ts";
import { type Message, messageOf, noticeOf, testMessage } from "../message.ts";
import { nodeSend } from "./node-send.ts";
import { parseAllowed } from "./reach.ts";
import { counted, syslogBytes } from "./syslog-line.ts";

const NAME = "receiver.example";
const { signal } = new AbortController();
const HEAD = { id: "d1", time: "2026-11-20T10:00:00.000000Z", server: "s1" };

/** Sends to this machine, under a name that has two addresses, of which the second one is answered from the second question on. */
function sender(entries: readonly string[] = ["127.0.0.1"]): {
  send: ReturnType<typeof nodeSend>;
  asked: () => number;
} {
  let asked = 0;
  const resolve = async (host: string) => {
    asked += 1;
    const address = host === NAME ? (asked === 1 ? "127.0.0.1" : "127.0.0.2") : host;
    return [{ address, family: 4 }];
  };
  return { send: nodeSend({ allowed: parseAllowed(entries), resolve, ownEndpoints: () => [] }), asked: () => asked };
}

function alert(index: number, more: Partial<AlertRow> = {}): AlertRow {
  return {
    ...{ id: `a${index}`, key: `k${index}`, rule: "disk-fault", code: "disk-full", severity: "critical" },
    ...{ subjectKind: "disk", subjectId: "d", subject: `web/ä"]\\${index}`, machineId: "m" },
    ...{ message: "It is full:\r\nBcc: evil@example.org", remedy: "Free some.", restsOn: [], noticeNumber: 1 },
    ...{ acknowledgedBy: null, acknowledgedMicros: null, note: null, silencedUntilMicros: null },
    ...{ openedMicros: 1, changedMicros: 1, resolvedMicros: null },
    ...more,
  };
}

function message(count: number): Message {
  return messageOf(
    HEAD,
    Array.from({ length: count }, (_, index) => noticeOf(alert(index), 0, 2)),
  );
}

const parcelOf = (content: Message, secret: string | null = null) => ({ document: JSON.stringify(content), secret });

void test("a webhook is signed, over TLS that is checked by name, at the address that was looked at; a redirect is followed nowhere", async (t) => {
  const identity = await receiverIdentity(t, [NAME]);
  let status = 204;
  const { port, got } = await webReceiver(t, identity, () => status);
  const { send, asked } = sender();
  const target = (caPem: string | null, host = NAME): ChannelSettings => ({
    kind: "webhook",
    settings: { url: `https://${host}:${port}/hook?x=1`, caPem },
  });
  const parcel = parcelOf(message(1), "s3cret");
  await send(target(identity.caPem), parcel, signal);
  assert.equal(asked(), 1, "what the name means a moment later does not count");
  const [posted] = got;
  assert.deepEqual([posted?.url, posted?.body], ["/hook?x=1", parcel.document]);
  const signature = `sha256=${createHmac("sha256", "s3cret").update(parcel.document).digest("hex")}`;
  assert.equal(posted?.headers["leeward-signature"], signature);
  for (status of [301, 307, 500]) {
    const fault = { code: "alert-delivery-failed", message: new RegExp(`status ${status}`) };
    await assert.rejects(sender().send(target(identity.caPem), parcel, signal), fault);
  }
  assert.deepEqual([...new Set(got.map(({ url }) => url))], ["/hook?x=1"]);
  const before = got.length;
  await assert.rejects(sender().send(target(null), parcel, signal), { code: "alert-delivery-failed" });
  await assert.rejects(sender().send(target(identity.caPem, "127.0.0.1"), parcel, signal), /127\.0\.0\.1/);
  await assert.rejects(sender([]).send(target(identity.caPem), parcel, signal), { code: "alert-address-refused" });
  assert.equal(got.length, before);
});

void test("a mail is sent over STARTTLS or TLS with sign-in, and in the clear only where that is said", async (t) => {
  const identity = await receiverIdentity(t, [NAME]);
  const smtp = (port: number, security: "starttls" | "tls" | "none", user: string | null = "ada"): ChannelSettings => ({
    kind: "smtp",
    settings: {
      host: NAME,
      port,
      security,
      user,
      from: "dr@example.org",
      to: ["ops@example.org", "b@example.org"],
      caPem: identity.caPem,
    },
  });
  const starttls = await mailReceiver(t, identity);
  const tls = await mailReceiver(t, identity, { secure: true });
  const plain = await mailReceiver(t, identity, { plain: true });
  const content = message(1);
  await sender().send(smtp(starttls.port, "starttls"), parcelOf(content, "s3cret"), signal);
  await sender().send(smtp(tls.port, "tls"), parcelOf(message(500), "s3cret"), signal);
  await sender().send(smtp(plain.port, "none", null), parcelOf(testMessage(HEAD, "mail")), signal);
  const [mail] = starttls.got;
  assert.deepEqual(
    [mail?.from, mail?.to, mail?.user, mail?.secure],
    ["dr@example.org", ["ops@example.org", "b@example.org"], "ada", true],
  );
  assert.match(mail?.text ?? "", /^Message-ID: <d1@example\.org>/im);
  assert.doesNotMatch(mail?.text.split("\r\n\r\n")[0] ?? "", /^Bcc:/im, "a text does not become a header");
  assert.match(tls.got[0]?.text ?? "", /^Subject: Leeward: \[critical\] 500 alerts \(500 disk-full\)/m);
  assert.match(plain.got[0]?.text ?? "", /A test of the alert channel mail/);
  const failed = { code: "alert-delivery-failed" };
  const parcel = parcelOf(content, "s3cret");
  await assert.rejects(sender().send(smtp(plain.port, "starttls"), parcel, signal), failed, "no STARTTLS is no mail");
  await assert.rejects(sender().send(smtp(starttls.port, "starttls"), parcelOf(content, "wrong"), signal), failed);
  const other = await receiverIdentity(t, ["other.example"]);
  const stranger = await mailReceiver(t, other);
  await assert.rejects(sender().send(smtp(stranger.port, "starttls"), parcel, signal), failed, "another authority");
  assert.deepEqual([starttls.got.length, plain.got.length, stranger.got.length], [1, 1, 0]);
});

void test("syslog is of RFC 5424 over UDP, TCP and TLS, a line for each alert or one for many", async (t) => {
  const identity = await receiverIdentity(t, [NAME]);
  const receivers = {
    udp: await datagramReceiver(t),
    tcp: await syslogReceiver(t, undefined),
    tls: await syslogReceiver(t, identity),
  };
  for (const transport of ["udp", "tcp", "tls"] as const) {
    const { port, got } = receivers[transport];
    const settings = { host: NAME, port, transport, facility: 16, caPem: identity.caPem };
    const target: ChannelSettings = { kind: "syslog", settings };
    await sender().send(target, parcelOf(message(2)), signal);
    await sender().send(target, parcelOf(message(500)), signal);
    await eventually(async () => got.length === 3);
    const [line, , many] = got;
    assert.deepEqual([line?.priority, line?.app, line?.kind], [16 * 8 + 2, "leeward", "alert"]);
    assert.equal(line?.data["subject"], 'web/ä"]\\0');
    assert.equal(line?.data["id"], "a0.1");
    assert.match(line?.text ?? "", /^\[critical\] web\/ä"\]\\0: It is full: {2}Bcc/);
    assert.deepEqual([many?.kind, many?.data["opened"]], ["alerts", "500"]);
  }
  const stranger = await syslogReceiver(t, await receiverIdentity(t, ["other.example"]));
  const settings = { host: NAME, port: stranger.port, transport: "tls", caPem: identity.caPem } as const;
  const failed = { code: "alert-delivery-failed" };
  await assert.rejects(sender().send({ kind: "syslog", settings }, parcelOf(message(1)), signal), failed);
  assert.equal(stranger.got.length, 0);
});

void test("a receiver of syslog that ends the connection without reading was told nothing", async (t) => {
  const identity = await receiverIdentity(t, [NAME]);
  for (const transport of ["tcp", "tls"] as const)
    for (const resets of [false, true]) {
      const port = await deafReceiver(t, transport === "tls" ? identity : undefined, { resets });
      const settings = { host: NAME, port, transport, caPem: identity.caPem } as const;
      const sent = sender().send({ kind: "syslog", settings }, parcelOf(message(1)), signal);
      await assert.rejects(sent, { code: "alert-delivery-failed" }, `${transport}, ${resets ? "reset" : "ended"}`);
    }
});

void test("a mail that was taken for some says for whom it was not", async (t) => {
  const identity = await receiverIdentity(t, [NAME]);
  const { port, got } = await mailReceiver(t, identity, { plain: true });
  const to = ["ops@example.org", "nobody@example.org"];
  const settings = { host: NAME, port, security: "none", from: "dr@example.org", to } as const;
  const refused = await sender().send({ kind: "smtp", settings: { ...settings, to } }, parcelOf(message(1)), signal);
  assert.deepEqual(refused, ["nobody@example.org"]);
  assert.deepEqual(
    got.map((mail) => mail.to),
    [["ops@example.org"]],
  );
});

void test("a line of syslog is cut between characters, and its octets are counted, not its characters", () => {
  const line = {
    facility: 1,
    severity: 2,
    time: HEAD.time,
    host: "höst",
    kind: "alert",
    data: { a: "x" },
    text: "ä".repeat(9_000),
  };
  const { text, host, priority } = parseSyslog(syslogBytes(line, { isDatagram: false }));
  assert.deepEqual([text, host, priority], ["ä".repeat(2_048), "h_st", 10]);
  assert.equal(parseSyslog(syslogBytes({ ...line, text: `x${line.text}` }, { isDatagram: true })).text.length, 512);
  assert.equal(new TextDecoder().decode(counted(new TextEncoder().encode("ä"))), "2 ä");
});
