import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { WebhookSettings } from "@leeward/api";
import { alertDeliveryFailed } from "../../faults.ts";
import type { Parcel } from "../deliveries.ts";
import { pinned, type Reached } from "./node-reach.ts";

/** HMAC-SHA256 of the body under the channel's secret, in hexadecimal digits. */
const SIGNATURE_HEADER = "leeward-signature";

/**
 * POST of the document over HTTP or HTTPS. A redirect is an answer like any other that is none of success.
 * @throws Fault `alert-delivery-failed`, or as the system says that it cannot
 */
export async function postWebhook(
  { url, caPem = null }: WebhookSettings,
  { document, secret }: Parcel,
  { reached, signal }: { readonly reached: Reached; readonly signal: AbortSignal },
): Promise<void> {
  const target = new URL(url);
  const body = Buffer.from(document);
  const request = target.protocol === "https:" ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(target, {
    method: "POST",
    lookup: pinned(reached),
    headers: {
      "content-type": "application/json",
      "content-length": body.length,
      "user-agent": "leeward",
      ...(secret !== null && {
        [SIGNATURE_HEADER]: `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
      }),
    },
    signal,
    agent: false,
    ...(caPem !== null && { ca: caPem }),
  });
  outgoing.on("error", reject).on("response", (response) => {
    resolve(response.statusCode ?? 0);
    // What it says beside its status is nobody's business.
    response.destroy();
  });
  outgoing.end(body);
  const status = await promise;
  if (status < 200 || status > 299) throw alertDeliveryFailed(`${target.origin} answered with status ${status}.`);
}
