import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustedCards, type GuestCard } from "./guest-card.ts";
import { networkFiles } from "./network-files.ts";

const NIC = { model: "virtio", network: "isolated", bridge: "", forwards: [], mac: "", dhcp: false } as const;
const CARDS: readonly GuestCard[] = [
  {
    ...{ index: 0, mac: "52:54:00:12:34:56", dhcp: false, addresses: ["10.0.0.5/24", "fd00::5/64"] },
    ...{ gateways: ["10.0.0.1", "fd00::1"], dns: ["10.0.0.53", "fd00::53"] },
  },
  { index: 2, mac: "52:54:00:12:34:57", dhcp: true, addresses: [], gateways: [], dns: [] },
];
const contentOf = (manager: Parameters<typeof networkFiles>[0], hasResolvconf = false): Record<string, string> =>
  Object.fromEntries(
    networkFiles(manager, CARDS, { hasResolvconf }).map(({ folder, name, content }) => [
      `${folder}/${name}`,
      content.replace(/^#.*\n/, ""),
    ]),
  );

void test("netplan gets one file with all cards, by their MAC addresses", () => {
  assert.deepEqual(contentOf("netplan"), {
    "/etc/netplan/99-leeward.yaml": `network:
  version: 2
  ethernets:
    00-leeward-nic0:
      match: {macaddress: "52:54:00:12:34:56"}
      dhcp4: false
      dhcp6: false
      addresses: ["10.0.0.5/24", "fd00::5/64"]
      routes:
        - {to: "0.0.0.0/0", via: "10.0.0.1"}
        - {to: "::/0", via: "fd00::1"}
      nameservers:
        addresses: ["10.0.0.53", "fd00::53"]
    00-leeward-nic2:
      match: {macaddress: "52:54:00:12:34:57"}
      dhcp4: true
      dhcp6: true
`,
  });
});

void test("NetworkManager gets a connection for each card, with each family's own settings", () => {
  const files = contentOf("network-manager");
  const first = files["/etc/NetworkManager/system-connections/leeward-nic0.nmconnection"] ?? "";
  assert.match(first, /\[ipv4\]\nmethod=manual\naddress1=10\.0\.0\.5\/24\ngateway=10\.0\.0\.1\ndns=10\.0\.0\.53;\n/);
  assert.match(first, /\[ipv6\]\nmethod=manual\naddress1=fd00::5\/64\ngateway=fd00::1\ndns=fd00::53;\n/);
  const third = files["/etc/NetworkManager/system-connections/leeward-nic2.nmconnection"] ?? "";
  assert.match(third, /\[ipv4\]\nmethod=auto\n\n\[ipv6\]\nmethod=auto\n/);
});

void test("ifupdown gets stanzas for names of our own, and name servers as the guest takes them", () => {
  const laid = contentOf("ifupdown")["/etc/network/interfaces.d/leeward-nic0"] ?? "";
  assert.match(
    laid,
    /iface lan0 inet static\n {4}address 10\.0\.0\.5\/24\n {4}gateway 10\.0\.0\.1\niface lan0 inet6 static\n/,
  );
  assert.match(laid, /up mount --bind \/etc\/network\/leeward-nic0\.resolv \/etc\/resolv\.conf/);
  const told = contentOf("ifupdown", true);
  assert.match(told["/etc/network/interfaces.d/leeward-nic0"] ?? "", /dns-nameservers 10\.0\.0\.53 fd00::53\n/);
  assert.match(told["/etc/network/interfaces.d/leeward-nic2"] ?? "", /^allow-hotplug lan2\niface lan2 inet dhcp\n/);
});

void test("a card whose settings stay is left out, and what is no address is refused before anything is written", () => {
  const replicaId = "ab".repeat(16);
  const none = { addresses: [], gateways: [], dns: [] };
  assert.deepEqual(adjustedCards({ replicaId, nics: [{ ...NIC, ...none, forwards: [] }] }), []);
  const second = { ...NIC, ...none, forwards: [], dhcp: true, mac: "02:00:00:00:00:01" };
  const [card] = adjustedCards({ replicaId, nics: [{ ...NIC, ...none, forwards: [] }, second] });
  assert.deepEqual([card?.index, card?.mac], [1, "02:00:00:00:00:01"]);
  for (const bad of ["10.0.0.5/24\nDHCP=yes", "10.0.0.5", '10.0.0.5/24"'])
    assert.throws(() => adjustedCards({ replicaId, nics: [{ ...second, addresses: [bad] }] }), {
      code: "guest-address-invalid",
    });
  assert.throws(() => adjustedCards({ replicaId, nics: [{ ...second, dns: ["1.1.1.1\nup sh"] }] }), {
    code: "guest-address-invalid",
  });
});
