import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";
import { alertAddressRefused, alertDeliveryFailed } from "../../faults.ts";
import { type Allowed, refusalOf } from "./reach.ts";

/** One address that a host has and that may be reached. */
export interface Reached {
  readonly host: string;
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name or address, as the system resolves it. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * Resolves `host` once: what is connected to is the very address that was looked at, whatever the name means a moment later.
 * @throws Fault `alert-address-refused`, `alert-delivery-failed`
 */
export async function reach(
  host: string,
  {
    allowed,
    resolve,
    port,
    ownEndpoints,
  }: {
    readonly allowed: Allowed;
    readonly resolve: Resolve;
    readonly port: number;
    /** `name:port` under which this server is known to others. */
    readonly ownEndpoints: readonly string[];
  },
): Promise<Reached> {
  const bare = host.replace(/^\[|\]$/g, "");
  if (ownEndpoints.includes(`${bare.toLowerCase()}:${port}`) && !allowed.names.has(bare.toLowerCase()))
    throw alertAddressRefused(host, "it is this server itself");
  const found = await resolve(bare).catch((error: unknown) => {
    throw alertDeliveryFailed(`${host} cannot be resolved: ${error instanceof Error ? error.message : String(error)}`);
  });
  const own = Object.values(networkInterfaces()).flatMap((items) => (items ?? []).map(({ address }) => address));
  let refusal = "it has no address";
  for (const { address, family } of found) {
    const why = refusalOf({ host: bare, address }, { allowed, own });
    if (why === undefined) return { host: bare, address, family: family === 6 ? 6 : 4 };
    refusal = why;
  }
  throw alertAddressRefused(host, refusal);
}

/** Has Node connect to that address and no other, while certificates are still checked by the name. */
export function pinned({ address, family }: Reached): LookupFunction {
  return (_host, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}
