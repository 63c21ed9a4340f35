import { promises as fs } from "node:fs";
import si from "systeminformation";

/** A network card of this machine, as a replica machine is to have one. */
export interface NetworkCard {
  readonly name: string;
  /** The card's own, also where a bond has given it another. */
  readonly mac: string;
  /** With the length of the network's part. */
  readonly addresses: readonly string[];
  /** Of the machine, at the card by which it leaves its networks; null at the others. */
  readonly gateway: string | null;
  /** Whether a DHCP client of the machine says that it has asked for it. */
  readonly dhcp: boolean;
}

const NET = "/sys/class/net";

/** The cards that hardware, or a hypervisor, gave the machine, in the kernel's order: no bridges, bonds, VLANs or tunnels. */
export async function networkCards(): Promise<NetworkCard[]> {
  const [all, gateway] = await Promise.all([si.networkInterfaces(), si.networkGatewayDefault()]);
  const found = (Array.isArray(all) ? all : [all]).map(async (each) => {
    const number = await numberOf(each.iface);
    if (number === undefined) return [];
    const { iface: name, ip4, ip4subnet, ip6, ip6subnet, dhcp } = each;
    const addresses = [
      ...(ip4 === "" ? [] : [`${ip4}/${bitsOf4(ip4subnet)}`]),
      ...(ip6 === "" || ip6.startsWith("fe80:") ? [] : [`${ip6}/${bitsOf6(ip6subnet)}`]),
    ];
    const mac = await macOf(name, each.mac);
    return [{ number, card: { name, mac, addresses, gateway: each.default ? gateway || null : null, dhcp } }];
  });
  const cards = (await Promise.all(found)).flat().sort((one, other) => one.number - other.number);
  return cards.map(({ card }) => card);
}

/** The kernel's number of it; undefined for what no device stands behind. */
async function numberOf(name: string): Promise<number | undefined> {
  const isDevice = await fs.stat(`${NET}/${name}/device`).catch(() => undefined);
  if (isDevice === undefined) return undefined;
  return Number(await fs.readFile(`${NET}/${name}/ifindex`, "utf8").catch(() => "0"));
}

/** What is enslaved to a bond has the bond's address, and remembers its own. */
async function macOf(name: string, shown: string): Promise<string> {
  const own = await fs.readFile(`${NET}/${name}/bonding_slave/perm_hwaddr`, "utf8").catch(() => shown);
  return own.trim().toLowerCase();
}

function bitsOf4(mask: string): number {
  const bits = mask.split(".").map((part) => Number(part).toString(2).replaceAll("0", "").length);
  return bits.reduce((sum, each) => sum + each, 0);
}

function bitsOf6(mask: string): number {
  const groups = mask.split(":").filter((group) => group !== "");
  const bits = groups.map((group) => Number.parseInt(group, 16).toString(2).replaceAll("0", "").length);
  return bits.reduce((sum, each) => sum + each, 0);
}
