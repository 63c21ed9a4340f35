// Who may call: the one place where a token or a cookie becomes a person, for routes and for whatever else is asked over HTTP.

import { fastifyCookie } from "@fastify/cookie";
import { type ApiRole, allows, BACKGROUND_HEADER, CSRF_HEADER } from "@leeward/api";
import { roleInsufficient, tokenRequired } from "../faults.ts";
import { csrfRefused } from "./access-faults.ts";
import type { Bearers } from "./bearers.ts";
import type { Person } from "./caller.ts";
import type { SignIns } from "./sign-ins.ts";

/** Browsers take a cookie of this prefix from this very host alone, over TLS, for all of it. */
export const COOKIE_NAME = "__Host-leeward";
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** A request's head. */
export interface RequestHead {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly address: string;
}

export class Gate {
  readonly #bearers: Bearers;
  readonly #signIns: SignIns;

  constructor(bearers: Bearers, signIns: SignIns) {
    this.#bearers = bearers;
    this.#signIns = signIns;
  }

  /**
   * A token goes before a cookie. With a cookie, whatever changes something has to come from a page of this server.
   * @throws Fault `token-required`, `token-refused`, `sign-in-ended`, `csrf-refused`, `role-insufficient`, `too-many-requests`
   */
  admit(request: RequestHead, needed: ApiRole): Person {
    const person = this.identify(request);
    this.requireAllowed(request, person, needed);
    return person;
  }

  /** @throws Fault `token-required`, `token-refused`, `sign-in-ended`, `too-many-requests` */
  identify({ headers, address }: RequestHead): Person {
    const bearer = textOf(headers["authorization"]);
    if (bearer !== undefined) return this.#bearers.ofHeader(bearer, address);
    const secret = cookieOf(headers, COOKIE_NAME);
    if (secret === undefined) throw tokenRequired();
    return this.#signIns.personOf(secret, { counts: headers[BACKGROUND_HEADER] === undefined });
  }

  /** @throws Fault `csrf-refused`, `role-insufficient` */
  requireAllowed({ method, headers }: RequestHead, { role, csrfToken }: Person, needed: ApiRole): void {
    if (csrfToken !== undefined && method !== "GET") {
      requireOwnOrigin({ headers });
      const said = textOf(headers[CSRF_HEADER]);
      if (said === undefined) throw csrfRefused(`it lacks the header ${CSRF_HEADER}`);
      if (said !== csrfToken) throw csrfRefused(`its header ${CSRF_HEADER} is of another sign-in`);
    }
    if (!allows(role, needed)) throw roleInsufficient(role, needed);
  }
}

/** @throws Fault `csrf-refused` */
export function requireOwnOrigin({ headers }: Pick<RequestHead, "headers">): void {
  const origin = textOf(headers["origin"]);
  if (origin !== undefined && origin !== ownOrigin(headers))
    throw csrfRefused("it comes from a page of another server");
}

/** As the browser knows this server. */
export function ownOrigin(headers: RequestHead["headers"]): string {
  // HTTP/2 has the host under another name.
  const host = textOf(headers["host"]) ?? textOf(headers[":authority"]) ?? "";
  return URL.parse(`https://${host}`)?.origin ?? "";
}

/** The secret of a cookie of ours; undefined when there is none, or something else. */
export function cookieOf(headers: RequestHead["headers"], name: string): string | undefined {
  const value = fastifyCookie.parse(textOf(headers["cookie"]) ?? "")[name];
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

/** The header that sets a cookie for as long as the browser runs, or takes it away. */
export function cookieHeader(name: string, secret: string | null, sameSite: "strict" | "lax" = "strict"): string {
  const kept = { path: "/", httpOnly: true, secure: true, sameSite } as const;
  return secret === null
    ? fastifyCookie.serialize(name, "", { ...kept, maxAge: 0 })
    : fastifyCookie.serialize(name, secret, kept);
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
