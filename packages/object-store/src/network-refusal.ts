import { MICROS_PER_MS } from "@leeward/base";
import type { Refusal } from "./store-requests.ts";

/** Codes by which TLS says that it does not believe the other side (node:tls, OpenSSL's X509_V_ERR_…). */
const UNTRUSTED =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_SSL_)/;
/** What passes by itself: the store is busy, or something between is. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const SECONDS_MAX = 24 * 60 * 60;

/** What a connection that failed means, by the code of its error or of what caused it; undefined when it is no failure of one. */
export function networkRefusal(error: unknown): Refusal | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const code = "code" in each && typeof each.code === "string" ? each.code : undefined;
    if (code === undefined || !isOfNetwork(code, each)) continue;
    return UNTRUSTED.test(code) ? { kind: "untrusted", why: code } : { kind: "later", why: code };
  }
  return undefined;
}

function isOfNetwork(code: string, error: Error): boolean {
  return (
    UNTRUSTED.test(code) ||
    "errno" in error ||
    "syscall" in error ||
    /^(E[A-Z]+$|ERR_PROXY|ERR_STREAM_PREMATURE)/.test(code)
  );
}

/** What a status of HTTP means that passes by itself; undefined of others. */
export function passingRefusal(status: number, why: string, afterMs: number | undefined): Refusal | undefined {
  if (!PASSING_STATUS.has(status)) return undefined;
  return afterMs === undefined ? { kind: "later", why } : { kind: "later", why, afterMs };
}

/** How long the header Retry-After (RFC 9110, 10.2.3) says to wait, in milliseconds; undefined when it says nothing that can be believed. */
export function retryAfterMs(header: string | undefined, wallMicros: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - wallMicros / MICROS_PER_MS;
  return Number.isNaN(ms) || ms < 0 || ms > SECONDS_MAX * 1_000 ? undefined : ms;
}
