import { anySignal, isFault } from "@leeward/base";
import { alertDeliveryFailed } from "../../faults.ts";
import { ALERT_SEND_MS_MAX } from "../../limits.ts";
import type { ChannelSettings } from "../../store/alert-channel-rows.ts";
import type { Send } from "../deliveries.ts";
import { type Resolve, reach } from "./node-reach.ts";
import { sendMail } from "./node-smtp.ts";
import { sendSyslog } from "./node-syslog.ts";
import { postWebhook } from "./node-webhook.ts";
import type { Allowed } from "./reach.ts";

export interface NodeSendOptions {
  readonly allowed: Allowed;
  readonly resolve: Resolve;
  /** `name:port` under which this server is known to others. */
  readonly ownEndpoints: () => readonly string[];
}

/** Sends over the network of this machine, to whom channels may reach. */
export function nodeSend({ allowed, resolve, ownEndpoints }: NodeSendOptions): Send {
  return async (target, parcel, signal) => {
    const place = placeOf(target);
    const timeout = AbortSignal.timeout(ALERT_SEND_MS_MAX);
    const both = anySignal([signal, timeout]);
    try {
      const of = { port: place.port, allowed, resolve, ownEndpoints: ownEndpoints() };
      const carried = { reached: await reach(place.host, of), signal: both };
      switch (target.kind) {
        case "webhook":
          await postWebhook(target.settings, parcel, carried);
          return [];
        case "smtp":
          return await sendMail(target.settings, parcel, carried);
        case "syslog":
          await sendSyslog(target.settings, parcel, carried);
          return [];
      }
    } catch (error) {
      if (isFault(error)) throw error;
      const said = error instanceof Error ? error.message : String(error);
      const why = timeout.aborted ? `it did not take the message in ${ALERT_SEND_MS_MAX / 1_000} s` : said;
      throw alertDeliveryFailed(`${place.host}:${place.port}: ${why}`);
    }
  };
}

function placeOf(target: ChannelSettings): { readonly host: string; readonly port: number } {
  if (target.kind !== "webhook") return target.settings;
  const { hostname, port, protocol } = new URL(target.settings.url);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}
