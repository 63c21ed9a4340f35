import { Fault } from "@leeward/base";

export const NBD_PORT = 10_809;

/** Where an NBD server is: a Unix socket, or a TCP port. */
export type NbdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** One export of one server. */
export interface NbdUri {
  readonly address: NbdAddress;
  readonly exportName: string;
  readonly tls: boolean;
}

/** "nbd+unix:///name?socket=/path" or "nbd://host:port/name"; "nbds" where TLS is asked for (the NBD project's doc/uri.md). */
export function formatNbdUri({ address, exportName, tls }: NbdUri): string {
  const scheme = tls ? "nbds" : "nbd";
  const name = encodeURIComponent(exportName).replaceAll("%2F", "/");
  if ("path" in address)
    return `${scheme}+unix:///${name}?socket=${encodeURIComponent(address.path).replaceAll("%2F", "/")}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${scheme}://${host}${address.port === NBD_PORT ? "" : `:${address.port}`}/${name}`;
}

/** @throws Fault `nbd-uri-invalid` */
export function parseNbdUri(text: string): NbdUri {
  const match = /^(nbds?)(\+unix)?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text);
  if (match === null) throw invalid(text);
  const [, scheme, unix, authority = "", path = "/", query = ""] = match;
  const common = { exportName: decoded(path.slice(1), text), tls: scheme === "nbds" };
  if (unix !== undefined) {
    const socket = /(?:^|&)socket=([^&]+)/.exec(query)?.[1];
    if (socket === undefined || authority !== "") throw invalid(text);
    return { address: { path: decoded(socket, text) }, ...common };
  }
  const place = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:@[\]]+))(?::(\d{1,5}))?$/.exec(authority);
  const host = place?.[1] ?? place?.[2];
  const port = Number(place?.[3] ?? NBD_PORT);
  if (host === undefined || port < 1 || port > 65_535) throw invalid(text);
  return { address: { host, port }, ...common };
}

function decoded(text: string, uri: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid(uri, cause);
  }
}

function invalid(text: string, cause?: unknown): Fault {
  return new Fault({
    code: "nbd-uri-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} is no NBD address such as nbd+unix:///name?socket=/path or nbd://host:10809/name.`,
    remedy: "Write `nbd+unix:///name?socket=/path` or `nbd://host:10809/name`.",
    cause,
  });
}
