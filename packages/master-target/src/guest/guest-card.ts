import { Fault } from "@leeward/base";
import type { StartReplica } from "@leeward/proto";
import { macOf } from "@leeward/recovery-host";

/** A network card of a replica machine, and what its guest is to give it: an address of its own, or what a DHCP server says. */
export interface GuestCard {
  /** In the order of the machine's cards. */
  readonly index: number;
  /** Lower case. The guest finds the card by it, and by nothing else. */
  readonly mac: string;
  readonly dhcp: boolean;
  /** With the length of the network's part, as 10.0.0.5/24 or fd00::5/64. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
}

/** What an address may be made of: whatever else it says, it says nothing that another line of a guest's file could begin with. */
const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;
const NETWORK = /^[0-9A-Fa-f:.]{2,45}\/[0-9]{1,3}$/;

/** The cards for which the guest's own settings are to be changed. @throws Fault `guest-address-invalid` */
export function adjustedCards({ replicaId, nics }: Pick<StartReplica, "replicaId" | "nics">): GuestCard[] {
  const cards = nics.map(({ mac, dhcp, addresses, gateways, dns }, index): GuestCard => {
    for (const text of addresses) if (!NETWORK.test(text)) throw addressInvalid(index, text);
    for (const text of [...gateways, ...dns]) if (!ADDRESS.test(text)) throw addressInvalid(index, text);
    const own = macOf(replicaId, mac === "" ? {} : { mac }, index);
    return { index, mac: own, dhcp, addresses, gateways, dns };
  });
  return cards.filter(({ dhcp, addresses }) => dhcp || addresses.length > 0);
}

/** Of IP's two families, which one the address is of. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

function addressInvalid(index: number, text: string): Fault {
  return new Fault({
    code: "guest-address-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is no address for the network card ${index} of a replica machine.`,
    remedy: "Correct it: `leeward machine recovery M --nic …`.",
    detail: { nic: index, text },
  });
}
