// Who is told of alerts: channels as people set them.
import type { AlertChannelChange } from "@leeward/api";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { alertChannelInvalid, alertChannelsTooMany, alertChannelUnknown, alertSecretNeeded } from "../faults.ts";
import { ALERT_CHANNELS_MAX } from "../limits.ts";
import type { AlertChannelRow, ChannelSettings } from "../store/alert-channel-rows.ts";
import type { Store } from "../store/store.ts";
import type { ChannelSecrets } from "./channel-secrets.ts";
import type { Deliveries } from "./deliveries.ts";
import { isCutUrl, shownUrl } from "./webhook-url.ts";

export interface ChannelsOptions {
  readonly clock: World["clock"];
  readonly store: Store;
  readonly events: EventLog;
  readonly secrets: ChannelSecrets;
  readonly deliveries: Deliveries;
}

export class Channels {
  readonly #options: ChannelsOptions;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /** @throws Fault `alert-channel-unknown` */
  find(name: string): AlertChannelRow {
    const channel = this.#options.store.alertChannels.byName(name);
    if (channel === undefined) throw alertChannelUnknown(name);
    return channel;
  }

  /** Makes the channel, or changes it. @throws Fault `alert-channel-invalid`, `alert-channels-too-many`, `alert-secret-needed` */
  async set(name: string, asked: AlertChannelChange, actor: Actor): Promise<AlertChannelRow> {
    const { store, events, secrets, deliveries } = this.#options;
    requireSound(name, asked);
    const secret = asked.kind === "syslog" ? null : asked.secret;
    const given = typeof secret === "string" ? await secrets.seal(name, secret) : secret;
    const url = await this.#urlOf(name, asked);
    const row = store.transaction(() => {
      const before = store.alertChannels.byName(name);
      if (before === undefined && store.alertChannels.list().length >= ALERT_CHANNELS_MAX)
        throw alertChannelsTooMany(ALERT_CHANNELS_MAX);
      const sealedUrl = url === undefined ? keptUrl(name, asked, before) : url;
      const sealed = given === undefined ? keptSecret(before, asked) : given;
      requireSecretOfUser(name, asked, sealed);
      const { severity = before?.severity ?? "warning" } = asked;
      const next: AlertChannelRow = {
        ...UNUSED,
        ...before,
        name,
        target: targetOf(asked),
        severity,
        sealed,
        sealedUrl,
      };
      store.alertChannels.put(next);
      const message = `The alert channel ${name} was set: ${placeOf(next.target)}, from ${severity} on.`;
      events.add(actor, { severity: "info", kind: "alert-channel-set", subject: name, message });
      return next;
    });
    deliveries.retry(name);
    return row;
  }

  /** Of a webhook, its URL sealed; null for another channel, and undefined where it stays as it is. */
  async #urlOf(name: string, asked: AlertChannelChange): Promise<string | null | undefined> {
    if (asked.kind !== "webhook") return null;
    const { url } = asked.settings;
    return isCutUrl(url) ? undefined : await this.#options.secrets.sealUrl(name, url);
  }

  /** @throws Fault `alert-channel-unknown` */
  remove(name: string, actor: Actor): AlertChannelRow {
    const { store, events } = this.#options;
    return store.transaction(() => {
      const channel = this.find(name);
      store.alertChannels.remove(name);
      const message = `The alert channel ${name} was removed.`;
      events.add(actor, { severity: "warning", kind: "alert-channel-removed", subject: name, message });
      return channel;
    });
  }

  /** Sends a test now. @throws Fault `alert-channel-unknown`, and why it did not get through */
  async test(name: string, signal: AbortSignal): Promise<AlertChannelRow> {
    await this.#options.deliveries.test(this.find(name), signal);
    return this.find(name);
  }
}

const UNUSED = { fault: null, deliveredMicros: null } as const;

function targetOf(change: AlertChannelChange): ChannelSettings {
  const caPem = change.settings.caPem ?? null;
  switch (change.kind) {
    case "webhook":
      return { kind: "webhook", settings: { ...change.settings, url: shownUrl(change.settings.url), caPem } };
    case "smtp":
      return { kind: "smtp", settings: { ...change.settings, user: change.settings.user ?? null, caPem } };
    case "syslog":
      return { kind: "syslog", settings: { ...change.settings, facility: change.settings.facility ?? 16, caPem } };
  }
}

/** What a secret is given to. */
function placeOf(target: ChannelSettings): string {
  switch (target.kind) {
    case "webhook":
      return new URL(target.settings.url).origin;
    case "smtp":
      return `smtp ${target.settings.host}:${target.settings.port} (${target.settings.security})`;
    case "syslog":
      return `syslog ${target.settings.host}:${target.settings.port} (${target.settings.transport})`;
  }
}

/** Who may change a channel may not read its secret: it does not follow to another receiver. @throws Fault `alert-secret-needed` */
function keptSecret(before: AlertChannelRow | undefined, change: AlertChannelChange): string | null {
  if (before === undefined || before.sealed === null) return null;
  const target = targetOf(change);
  const isSame = placeOf(before.target) === placeOf(target) && before.target.settings.caPem === target.settings.caPem;
  if (!isSame) throw alertSecretNeeded(before.name);
  return before.sealed;
}

/**
 * The URL that is set, where the change has it as it is shown. It does not follow to another receiver, as a secret does not.
 * @throws Fault `alert-channel-invalid`
 */
function keptUrl(name: string, change: AlertChannelChange, before: AlertChannelRow | undefined): string | null {
  if (change.kind !== "webhook") return null;
  const known = before?.target;
  const isSame =
    known?.kind === "webhook" &&
    known.settings.url === change.settings.url &&
    (known.settings.caPem ?? null) === (change.settings.caPem ?? null);
  if (!isSame)
    throw alertChannelInvalid(name, "its URL is cut short; for another server or authority it is given whole");
  return before?.sealedUrl ?? null;
}

/** @throws Fault `alert-channel-invalid` */
function requireSound(name: string, change: AlertChannelChange): void {
  if (change.kind === "webhook") {
    const url = URL.parse(change.settings.url);
    if (url === null) throw alertChannelInvalid(name, "its URL is none");
    if (url.username !== "" || url.password !== "")
      throw alertChannelInvalid(name, "its URL holds a password; a secret is given as such");
  }
  if (change.kind === "smtp" && change.settings.security === "none" && (change.settings.user ?? null) !== null)
    throw alertChannelInvalid(name, "a password is not sent without encryption");
}

/** @throws Fault `alert-channel-invalid` */
function requireSecretOfUser(name: string, change: AlertChannelChange, sealed: string | null): void {
  if (change.kind !== "smtp") return;
  const hasUser = (change.settings.user ?? null) !== null;
  if (hasUser !== (sealed !== null)) throw alertChannelInvalid(name, "a user and a password go together");
}
