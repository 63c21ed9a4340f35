import { Agent, type AgentOptions } from "node:https";
import { Fault } from "@leeward/base";

/** Never through a proxy: what listens there is on this machine. */
const OWN = ["localhost", "127.0.0.1", "::1", "[::1]"];

/**
 * Makes connections that leave the machine over TLS: through the proxy that HTTPS_PROXY names (http://proxy:3128, with name and password where it asks for them), by
 * CONNECT, so that TLS is from end to end all the same; NO_PROXY names the hosts that are reached without. Where there is none, as ever.
 * @throws Fault `proxy-invalid`, which does not show what HTTPS_PROXY holds
 */
export function outboundAgent(options: AgentOptions = {}): Agent {
  const proxy = process.env["HTTPS_PROXY"] ?? process.env["https_proxy"];
  if (proxy === undefined || proxy === "") return new Agent(options);
  if (!isProxy(proxy)) throw proxyInvalid();
  const direct = [process.env["NO_PROXY"] ?? process.env["no_proxy"] ?? "", ...OWN].filter((each) => each !== "");
  return new Agent({ ...options, proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: direct.join(",") } });
}

function isProxy(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "http:" || url.hostname === "") return false;
  try {
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
    return true;
  } catch {
    return false;
  }
}

function proxyInvalid(): Fault {
  return new Fault({
    code: "proxy-invalid",
    kind: "operator",
    message: "HTTPS_PROXY does not name an HTTP proxy.",
    remedy:
      "Write it as http://host:port or http://user:password@host:port, with %23 for # and %25 for % in a password.",
  });
}
