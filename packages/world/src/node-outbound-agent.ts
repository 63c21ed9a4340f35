import { Agent, type AgentOptions } from "node:https";

/** Never through a proxy: what listens there is on this machine. */
const OWN = ["localhost", "127.0.0.1", "::1", "[::1]"];

/**
 * Makes connections that leave the machine over TLS: through the proxy that HTTPS_PROXY names (http://proxy:3128, with name and password where it asks for them), by
 * CONNECT, so that TLS is from end to end all the same; NO_PROXY names the hosts that are reached without. Where there is none, as ever.
 */
export function outboundAgent(options: AgentOptions = {}): Agent {
  const proxy = process.env["HTTPS_PROXY"] ?? process.env["https_proxy"];
  if (proxy === undefined || proxy === "") return new Agent(options);
  const direct = [process.env["NO_PROXY"] ?? process.env["no_proxy"] ?? "", ...OWN].filter((each) => each !== "");
  return new Agent({ ...options, proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: direct.join(",") } });
}
