// The two redirections of a sign-in over an identity provider. They are no calls: a browser goes there, and what goes wrong is shown by the page that it
// is sent to.
import { isFault } from "@leeward/base";
import type { FastifyReply, FastifyRequest } from "fastify";
import { cookieHeader, cookieOf, ownOrigin } from "../access/gate.ts";
import { browserFacts, tellSignedIn } from "./access-handlers.ts";
import { browserOf } from "./node-browser.ts";
import type { App } from "./node-http-server.ts";
import type { Services } from "./services.ts";

const BEGIN_PATH = "/v1/sign-in/oidc";
const CALLBACK_PATH = `${BEGIN_PATH}/callback`;
/** Sent along from another site, which `strict` would not allow. */
const COOKIE_NAME = "__Host-leeward-oidc";

export function registerOidcRoutes(app: App, services: Services): void {
  const { oidc, signIns, events, store } = services;
  app.get(BEGIN_PATH, (request, reply) =>
    shown(request, reply, async () => {
      const { location, secret } = await oidc.begin(`${ownOrigin(request.headers)}${CALLBACK_PATH}`);
      void reply.header("set-cookie", cookieHeader(COOKIE_NAME, secret, "lax"));
      return location;
    }),
  );
  app.get(CALLBACK_PATH, (request, reply) =>
    shown(request, reply, async () => {
      const { ip: address, headers } = request;
      // Whatever comes of it, it was for once.
      void reply.header("set-cookie", cookieHeader(COOKIE_NAME, null, "lax"));
      const url = new URL(request.url, ownOrigin(headers));
      const user = await events.watching({ name: "anybody", address }, "sign-in over the identity provider", () =>
        oidc.finish(url, cookieOf(headers, COOKIE_NAME)),
      );
      const browser = browserOf(request, reply);
      const { secret } = store.transaction(() => {
        const begun = signIns.begin({ user }, { address, ...browserFacts(browser) });
        tellSignedIn(services, begun.person, address);
        return begun;
      });
      browser.keep(secret);
      return "/";
    }),
  );
}

/** Sends the browser on; to the page's beginning with the fault's code when there is one. */
async function shown(_: FastifyRequest, reply: FastifyReply, work: () => Promise<string>): Promise<FastifyReply> {
  void reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
  try {
    return await reply.redirect(await work(), 302);
  } catch (error) {
    if (!isFault(error)) throw error;
    return reply.redirect(`/?sign-in=${encodeURIComponent(error.code)}`, 302);
  }
}
