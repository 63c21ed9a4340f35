import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_PUSH, pushOrderOf } from "./push-order.ts";

test("hosts are one on each line, with a port where it is another one", () => {
  const order = pushOrderOf({ ...EMPTY_PUSH, hosts: " web \n\n10.0.0.7:2222\nfd00::5\n", key: "KEY" });
  assert.deepEqual(order?.hosts, [{ host: "web" }, { host: "10.0.0.7", port: 2_222 }, { host: "fd00::5" }]);
  assert.deepEqual(order.login, { privateKey: "KEY\n" });
});

test("a host's key stands behind it, and no other one is believed unless somebody says so", () => {
  const order = pushOrderOf({ ...EMPTY_PUSH, hosts: "web:2222  SHA256:abc\n", key: "KEY" });
  assert.deepEqual(order?.hosts, [{ host: "web", port: 2_222, hostKey: "SHA256:abc" }]);
  assert.equal(order.acceptHostKey, false);
});

test("a command that starts the agent is only there when one is written", () => {
  const order = (startCommand: string) => pushOrderOf({ ...EMPTY_PUSH, hosts: "web", key: "KEY", startCommand });
  assert.equal(order("/etc/init.d/leeward start ")?.startCommand, "/etc/init.d/leeward start");
  assert.ok(!("startCommand" in (order(" ") ?? {})));
});

test("the login is what was chosen, and nothing of the other way goes along", () => {
  const fields = { ...EMPTY_PUSH, hosts: "web", key: "KEY", passphrase: "p", password: "secret", sudoPassword: "s" };
  assert.deepEqual(pushOrderOf({ ...fields, loginBy: "password" })?.login, { password: "secret", sudoPassword: "s" });
  assert.deepEqual(pushOrderOf(fields)?.login, { privateKey: "KEY\n", passphrase: "p", sudoPassword: "s" });
});

test("without a host, a user or a secret there is no order", () => {
  const whole = { ...EMPTY_PUSH, hosts: "web", key: "KEY" };
  for (const part of [{ hosts: "\n" }, { user: " " }, { key: "" }, { loginBy: "password" } as const])
    assert.equal(pushOrderOf({ ...whole, ...part }), undefined, JSON.stringify(part));
});
