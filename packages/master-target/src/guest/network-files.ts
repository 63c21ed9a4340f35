// What is written into a guest for each of its cards, in the words of whatever sets up its network.
//
// Files are added, and nothing that the guest has is changed: each holds for the card with one MAC address alone. So they say nothing at home, where no card
// has it, should they come there by a failback; and the guest's own settings say nothing here, where no card has its names or addresses.
import { type GuestCard, isIpv6 } from "./guest-card.ts";

/** What sets up a guest's network. */
export type NetworkManager = "netplan" | "networkd" | "network-manager" | "ifupdown";

/** A file as it is to be in the guest, owned by root. */
export interface GuestFile {
  /** Absolute, without links. */
  readonly folder: string;
  readonly name: string;
  readonly mode: number;
  readonly content: string;
}

/** A guest whose name servers nobody else looks after: they are laid over its own for as long as the card is up. */
export interface IfupdownGuest {
  readonly hasResolvconf: boolean;
}

const READABLE = 0o644;
/** Of programs that complain about more. */
const PRIVATE = 0o600;
/** So that a second boot of the same guest, which has the file, is told of the same connection. */
const UUID_START = "6c656577-6172-4400-8000-";

export function networkFiles(manager: NetworkManager, cards: readonly GuestCard[], guest: IfupdownGuest): GuestFile[] {
  switch (manager) {
    case "networkd":
      return cards.map(networkdFile);
    case "netplan":
      return [netplanFile(cards)];
    case "network-manager":
      return cards.map(networkManagerFile);
    case "ifupdown":
      return cards.flatMap((card) => ifupdownFiles(card, guest));
  }
}

/** The first file by name that matches a card holds for it, and whatever else would match says nothing; bridges and VLANs have their card's MAC, too. */
function networkdFile(card: GuestCard): GuestFile {
  const { mac, dhcp, addresses, gateways, dns } = card;
  const lines = [
    ...["[Match]", `MACAddress=${mac}`, "Type=ether", "", "[Network]", `DHCP=${dhcp ? "yes" : "no"}`],
    ...addresses.map((address) => `Address=${address}`),
    ...gateways.map((gateway) => `Gateway=${gateway}`),
    ...dns.map((server) => `DNS=${server}`),
  ];
  return { folder: "/etc/systemd/network", name: `00-${nameOf(card)}.network`, mode: READABLE, content: joined(lines) };
}

/** Its names become those of networkd's files, of which the first holds. */
function netplanFile(cards: readonly GuestCard[]): GuestFile {
  const lines = cards.flatMap((card) => {
    const { mac, dhcp, addresses, gateways, dns } = card;
    return [
      ...[`    00-${nameOf(card)}:`, `      match: {macaddress: "${mac}"}`],
      ...[`      dhcp4: ${dhcp}`, `      dhcp6: ${dhcp}`, ...listed("addresses", addresses)],
      ...(gateways.length === 0 ? [] : ["      routes:", ...gateways.map(routeOf)]),
      ...(dns.length === 0 ? [] : ["      nameservers:", `  ${listed("addresses", dns).join("")}`]),
    ];
  });
  const content = joined(["network:", "  version: 2", "  ethernets:", ...lines]);
  return { folder: "/etc/netplan", name: "99-leeward.yaml", mode: PRIVATE, content };
}

function networkManagerFile(card: GuestCard): GuestFile {
  const name = nameOf(card);
  const uuid = `${UUID_START}${card.mac.replaceAll(":", "")}`;
  const family = (six: boolean): string[] => {
    const of = (all: readonly string[]): string[] => all.filter((each) => isIpv6(each) === six);
    const [addresses, gateways, dns] = [of(card.addresses), of(card.gateways), of(card.dns)];
    const method = addresses.length > 0 ? "manual" : card.dhcp ? "auto" : six ? "link-local" : "disabled";
    return [
      ...["", six ? "[ipv6]" : "[ipv4]", `method=${method}`],
      ...addresses.map((address, index) => `address${index + 1}=${address}`),
      ...gateways.map((gateway) => `gateway=${gateway}`),
      ...(dns.length === 0 ? [] : [`dns=${dns.join(";")};`]),
    ];
  };
  const lines = [
    ...["[connection]", `id=${name}`, `uuid=${uuid}`, "type=ethernet", "autoconnect-priority=999", ""],
    ...["[ethernet]", `mac-address=${card.mac.toUpperCase()}`, ...family(false), ...family(true)],
  ];
  const folder = "/etc/NetworkManager/system-connections";
  return { folder, name: `${name}.nmconnection`, mode: PRIVATE, content: joined(lines) };
}

/** It knows cards by their names: udev gives this one a name of its own, which at home no card has; and what waits for a card to come up waits for none there. */
function ifupdownFiles(card: GuestCard, { hasResolvconf }: IfupdownGuest): GuestFile[] {
  const [name, lan] = [nameOf(card), `lan${card.index}`];
  const resolver = `/etc/network/${name}.resolv`;
  const servers = hasResolvconf ? [`    dns-nameservers ${card.dns.join(" ")}`] : laidOver(resolver);
  const stanza = (six: boolean): string[] => {
    const of = (all: readonly string[]): string[] => all.filter((each) => isIpv6(each) === six);
    const family = six ? "inet6" : "inet";
    const plain = of(card.addresses).map((address, index) => [
      ...[`iface ${lan} ${family} static`, `    address ${address}`],
      ...(index === 0 ? of(card.gateways).map((gateway) => `    gateway ${gateway}`) : []),
    ]);
    return [...plain.flat(), ...(card.dhcp && !six ? [`iface ${lan} inet dhcp`] : [])];
  };
  const stanzas = [...stanza(false), ...stanza(true), ...(card.dns.length === 0 ? [] : servers)];
  const link = joined(["[Match]", `MACAddress=${card.mac}`, "Type=ether", "", "[Link]", `Name=${lan}`]);
  const files: GuestFile[] = [
    { folder: "/etc/systemd/network", name: `00-${name}.link`, mode: READABLE, content: link },
    {
      folder: "/etc/network/interfaces.d",
      name,
      mode: READABLE,
      content: joined([`allow-hotplug ${lan}`, ...stanzas]),
    },
  ];
  if (card.dns.length === 0 || hasResolvconf) return files;
  const content = joined(card.dns.map((server) => `nameserver ${server}`));
  return [...files, { folder: "/etc/network", name: `${name}.resolv`, mode: READABLE, content }];
}

/** The guest's own file is as it was once the card is down, and on the disk all the time. */
function laidOver(resolver: string): string[] {
  return [`    up mount --bind ${resolver} /etc/resolv.conf`, "    down umount /etc/resolv.conf || true"];
}

function routeOf(gateway: string): string {
  return `        - {to: "${isIpv6(gateway) ? "::/0" : "0.0.0.0/0"}", via: "${gateway}"}`;
}

function listed(key: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`      ${key}: [${values.map((value) => `"${value}"`).join(", ")}]`];
}

function nameOf({ index }: GuestCard): string {
  return `leeward-nic${index}`;
}

function joined(lines: readonly string[]): string {
  return `# Written by Leeward for the replica machine; it holds for no other.\n${lines.join("\n")}\n`;
}
