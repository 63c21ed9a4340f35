import { type Static, Type } from "typebox";
import { Id, Name, nullable, STRICT, Time } from "./schema-words.ts";

/** How bad an alert is. */
export const AlertSeverity = Type.Enum(["warning", "critical"]);
export type AlertSeverity = Static<typeof AlertSeverity>;

export const AlertState = Type.Enum(["open", "acknowledged", "resolved"]);
export type AlertState = Static<typeof AlertState>;

/** Something that needs a person, from when it came to hold until it did not any more. */
export const Alert = Type.Object({
  id: Id,
  /** The rule that opened it. */
  rule: Type.String(),
  /** As the status names it; the rule's own name but for faults. */
  code: Type.String(),
  severity: AlertSeverity,
  subjectKind: Type.Enum(["machine", "disk", "server", "plan", "installation"]),
  subject: nullable(Type.String()),
  /** The machine that it is of, or that the disk is of. */
  machine: nullable(Id),
  message: Type.String(),
  remedy: Type.String(),
  state: AlertState,
  openedAt: Time,
  /** When it became another one in severity or state. */
  changedAt: Time,
  acknowledgedBy: nullable(Type.String()),
  acknowledgedAt: nullable(Time),
  note: nullable(Type.String()),
  /** Until then nobody is told of it. */
  silencedUntil: nullable(Time),
  resolvedAt: nullable(Time),
});
export type Alert = Static<typeof Alert>;

/** When something that needs a person becomes an alert. Thresholds are in `unit`; without one, the condition itself says how bad it is. */
export const AlertRule = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  unit: nullable(Type.String()),
  warning: nullable(Type.Number()),
  critical: nullable(Type.Number()),
  defaultWarning: nullable(Type.Number()),
  defaultCritical: nullable(Type.Number()),
  enabled: Type.Boolean(),
});
export type AlertRule = Static<typeof AlertRule>;

const threshold = Type.Optional(nullable(Type.Number({ minimum: 0, maximum: 1_000_000 })));

/** What is not named stays; null takes a threshold away. */
export const AlertRuleChange = Type.Object(
  { warning: threshold, critical: threshold, enabled: Type.Optional(Type.Boolean()) },
  STRICT,
);
export type AlertRuleChange = Static<typeof AlertRuleChange>;

const host = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: "^[A-Za-z0-9._:%-]+$",
  description: "name or address",
});
const port = Type.Integer({ minimum: 1, maximum: 65_535 });
const mailAddress = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@<>,;]+@[^\\s@<>,;]+$" });
/** PEM of the authorities that vouch for the receiver; the public ones when null. */
const caPem = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 16_384 })));

const WebhookSettings = Type.Object({ url: Type.String({ maxLength: 2_048, pattern: "^https?://" }), caPem }, STRICT);
export type WebhookSettings = Static<typeof WebhookSettings>;

/** `starttls` and `tls` verify the server; with `none` nothing is encrypted, and nobody signs in. */
const SmtpSettings = Type.Object(
  {
    host,
    port,
    security: Type.Enum(["starttls", "tls", "none"]),
    user: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
    from: mailAddress,
    to: Type.Array(mailAddress, { minItems: 1, maxItems: 50 }),
    caPem,
  },
  STRICT,
);
export type SmtpSettings = Static<typeof SmtpSettings>;

/** RFC 5424; over TCP and TLS with octet counting. */
const SyslogSettings = Type.Object(
  {
    host,
    port,
    transport: Type.Enum(["udp", "tcp", "tls"]),
    facility: Type.Optional(Type.Integer({ minimum: 0, maximum: 23 })),
    caPem,
  },
  STRICT,
);
export type SyslogSettings = Static<typeof SyslogSettings>;

/** A webhook's key of signatures, or the password of an SMTP user. Never answered; null takes it away, and left out it stays. */
const secret = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 1_024 })));
const severity = Type.Optional(AlertSeverity);

/** Who is told of alerts, and how. */
export const AlertChannelChange = Type.Union([
  Type.Object({ kind: Type.Literal("webhook"), severity, settings: WebhookSettings, secret }, STRICT),
  Type.Object({ kind: Type.Literal("smtp"), severity, settings: SmtpSettings, secret }, STRICT),
  Type.Object({ kind: Type.Literal("syslog"), severity, settings: SyslogSettings }, STRICT),
]);
export type AlertChannelChange = Static<typeof AlertChannelChange>;

/** What a channel is of. */
export const AlertChannelKind = Type.Enum(["webhook", "smtp", "syslog"]);
export type AlertChannelKind = Static<typeof AlertChannelKind>;

/** `severity` is the least that it is told of. */
export const AlertChannel = Type.Object({
  name: Name,
  kind: AlertChannelKind,
  severity: AlertSeverity,
  settings: Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Number(), Type.Null(), Type.Array(Type.String())]),
  ),
  hasSecret: Type.Boolean(),
  lastDeliveredAt: nullable(Time),
  /** Why the last delivery did not get through; null when it did. */
  fault: nullable(Type.Object({ code: Type.String(), message: Type.String(), since: Time })),
});
export type AlertChannel = Static<typeof AlertChannel>;
