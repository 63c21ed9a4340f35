import type { FastifyReply, FastifyRequest } from "fastify";
import { COOKIE_NAME, cookieHeader, cookieOf } from "../access/gate.ts";
import type { Browser } from "./services.ts";

/** The caller's end of cookies, of one request. */
export function browserOf({ headers }: FastifyRequest, reply: FastifyReply): Browser {
  return {
    userAgent: headers["user-agent"] ?? null,
    secret: cookieOf(headers, COOKIE_NAME),
    keep: (secret) => void reply.header("set-cookie", cookieHeader(COOKIE_NAME, secret)),
  };
}
