import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { anySignal } from "@leeward/base";
import { WEBHOOK_MS_MAX } from "../limits.ts";
import type { Post } from "./webhook.ts";

/** POST of a JSON document over HTTP or HTTPS, verified by the system's authorities. A redirect is an answer like any other. */
export const nodePost: Post = async (url, body, signal) => {
  const target = new URL(url);
  if (target.protocol !== "https:" && target.protocol !== "http:")
    throw new Error(`${target.protocol} is not a web address.`);
  const request = target.protocol === "https:" ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(target, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    signal: anySignal([signal, AbortSignal.timeout(WEBHOOK_MS_MAX)]),
    agent: false,
  });
  outgoing.on("error", reject).on("response", (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  outgoing.end(body);
  return promise;
};
