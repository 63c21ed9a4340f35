import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { connect } from "node:net";
import { anySignal } from "@leeward/base";
import type { Endpoint } from "@leeward/world";
import { CONNECT_MS_MAX } from "../limits.ts";
import { type CheckOptions, type CheckResult, checkUntil } from "./check.ts";

export interface TcpCheck {
  readonly endpoint: Endpoint;
  /**
   * Whether a connection that lasts has reached who it is for: in the place of a forwarded port QEMU accepts by itself, also for a guest that has no
   * network at all. Left out where nobody stands between.
   */
  readonly hasAccepted?: () => Promise<boolean>;
}

/** Passes when something at the endpoint accepts a connection and does not close it at once, or sends something. */
export function tcpCheck(options: CheckOptions, check: TcpCheck): Promise<CheckResult> {
  const { host, port } = check.endpoint;
  return checkUntil("tcp", options, async (leftMs, signal) => {
    const refusal = await heldConnection(check, { limitMs: Math.min(CONNECT_MS_MAX, leftMs * ANSWER_PART), signal });
    const where = `${host}:${port}`;
    return refusal === undefined
      ? { ok: true, said: `${where} accepts connections` }
      : { ok: false, said: `${where}: ${refusal}` };
  });
}

export interface HttpCheck {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Default: any from 200 to 399. */
  readonly status?: number;
  /** Certificates that prove the server of an `https:` address, PEM; default: those of the system. It is always proven. */
  readonly ca?: string;
}

/** Passes when the address answers GET with the status. Redirects are not followed. */
export function httpCheck(options: CheckOptions, check: HttpCheck): Promise<CheckResult> {
  return checkUntil("http", options, async (_, signal) => {
    const answer = await statusOf(check, signal);
    if (typeof answer === "string") return { ok: false, said: answer };
    const ok = check.status === undefined ? answer >= 200 && answer < 400 : answer === check.status;
    return { ok, said: `status ${answer}` };
  });
}

/** How long a connection has to last to count, milliseconds. */
const HELD_MS = 300;
/** Of what is left for a check, so that a look which nobody answers ends before the check does, and tells that. */
const ANSWER_PART = 0.9;

/** Why there is none, or undefined. */
async function heldConnection(
  { endpoint, hasAccepted }: TcpCheck,
  { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const socket = connect({ ...endpoint, signal });
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const over = setTimeout(() => resolve("the other side did not answer"), limitMs);
  let held: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    if (hasAccepted === undefined || (await hasAccepted())) resolve(undefined);
    else if (!socket.destroyed) hold();
  };
  const hold = (): void => {
    held = setTimeout(() => void look().catch(reject), HELD_MS);
  };
  socket.once("connect", hold);
  // Who speaks first is there.
  socket.once("data", () => resolve(undefined));
  socket.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  socket.once("close", () => resolve("it closed the connection"));
  try {
    return await promise;
  } finally {
    clearTimeout(over);
    clearTimeout(held);
    socket.destroy();
  }
}

/** The status, or why there is none. */
async function statusOf({ url, ca }: HttpCheck, signal: AbortSignal): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const options = {
    method: "GET",
    agent: false,
    signal: limited(signal),
    ...(ca === undefined ? {} : { ca }),
  } as const;
  const call = new URL(url).protocol === "https:" ? secureRequest(url, options) : request(url, options);
  call.once("response", (response) => {
    resolve(response.statusCode ?? "no status");
    response.destroy();
  });
  call.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  call.end();
  try {
    return await promise;
  } finally {
    call.destroy();
  }
}

function limited(signal: AbortSignal): AbortSignal {
  return anySignal([signal, AbortSignal.timeout(CONNECT_MS_MAX)]);
}
