import type { CardSettings } from "@leeward/api";
import { Fault } from "@leeward/base";

export const CARD_HELP =
  "a network card, counted from 0: `0:ip=10.0.0.5/24,gateway=10.0.0.1,dns=10.0.0.53` or `0:dhcp` writes that into the replica machine's disks, never into the replica; `network=bridge:br1`, `mac=source|52:54:00:12:34:56`; `0:` goes back to what the source has";

type Draft = { -readonly [Key in keyof CardSettings]: CardSettings[Key] };

const UNSETTLED: CardSettings = { mac: null, network: null, dhcp: false, addresses: [], gateways: [], dns: [] };
const LISTS = { ip: "addresses", gateway: "gateways", dns: "dns" } as const;
const CARDS_MAX = 8;

/** The cards with those changed that the arguments name; null when nothing is settled of any. @throws Fault `nic-argument-invalid` */
export function cardsChanged(cards: readonly CardSettings[] | null, args: readonly string[]): CardSettings[] | null {
  const changed = [...(cards ?? [])];
  for (const argument of args) {
    const [, place = "", said = ""] = /^(\d):(.*)$/s.exec(argument) ?? [];
    const index = Number(place);
    if (place === "" || index >= CARDS_MAX) throw argumentInvalid(argument);
    while (changed.length <= index) changed.push(UNSETTLED);
    changed[index] = cardOf(said, argument);
  }
  while (changed.length > 0 && isUnsettled(changed.at(-1))) changed.pop();
  return changed.length === 0 ? null : changed;
}

/** As it is said. */
export function cardText({ mac, network, dhcp, addresses, gateways, dns }: CardSettings): string {
  const said = [
    ...(mac === null ? [] : [`mac=${mac}`]),
    ...(network === null ? [] : [`network=${network}`]),
    ...(dhcp ? ["dhcp"] : []),
    ...addresses.map((each) => `ip=${each}`),
    ...gateways.map((each) => `gateway=${each}`),
    ...dns.map((each) => `dns=${each}`),
  ];
  return said.join(",");
}

function cardOf(said: string, argument: string): CardSettings {
  const card: Draft = { ...UNSETTLED };
  for (const word of said.split(",").filter((each) => each !== "")) {
    const [key = "", value = ""] = word.split(/=(.*)/s);
    if (word === "dhcp") card.dhcp = true;
    else if (value === "") throw argumentInvalid(argument);
    else if (key === "mac" || key === "network") card[key] = value;
    else if (key === "ip" || key === "gateway" || key === "dns") card[LISTS[key]] = [...card[LISTS[key]], value];
    else throw argumentInvalid(argument);
  }
  return card;
}

function isUnsettled(card: CardSettings | undefined): boolean {
  return card !== undefined && cardText(card) === "";
}

function argumentInvalid(argument: string): Fault {
  return new Fault({
    code: "nic-argument-invalid",
    kind: "operator",
    message: `${JSON.stringify(argument)} does not say how one network card is to be.`,
    remedy:
      "Say it as `0:ip=10.0.0.5/24,gateway=10.0.0.1,dns=10.0.0.53`, `0:dhcp`, or `0:` to go back to what the source has.",
    detail: { argument },
  });
}
