// Which addresses channels may connect to. Whoever may set a channel must not thereby speak, from this server's place in the network, to what trusts this
// machine: itself, its links, or the metadata service of a cloud. What the server's own configuration names is allowed all the same.
import ipaddr from "ipaddr.js";
import { channelsMayReachInvalid } from "../../faults.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Network {
  readonly address: Address;
  /** How many of its bits count. */
  readonly bits: number;
}

/** What the setting `channelsMayReach` allows. */
export interface Allowed {
  readonly names: ReadonlySet<string>;
  readonly networks: readonly Network[];
}

/** Ranges of ipaddr.js that are somewhere else; all others are refused. */
const ELSEWHERE: readonly string[] = ["unicast", "private", "uniqueLocal", "carrierGradeNat"];

/** Of clouds: who speaks to them from a machine is taken for the machine. */
const METADATA: readonly string[] = [
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
];

/** @throws Fault `channels-may-reach-invalid` */
export function parseAllowed(entries: readonly string[]): Allowed {
  const names = new Set<string>();
  const networks: Network[] = [];
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) networks.push(networkOf(entry));
    else if (isAddress(entry)) networks.push(networkOf(`${entry}/${ipaddr.parse(entry).kind() === "ipv4" ? 32 : 128}`));
    else if (/^[A-Za-z_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/.test(entry)) names.add(entry.toLowerCase());
    else throw channelsMayReachInvalid(entry);
  }
  return { names, networks };
}

/** Why an address that `host` was resolved to may not be reached; undefined when it may. `own` are this machine's addresses. */
export function refusalOf(
  { host, address }: { readonly host: string; readonly address: string },
  { allowed, own }: { readonly allowed: Allowed; readonly own: readonly string[] },
): string | undefined {
  const target = innermost(ipaddr.parse(address));
  if (allowed.names.has(host.toLowerCase()) || allowed.networks.some((network) => isIn(target, network)))
    return undefined;
  const range = target.range();
  if (!ELSEWHERE.includes(range)) return `${address} is ${range}`;
  if (isOneOf(target, METADATA)) return `${address} is the metadata service of a cloud`;
  if (isOneOf(target, own)) return `${address} is this machine's own address`;
  return undefined;
}

function isOneOf(target: Address, texts: readonly string[]): boolean {
  return texts.some((text) => innermost(ipaddr.parse(text)).toNormalizedString() === target.toNormalizedString());
}

/** An IPv4 address stays what it is, however it is wrapped: mapped (RFC 4291), translated (RFC 6052, 64:ff9b::/96), 6to4 (RFC 3056). */
function innermost(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  const bytes = address.toByteArray();
  const range = address.range();
  if (address.isIPv4MappedAddress() || isCompatible(bytes) || range === "rfc6052" || range === "rfc6145")
    return ipaddr.fromByteArray(bytes.slice(12));
  if (range === "6to4") return ipaddr.fromByteArray(bytes.slice(2, 6));
  return address.zoneId === undefined ? address : ipaddr.fromByteArray(bytes);
}

/** `::a.b.c.d`, deprecated by RFC 4291; `::` and `::1` are themselves. */
function isCompatible(bytes: readonly number[]): boolean {
  return bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 14).some((byte) => byte !== 0);
}

function isIn(target: Address, { address, bits }: Network): boolean {
  return target.kind() === address.kind() && target.match(address, bits);
}

function networkOf(text: string): Network {
  const [written, bits] = ipaddr.parseCIDR(text);
  const address = innermost(written);
  return { address, bits: address.kind() === written.kind() ? bits : Math.max(0, bits - 96) };
}

/** Decimal and octal forms are none: people write addresses in one way. */
function isAddress(text: string): boolean {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
}
