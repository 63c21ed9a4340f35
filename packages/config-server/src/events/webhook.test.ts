import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { Event } from "@leeward/api";
import { Check } from "typebox/value";
import { eventually } from "../testing/node-installation.ts";
import { afterTest, startServer, temporaryFolder } from "../testing/node-test-server.ts";

void test("warnings reach the webhook, retried until it takes them; a redirect is not followed", async (t) => {
  const got: unknown[] = [];
  const statuses = [500, 307];
  let elsewhere = 0;
  const receiver = createServer((request, response) => {
    if (request.url === "/elsewhere") elsewhere += 1;
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      const status = statuses.shift() ?? 200;
      if (status === 200) got.push(JSON.parse(text));
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const folder = await temporaryFolder(t);
  afterTest(t, async () => void receiver.close());
  const address = receiver.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const server = await startServer(t, `${folder}/server`, { webhookUrl: `http://127.0.0.1:${port}/hook` });
  await server.client.call("setPolicy", { params: { name: "gold" }, body: {} });
  const { id } = await server.client.call("createToken", { body: { role: "viewer" } });
  await server.client.call("revokeToken", { params: { id } });
  const event = await eventually(async () => got[0]);
  assert.ok(Check(Event, event));
  assert.equal(event.kind, "token-revoked");
  assert.equal(got.length, 1, "an event that is only information is not sent");
  assert.equal(elsewhere, 0);
  assert.ok(!(await server.client.call("status", {})).items.some(({ code }) => code === "webhook-failed"));
});

void test("a webhook that is not there needs a person, and nothing waits for it", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`, { webhookUrl: "http://127.0.0.1:1/hook" });
  const { id } = await server.client.call("createToken", { body: { role: "viewer" } });
  await server.client.call("revokeToken", { params: { id } });
  await eventually(async () =>
    (await server.client.call("status", {})).items.some(({ code }) => code === "webhook-failed"),
  );
});
