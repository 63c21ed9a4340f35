import assert from "node:assert/strict";
import { test } from "node:test";
import { type Advertised, advertisedBy } from "./advertised.ts";

const none = { api: [], data: [], target: [] };

test("a name stands for all daemons, and what one has of its own comes first", () => {
  const advertised: Advertised = {
    names: ["dr.example.org", "10.0.0.5"],
    own: { ...none, data: ["nat.example:19443"] },
  };
  assert.deepEqual(advertisedBy(advertised, "api", 443), ["dr.example.org", "10.0.0.5"]);
  assert.deepEqual(advertisedBy(advertised, "data", 9443), ["nat.example:19443", "dr.example.org", "10.0.0.5"]);
  assert.deepEqual(advertisedBy(advertised, "target", 0), ["dr.example.org", "10.0.0.5"]);
});

test("one port for three daemons, and a forwarded port before one that is chosen anew, are refused", () => {
  const refused = { code: "advertise-invalid", kind: "operator" };
  assert.throws(() => advertisedBy({ names: ["dr.example.org:443"], own: none }, "api", 443), refused);
  assert.throws(() => advertisedBy({ names: ["[fe80::1]:443"], own: none }, "target", 9444), refused);
  const forwarded = { names: [], own: { ...none, api: ["nat.example:8443"] } };
  assert.throws(() => advertisedBy(forwarded, "api", 0), refused);
  assert.deepEqual(advertisedBy(forwarded, "api", 443), ["nat.example:8443"]);
  assert.throws(() => advertisedBy({ names: ["a b"], own: none }, "api", 443), refused);
});
