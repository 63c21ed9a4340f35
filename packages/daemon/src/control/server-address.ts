import { Fault } from "@leeward/base";
import type { Endpoint } from "@leeward/world";

const HTTPS_PORT = 443;

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
  });
}
