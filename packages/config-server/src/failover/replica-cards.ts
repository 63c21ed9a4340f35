// Network cards of a replica machine: as many as the source has, with the source's MAC addresses, on the network of the failover; settings change each.
//
// A card has a MAC address of its own where the guest gets other settings for it: they hold for that address alone, so that they say nothing at the source, should
// they come there by a failback. And on a bridge in a test, where the source may be, too.
import type { CardSettings } from "@leeward/api";
import type { ReplicaCard } from "../store/failover-rows.ts";
import type { SourceInventory } from "./source-inventory.ts";

const CARDS_MAX = 8;
const OWN = "";
/** Of one card, not of a group of them. */
const UNICAST = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;
const NOBODY = "00:00:00:00:00:00";
const UNSETTLED: CardSettings = { mac: null, network: null, dhcp: false, addresses: [], gateways: [], dns: [] };

export interface CardsAsked {
  readonly settings: readonly CardSettings[];
  /** Of those whose own settings name none. */
  readonly network: string;
  readonly isTest: boolean;
}

export function replicaCards(source: SourceInventory, { settings, network, isTest }: CardsAsked): ReplicaCard[] {
  const macs = (source.nics ?? []).map(({ mac }) => mac.toLowerCase());
  const count = Math.min(Math.max(macs.length, settings.length, 1), CARDS_MAX);
  return Array.from({ length: count }, (_, index) => {
    const { mac, network: own, ...guest } = settings[index] ?? UNSETTLED;
    const on = own ?? network;
    const ofSource = macs[index] ?? OWN;
    const isAdjusted = guest.dhcp || guest.addresses.length > 0;
    const usual = isAdjusted || (isTest && on.startsWith("bridge:")) ? OWN : ofSource;
    const chosen = mac === null ? usual : mac === "source" ? ofSource : mac.toLowerCase();
    return { ...guest, mac: UNICAST.test(chosen) && chosen !== NOBODY ? chosen : OWN, network: on };
  });
}
