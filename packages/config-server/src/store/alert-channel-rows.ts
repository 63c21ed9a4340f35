import { AlertChannelChange, AlertChannelKind, type AlertSeverity } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { type AlertRow, alertOf } from "./alert-rows.ts";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { upsert } from "./upsert.ts";

/** What a kind of channel is set to. */
export type ChannelSettings = { readonly [K in AlertChannelKind]: KindSettings<K> }[AlertChannelKind];
type KindSettings<K> = Pick<Extract<AlertChannelChange, { kind: K }>, "kind" | "settings">;

const ChannelFault = Type.Object({ code: Type.String(), message: Type.String(), sinceMicros: Type.Integer() });
/** Why the last attempt failed, and since when none has succeeded. */
export type ChannelFault = Static<typeof ChannelFault>;

export interface AlertChannelRow {
  readonly name: string;
  /** Of a webhook's URL it has what is shown of it. */
  readonly target: ChannelSettings;
  /** The least that it is told of. */
  readonly severity: AlertSeverity;
  /** Its secret, as only the server's home can open it. */
  readonly sealed: string | null;
  /** A webhook's whole URL, sealed likewise. */
  readonly sealedUrl: string | null;
  readonly fault: ChannelFault | null;
  readonly deliveredMicros: number | null;
}

/** What a channel is being told. */
export interface DeliveryRow {
  readonly channel: string;
  readonly id: string;
  /** As JSON. */
  readonly document: string;
  /** That have failed. */
  readonly attempts: number;
}

/** Up to where a channel was told of an alert. */
export interface Telling {
  readonly alertId: string;
  readonly noticeNumber: number;
  readonly resolved: boolean;
}

const SEVERITIES: readonly AlertSeverity[] = ["warning", "critical"];

/** Channels, what each is being told, and what it was told. */
export class AlertChannelRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put({ name, target, severity, sealed, sealedUrl, fault, deliveredMicros }: AlertChannelRow): void {
    const row = {
      name,
      kind: target.kind,
      severity,
      settings: JSON.stringify(target.settings),
      sealed,
      sealed_url: sealedUrl,
      fault: fault === null ? null : JSON.stringify(fault),
      delivered_micros: deliveredMicros,
    };
    upsert(this.#database, { table: "alert_channels", key: "name", row });
  }

  byName(name: string): AlertChannelRow | undefined {
    const row = this.#database.get("SELECT * FROM alert_channels WHERE name = ?", name);
    return row === undefined ? undefined : channelOf(row);
  }

  list(): AlertChannelRow[] {
    return this.#database.all("SELECT * FROM alert_channels ORDER BY name").map(channelOf);
  }

  /** With all that it was told. In a transaction. */
  remove(name: string): void {
    this.#database.run("DELETE FROM alert_tellings WHERE channel = ?", name);
    this.#database.run("DELETE FROM alert_deliveries WHERE channel = ?", name);
    this.#database.run("DELETE FROM alert_channels WHERE name = ?", name);
  }

  putDelivery({ channel, id, document, attempts }: DeliveryRow): void {
    upsert(this.#database, { table: "alert_deliveries", key: "channel", row: { channel, id, document, attempts } });
  }

  deliveryOf(channel: string): DeliveryRow | undefined {
    const row = this.#database.get("SELECT * FROM alert_deliveries WHERE channel = ?", channel);
    if (row === undefined) return undefined;
    return { channel, id: text(row, "id"), document: text(row, "document"), attempts: integer(row, "attempts") };
  }

  removeDelivery(channel: string): void {
    this.#database.run("DELETE FROM alert_deliveries WHERE channel = ?", channel);
  }

  putTelling(channel: string, { alertId, noticeNumber, resolved }: Telling): void {
    this.#database.run(
      `INSERT INTO alert_tellings (channel, alert_id, notice_number, resolved) VALUES (?, ?, ?, ?)
       ON CONFLICT (channel, alert_id) DO UPDATE SET notice_number = excluded.notice_number, resolved = excluded.resolved`,
      channel,
      alertId,
      noticeNumber,
      resolved ? 1 : 0,
    );
  }

  /** What the channel has still to be told of, oldest first, and up to where it was told of each. */
  untold(
    { name, severity }: AlertChannelRow,
    nowMicros: number,
  ): { readonly alert: AlertRow; readonly toldNumber: number }[] {
    return this.#database
      .all(
        `SELECT a.*, s.until_micros AS silenced_until_micros, COALESCE(t.notice_number, 0) AS told_number
         FROM alerts a
         LEFT JOIN alert_silences s ON s.alert_key = a.alert_key
         LEFT JOIN alert_tellings t ON t.alert_id = a.id AND t.channel = ?
         WHERE (s.until_micros IS NULL OR s.until_micros <= ?) AND (
           (a.resolved_micros IS NULL AND a.acknowledged_micros IS NULL AND COALESCE(t.notice_number, 0) < a.notice_number
             AND a.severity IN ('critical', ?))
           OR (a.resolved_micros IS NOT NULL AND t.resolved = 0))
         ORDER BY a.changed_micros, a.id`,
        name,
        nowMicros,
        severity,
      )
      .map((row) => ({ alert: alertOf(row), toldNumber: integer(row, "told_number") }));
  }
}

function channelOf(row: Row): AlertChannelRow {
  const settings: unknown = JSON.parse(text(row, "settings"));
  const target: unknown = { kind: word(row, "kind", AlertChannelKind.enum), settings };
  assert(Check(AlertChannelChange, target), "a channel's settings were checked before they were stored");
  const fault: unknown = JSON.parse(maybeText(row, "fault") ?? "null");
  assert(fault === null || Check(ChannelFault, fault), "a channel's fault is written by this program");
  return {
    name: text(row, "name"),
    target,
    severity: word(row, "severity", SEVERITIES),
    sealed: maybeText(row, "sealed"),
    sealedUrl: maybeText(row, "sealed_url"),
    fault,
    deliveredMicros: maybeInteger(row, "delivered_micros"),
  };
}
