import { AssertionFailure, Fault, isFault } from "@leeward/base";
import type { Endpoint } from "@leeward/world";

const HTTPS_PORT = 443;
const PORT_MAX = 65_535;

const ADDRESSES_MAX = 8;
/** Told of a place where the config server is not, or is one of before. */
const NOT_THE_ONE: ReadonlySet<string> = new Set(["server-unreachable", "enrolment-answer-invalid", "clock-differs"]);

/**
 * The addresses under which a config server may be found, separated by commas, in the order in which they are tried: where it has several networks, or
 * another one stands by. Whoever answers has to prove to be the config server of the same authority. @throws Fault `server-url-invalid`
 */
export function serverEndpoints(text: string): readonly Endpoint[] {
  const urls = text.split(",").map((each) => each.trim());
  if (urls.length > ADDRESSES_MAX) throw serverUrlInvalid(text, `more than ${ADDRESSES_MAX} addresses`);
  return urls.map(serverEndpoint);
}

/**
 * What `work` comes to at the first of the servers that can be reached and answers as one, in order.
 * @throws what it throws at a server that was reached, or at the last one
 */
export async function atFirstServer<T>(
  servers: readonly Endpoint[],
  work: (server: Endpoint) => Promise<T>,
): Promise<T> {
  for (const [index, server] of servers.entries()) {
    try {
      return await work(server);
    } catch (error) {
      const isElsewhere = isFault(error) && NOT_THE_ONE.has(error.code);
      if (!isElsewhere || index === servers.length - 1) throw error;
    }
  }
  throw new AssertionFailure("a config server has an address");
}

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
  throw serverUrlInvalid(url, "not a config server's address such as https://host or https://host:8443");
}

function serverUrlInvalid(text: string, what: string): Fault {
  return new Fault({
    code: "server-url-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is ${what}.`,
    remedy: "Write `https://host` or `https://host:port`, without a path; several are separated by commas.",
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
