import { guestUnsuited } from "./guest-faults.ts";
import type { GuestTree } from "./guest-tree.ts";
import type { IfupdownGuest, NetworkManager } from "./network-files.ts";

/** Where services are that are started with the system. */
const WANTED = "/etc/systemd/system/multi-user.target.wants";
const INTERFACES = "/etc/network/interfaces";

/** By what the guest's network is set up, and what matters besides. */
export interface GuestNetwork extends IfupdownGuest {
  readonly manager: NetworkManager;
}

/** @throws Fault `guest-not-adjustable` */
export async function guestNetwork(tree: GuestTree): Promise<GuestNetwork> {
  // A new file would have no label, and whoever sets up the network might not be let read it.
  if (/^SELINUX=enforcing/m.test((await tree.text("/etc/selinux/config")) ?? ""))
    throw guestUnsuited("it enforces SELinux, for which files have labels that are not written here");
  const hasResolvconf = await hasOneOf(tree, ["/sbin/resolvconf", "/usr/sbin/resolvconf"]);
  return { manager: await managerOf(tree), hasResolvconf };
}

/** What stands above another: netplan writes the files of two others, and ifupdown's cards are left to it by NetworkManager. */
async function managerOf(tree: GuestTree): Promise<NetworkManager> {
  const renderer = await netplanRenderer(tree);
  if (renderer !== undefined) return renderer;
  if (await tree.hasName(WANTED, "systemd-networkd.service")) return "networkd";
  const hasNetworkManager = await tree.hasName(WANTED, "NetworkManager.service");
  const interfaces = (await hasOneOf(tree, ["/sbin/ifup", "/usr/sbin/ifup"])) ? await tree.text(INTERFACES) : undefined;
  if (interfaces === undefined || (hasNetworkManager && !namesCards(interfaces))) {
    if (hasNetworkManager) return "network-manager";
    throw guestUnsuited("its network is set up by neither netplan, systemd-networkd, NetworkManager nor ifupdown");
  }
  if (!/^\s*source(-directory)?\s+(\/etc\/network\/)?interfaces\.d(\/\*)?\s*$/m.test(interfaces))
    throw guestUnsuited(`its ${INTERFACES} does not take in what lies in interfaces.d`);
  if (!(await hasOneOf(tree, ["/lib/systemd/systemd-udevd", "/usr/bin/udevadm", "/bin/udevadm"])))
    throw guestUnsuited("it has no udev, by which ifupdown would find the network card");
  return "ifupdown";
}

async function netplanRenderer(tree: GuestTree): Promise<"netplan" | "network-manager" | undefined> {
  const names = (await tree.names("/etc/netplan")).filter((name) => name.endsWith(".yaml"));
  if (names.length === 0) return undefined;
  const texts = await Promise.all(names.map((name) => tree.text(`/etc/netplan/${name}`)));
  return texts.some((text) => /^\s*renderer:\s*NetworkManager\s*$/m.test(text ?? "")) ? "network-manager" : "netplan";
}

function namesCards(interfaces: string): boolean {
  return [...interfaces.matchAll(/^\s*iface\s+(\S+)/gm)].some(([, name]) => name !== "lo");
}

async function hasOneOf(tree: GuestTree, paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => tree.find(path)));
  return found.some((node) => node?.kind === "file");
}
