import type { CardSettings, RecoveryChange } from "@leeward/api";
import { Fault } from "@leeward/base";

/** Refuses cards that contradict themselves, or name what is no address. @throws Fault `recovery-nic-invalid` */
export function requireCards({ nics, testNics }: RecoveryChange): void {
  for (const cards of [nics, testNics]) for (const [index, card] of (cards ?? []).entries()) requireCard(card, index);
}

function requireCard({ addresses, gateways, dns, dhcp }: CardSettings, index: number): void {
  const wrong = [
    ...addresses.map((each) => (isNetworkAddress(each) ? undefined : each)),
    ...[...gateways, ...dns].map(notAddress),
  ];
  const text = wrong.find((each) => each !== undefined);
  if (text !== undefined) throw invalid(index, `${text} is no address`);
  if (dhcp && gateways.length > 0) throw invalid(index, "a gateway is what DHCP says");
  if (!dhcp && addresses.length === 0 && gateways.length + dns.length > 0)
    throw invalid(index, "gateways and name servers come with an address, or with `dhcp`");
  for (const family of [4, 6]) {
    const ofFamily = (all: readonly string[]): number => all.filter((each) => familyOf(each) === family).length;
    if (ofFamily(gateways) > 1) throw invalid(index, `it has two gateways of IPv${family}`);
    if (ofFamily(gateways) > ofFamily(addresses))
      throw invalid(index, `it has a gateway of IPv${family} and no address`);
  }
}

function isNetworkAddress(text: string): boolean {
  const [address = "", bits = ""] = text.split("/");
  return isAddress(address) && Number(bits) >= 1 && Number(bits) <= (familyOf(address) === 4 ? 32 : 128);
}

function notAddress(text: string): string | undefined {
  return isAddress(text) ? undefined : text;
}

function isAddress(text: string): boolean {
  if (familyOf(text) === 6) return URL.canParse(`http://[${text}]/`);
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function familyOf(text: string): 4 | 6 {
  return text.includes(":") ? 6 : 4;
}

function invalid(index: number, why: string): Fault {
  return new Fault({
    code: "recovery-nic-invalid",
    kind: "operator",
    message: `The settings of the network card ${index} cannot be: ${why}.`,
    remedy: "Say it as `--nic 0:ip=10.0.0.5/24,gateway=10.0.0.1,dns=10.0.0.53`, or as `--nic 0:dhcp`.",
    detail: { nic: index },
  });
}
