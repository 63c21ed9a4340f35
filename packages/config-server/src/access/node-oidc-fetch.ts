// How an identity provider is spoken to: over TLS alone, with its own authority where it has one. Nothing of what it says is believed to be short.
import { readFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { anySignal } from "@leeward/base";
import type { CustomFetch } from "openid-client";
import { OIDC_BYTES_MAX, OIDC_MS_MAX } from "../limits.ts";

/** `caFile` holds the PEM of who vouches for the provider; the public authorities do when it is empty. */
export function oidcFetch(caFile: string): CustomFetch {
  return async (address, { method, headers, body, signal }) => {
    const ca = caFile === "" ? {} : { ca: await readFile(caFile) };
    const limit = AbortSignal.timeout(OIDC_MS_MAX);
    const bounded = signal === undefined ? limit : anySignal([limit, signal]);
    const sent = textOf(body);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const request = httpsRequest(new URL(address), { method, headers: { ...headers }, signal: bounded, ...ca });
    request.on("error", reject).on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", reject).on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > OIDC_BYTES_MAX) request.destroy(new Error(`The answer has more than ${OIDC_BYTES_MAX} bytes.`));
        chunks.push(chunk);
      });
      response.on("end", () => {
        const said = Object.entries(response.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)] as [string, string]],
        );
        const status = response.statusCode ?? 500;
        resolve(
          new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), { status, headers: said }),
        );
      });
    });
    request.end(sent);
    return promise;
  };
}

/** The client sends forms alone. */
function textOf(body: unknown): string | undefined {
  if (body instanceof URLSearchParams) return body.toString();
  return typeof body === "string" ? body : undefined;
}

/** What stands in a file of a secret. */
export async function readSecret(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}
