import { Fault } from "@leeward/base";

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
  /** Nobody else than this machine reaches it. */
  readonly isLoopback: boolean;
}

const PORT_MAX = 65_535;

/** "127.0.0.1:9400" or "[::1]:9400". @throws Fault `metrics-address-invalid` */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, bracketed, plain, portText = ""] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(portText);
  if (host === undefined || portText === "" || port > PORT_MAX) throw invalid(text);
  return { host, port, isLoopback: host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host) };
}

function invalid(text: string): Fault {
  return new Fault({
    code: "metrics-address-invalid",
    kind: "operator",
    message: `metricsListen ${JSON.stringify(text)} is not ADDRESS:PORT.`,
    remedy: "Write it as 127.0.0.1:9400 or [::1]:9400.",
    detail: { metricsListen: text },
  });
}
