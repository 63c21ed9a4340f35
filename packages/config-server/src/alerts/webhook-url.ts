import { isFault } from "@leeward/base";
import type { Services } from "../api/services.ts";
import { SELF } from "../events/event-log.ts";

const CUT = "…";
/** The fact that holds the URL of the configuration that was made a channel of, sealed under the fact's own name. */
const TAKEN = "webhookUrlTaken";

/** The host that the setting names, which the server's own configuration thereby allows; undefined where it is no web address. */
export function webhookHost(webhookUrl: string): string | undefined {
  const url = URL.parse(webhookUrl);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** What is shown of a webhook's URL: its server. What follows is for many receivers all that proves who sends. */
export function shownUrl(webhookUrl: string): string {
  const { origin, pathname, search, hash } = new URL(webhookUrl);
  return pathname === "/" && search === "" && hash === "" ? webhookUrl : `${origin}/${CUT}`;
}

/** Whether it is a URL as `shownUrl` shows it, and leads nowhere. */
export function isCutUrl(webhookUrl: string): boolean {
  return webhookUrl.endsWith(`/${CUT}`);
}

/** Seals the URLs of webhooks that an older release left in clear; before anything else is done with channels. */
export async function sealClearUrls({
  store,
  channelSecrets,
}: Pick<Services, "store" | "channelSecrets">): Promise<void> {
  for (const channel of store.alertChannels.list()) {
    const { name, target, sealedUrl } = channel;
    if (target.kind !== "webhook" || sealedUrl !== null) continue;
    const { url } = target.settings;
    const settings = { ...target.settings, url: shownUrl(url) };
    const sealed = await channelSecrets.sealUrl(name, url);
    store.alertChannels.put({ ...channel, target: { ...target, settings }, sealedUrl: sealed });
  }
  const taken = store.facts.get(TAKEN);
  if (taken !== undefined && URL.canParse(taken)) store.facts.set(TAKEN, await channelSecrets.sealUrl(TAKEN, taken));
}

/** Has who had set `webhookUrl` told over a channel of that URL: once for each URL, so that one that was changed or removed since stays so. */
export async function takeWebhookUrl({
  config,
  store,
  alertChannels,
  channelSecrets,
}: Pick<Services, "config" | "store" | "alertChannels" | "channelSecrets">): Promise<void> {
  const url = URL.parse(config.value.webhookUrl);
  if (url === null || webhookHost(url.href) === undefined) return;
  if ((await takenUrl({ store, channelSecrets })) === url.href) return;
  const sealed = await channelSecrets.sealUrl(TAKEN, url.href);
  // A channel holds no password in its URL; who needs one signs instead.
  url.username = "";
  url.password = "";
  await alertChannels.set("webhook", { kind: "webhook", settings: { url: url.href }, secret: null }, SELF);
  store.facts.set(TAKEN, sealed);
}

/** Undefined also where nothing can open it any more: then no channel's secret can be opened either, and it is taken anew. */
async function takenUrl({
  store,
  channelSecrets,
}: Pick<Services, "store" | "channelSecrets">): Promise<string | undefined> {
  const sealed = store.facts.get(TAKEN);
  if (sealed === undefined) return undefined;
  try {
    return await channelSecrets.openUrl(TAKEN, sealed);
  } catch (error) {
    if (!isFault(error, "alert-secret-unreadable")) throw error;
    return undefined;
  }
}
