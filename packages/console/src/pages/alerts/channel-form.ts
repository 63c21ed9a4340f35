// What a channel's form holds, and what is sent of it. Secrets go one way only: they are never answered.
import type { AlertChannel, AlertChannelChange } from "@leeward/api";

export const KINDS = ["webhook", "smtp", "syslog"] as const;
export const SECURITIES = ["starttls", "tls", "none"] as const;
export const TRANSPORTS = ["udp", "tcp", "tls"] as const;
export const SEVERITIES = ["warning", "critical"] as const;

const PORTS = { smtp: "587", syslog: "6514", webhook: "" } as const;

export interface ChannelDraft {
  readonly kind: AlertChannel["kind"];
  readonly severity: AlertChannel["severity"];
  readonly url: string;
  readonly host: string;
  readonly port: string;
  readonly security: (typeof SECURITIES)[number];
  readonly user: string;
  readonly from: string;
  readonly to: string;
  readonly transport: (typeof TRANSPORTS)[number];
  readonly facility: string;
  readonly caPem: string;
  /** Empty: what is set stays. */
  readonly secret: string;
  readonly isSecretRemoved: boolean;
}

export function draftOf(channel: AlertChannel | undefined): ChannelDraft {
  const kind = channel?.kind ?? "webhook";
  const value = (name: string, otherwise = ""): string => {
    const found = channel?.settings[name];
    return Array.isArray(found) ? found.join(", ") : String(found ?? otherwise);
  };
  return {
    kind,
    severity: channel?.severity ?? "warning",
    url: value("url"),
    host: value("host"),
    port: value("port", PORTS[kind]),
    security: SECURITIES.find((each) => each === value("security")) ?? "starttls",
    user: value("user"),
    from: value("from"),
    to: value("to"),
    transport: TRANSPORTS.find((each) => each === value("transport")) ?? "tls",
    facility: value("facility"),
    caPem: value("caPem"),
    secret: "",
    isSecretRemoved: false,
  };
}

/** Another kind has another usual port. */
export function ofKind(draft: ChannelDraft, kind: AlertChannel["kind"]): ChannelDraft {
  return { ...draft, kind, port: PORTS[kind] };
}

const MAIL_ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/;

export type ChannelField = "url" | "host" | "port" | "from" | "to" | "facility";

export function wrongIn({ kind, url, host, port, from, to, facility }: ChannelDraft): readonly ChannelField[] {
  if (kind === "webhook") return /^https?:\/\/[^\s/]+/.test(url) ? [] : ["url"];
  const wrong: ChannelField[] = [];
  if (!/^[A-Za-z0-9._:%-]{1,255}$/.test(host)) wrong.push("host");
  if (!isWhole(port, { least: 1, most: 65_535 })) wrong.push("port");
  if (kind === "smtp" && !MAIL_ADDRESS.test(from)) wrong.push("from");
  if (kind === "smtp" && (recipients(to).length === 0 || !recipients(to).every((each) => MAIL_ADDRESS.test(each))))
    wrong.push("to");
  if (kind === "syslog" && facility !== "" && !isWhole(facility, { least: 0, most: 23 })) wrong.push("facility");
  return wrong;
}

export function changeOf(draft: ChannelDraft): AlertChannelChange {
  const { kind, severity, host, user, from } = draft;
  const caPem = draft.caPem.trim() === "" ? null : draft.caPem;
  const secret = draft.isSecretRemoved ? { secret: null } : draft.secret === "" ? {} : { secret: draft.secret };
  const port = Number(draft.port);
  switch (kind) {
    case "webhook":
      return { kind, severity, settings: { url: draft.url, caPem }, ...secret };
    case "smtp": {
      const settings = { host, port, security: draft.security, user: user === "" ? null : user, from, caPem };
      return { kind, severity, settings: { ...settings, to: recipients(draft.to) }, ...secret };
    }
    case "syslog": {
      const facility = draft.facility === "" ? {} : { facility: Number(draft.facility) };
      return { kind, severity, settings: { host, port, transport: draft.transport, caPem, ...facility } };
    }
  }
}

function recipients(to: string): string[] {
  return to
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function isWhole(text: string, { least, most }: { readonly least: number; readonly most: number }): boolean {
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}
