import { Fault } from "@leeward/base";
import type { Endpoint } from "@leeward/world";

const HTTPS_PORT = 443;
const PORT_MAX = 65_535;

/** "https://host" or "https://host:port" as an endpoint. @throws Fault `server-url-invalid` */
export function serverEndpoint(url: string): Endpoint {
  const parsed = URL.parse(url);
  if (
    parsed !== null &&
    parsed.protocol === "https:" &&
    parsed.pathname === "/" &&
    parsed.username === "" &&
    parsed.search === ""
  ) {
    return {
      host: parsed.hostname.replace(/^\[|\]$/g, ""),
      port: parsed.port === "" ? HTTPS_PORT : Number(parsed.port),
    };
  }
  throw new Fault({
    code: "server-url-invalid",
    kind: "operator",
    message: `${JSON.stringify(url)} is not a config server's address such as https://host or https://host:8443.`,
    remedy: "Write `https://host` or `https://host:port`, without a path.",
  });
}

/**
 * Where others reach a daemon: what it advertises first, as "name" or "name:port" (when something on the way forwards another port),
 * else where it listens. @throws Fault `advertise-invalid`
 */
export function advertisedEndpoint(advertise: readonly string[], listening: Endpoint): Endpoint {
  const [first] = advertise;
  if (first === undefined) return listening;
  const { host, port = listening.port } = advertisedName(first);
  return { host, port };
}

/** An entry of `advertise`: "name", "name:port" or "[IPv6 address]:port". @throws Fault `advertise-invalid` */
export function advertisedName(text: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (host !== undefined && port === undefined) return { host };
  if (host !== undefined && port !== undefined && port > 0 && port <= PORT_MAX) return { host, port };
  throw new Fault({
    code: "advertise-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is not a name or address, with or without a port, under which others could reach this daemon.`,
    remedy: "Write it as name, name:port, or [IPv6 address]:port.",
  });
}
