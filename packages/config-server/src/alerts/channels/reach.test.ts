import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { type Resolve, reach, systemResolve } from "./node-reach.ts";
import { parseAllowed, refusalOf } from "./reach.ts";

const NOTHING = parseAllowed([]);
const isRefused = (address: string, entries: readonly string[] = []): boolean =>
  refusalOf({ host: "h", address }, { allowed: parseAllowed(entries), own: ["192.0.2.9", "fd00::9"] }) !== undefined;

void test("this machine, its links, groups, nobody and metadata services are refused, in every way to write them", () => {
  const refused = [
    ...[
      "127.0.0.1",
      "127.255.0.3",
      "0.0.0.0",
      "0.1.2.3",
      "169.254.169.254",
      "224.0.0.1",
      "255.255.255.255",
      "240.0.0.1",
    ],
    ...["::", "::1", "fe80::1", "fe80::1%eth0", "ff02::1", "fd00:ec2::254", "fd20:ce::254"],
    ...["168.63.129.16", "100.100.100.200", "192.0.0.192"],
    // Mapped, compatible, translated and tunnelled forms of the same.
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"],
    ...["64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:1::1"],
    // Its own addresses.
    ...["192.0.2.9", "::ffff:192.0.2.9", "fd00::9", "fd00:0:0::9"],
  ];
  assert.deepEqual(
    refused.filter((address) => !isRefused(address)),
    [],
  );
});

void test("what is elsewhere may be reached, private networks too", () => {
  const reached = ["93.184.216.34", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "2606:2800::1", "fd12::7"];
  assert.deepEqual(
    reached.filter((address) => isRefused(address)),
    [],
  );
});

void test("what the server's configuration names is allowed, and nothing beside it", () => {
  assert.equal(isRefused("127.0.0.1", ["127.0.0.1"]), false);
  assert.equal(isRefused("::ffff:127.0.0.1", ["127.0.0.1"]), false);
  assert.equal(isRefused("127.0.0.1", ["::ffff:127.0.0.0/104"]), false);
  assert.equal(isRefused("127.0.0.2", ["127.0.0.1"]), true);
  assert.equal(isRefused("127.9.9.9", ["127.0.0.0/8"]), false);
  assert.equal(isRefused("fe80::7", ["fe80::/64"]), false);
  assert.equal(isRefused("127.0.0.1", ["h"]), false);
  assert.equal(isRefused("127.0.0.1", ["other"]), true);
  for (const entry of ["", "0x7f.1", "2130706433", "10.0.0.0/33", "a b", "-x", "127.1"])
    assert.throws(() => parseAllowed([entry]), { code: "channels-may-reach-invalid" }, entry);
});

const of = (resolve: Resolve, port = 443) => ({ allowed: NOTHING, resolve, port, ownEndpoints: ["dr.example:8443"] });

void test("decimal and octal forms, names of this machine and its own name and port are refused as what they are", async () => {
  for (const host of ["2130706433", "0177.0.0.1", "0x7f000001", "127.1", "localhost", "[::1]"]) {
    await assert.rejects(reach(host, of(systemResolve)), { code: /^alert-(address-refused|delivery-failed)$/ }, host);
    const viaUrl = URL.parse(`http://${host}/`)?.hostname ?? "";
    await assert.rejects(reach(viaUrl, of(systemResolve)), { code: "alert-address-refused" }, host);
  }
  const outside: Resolve = async () => [{ address: "93.184.216.34", family: 4 }];
  await assert.rejects(reach("DR.example", of(outside, 8443)), { code: "alert-address-refused" });
  assert.equal((await reach("dr.example", of(outside, 25))).address, "93.184.216.34");
  const [own] = Object.values(networkInterfaces())
    .flatMap((items) => items ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  if (own !== undefined) await assert.rejects(reach(own.address, of(systemResolve)), { code: "alert-address-refused" });
});

void test("a name is resolved once, and of its addresses only one that was looked at is taken", async () => {
  let asked = 0;
  const changing: Resolve = async () => {
    asked += 1;
    if (asked > 1) return [{ address: "127.0.0.1", family: 4 }];
    return [
      { address: "169.254.169.254", family: 4 },
      { address: "93.184.216.34", family: 4 },
    ];
  };
  assert.deepEqual(await reach("rebind.example", of(changing)), {
    host: "rebind.example",
    address: "93.184.216.34",
    family: 4,
  });
  assert.equal(asked, 1);
  await assert.rejects(reach("rebind.example", of(changing)), { code: "alert-address-refused" });
  await assert.rejects(
    reach(
      "empty.example",
      of(async () => []),
    ),
    { code: "alert-address-refused" },
  );
});
