import type { Services } from "../api/services.ts";
import { SELF } from "../events/event-log.ts";

const CUT = "…";

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

/** Has who had set `webhookUrl` told over a channel of that URL: once for each URL, so that one that was changed or removed since stays so. */
export async function takeWebhookUrl({
  config,
  store,
  alertChannels,
}: Pick<Services, "config" | "store" | "alertChannels">): Promise<void> {
  const url = URL.parse(config.value.webhookUrl);
  if (url === null || webhookHost(url.href) === undefined || store.facts.get("webhookUrlTaken") === url.href) return;
  const taken = url.href;
  // A channel holds no password in its URL; who needs one signs instead.
  url.username = "";
  url.password = "";
  await alertChannels.set("webhook", { kind: "webhook", settings: { url: url.href }, secret: null }, SELF);
  store.facts.set("webhookUrlTaken", taken);
}
