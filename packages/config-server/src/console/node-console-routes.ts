import { randomBytes } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { App } from "../api/node-http-server.ts";
import { routeUnknown } from "../faults.ts";
import type { ConsoleFiles } from "./console-files.ts";

const NOT_BUILT =
  "The console is not part of this installation. The command line does all that it does: leeward --help.\n";

/** Answers with the console at every path that is not the API's: it is one page, which shows what the path says. */
export function registerConsole(app: App, files: ConsoleFiles | undefined): void {
  app.get<{ Params: { readonly name: string } }>("/assets/:name", async (request, reply) => {
    const { name } = request.params;
    const asset = files?.assets.get(name);
    if (asset === undefined) throw routeUnknown(request.method, `/assets/${name}`);
    const takesCompressed = /\bbr\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
    const compressed = takesCompressed ? asset.compressed : undefined;
    if (compressed !== undefined) void reply.header("content-encoding", "br");
    // A name changes with its content, but for the icon's.
    const lasting = name.endsWith(".svg") ? "max-age=3600" : "max-age=31536000, immutable";
    return reply
      .header("cache-control", `public, ${lasting}`)
      .header("vary", "accept-encoding")
      .type(asset.type)
      .send(compressed ?? asset.content);
  });
  app.get("/*", async (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    if (path.startsWith("/v1/") || path === "/v1") throw routeUnknown(request.method, path);
    if (files === undefined) return reply.status(404).type("text/plain; charset=utf-8").send(NOT_BUILT);
    return sendPage(reply, files);
  });
}

function sendPage(reply: FastifyReply, { page }: ConsoleFiles): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  return reply
    .header("content-security-policy", policyOf(nonce))
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(page.replaceAll("NONCE", nonce));
}

/** Nothing from elsewhere, nothing inline but what carries the answer's nonce, no frame around it. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "upgrade-insecure-requests",
  ].join("; ");
}
