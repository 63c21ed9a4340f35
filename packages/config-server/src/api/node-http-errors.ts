// What a call is answered that does not come to a good end, in one form whoever finds out: a route, the server before it, or the reader of requests.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { httpStatusOf, problemOf } from "@leeward/api";
import { type Fault, isFault } from "@leeward/base";
import { fieldsOfThrown, type Trace } from "@leeward/daemon";
import type { FastifyError, FastifyReply } from "fastify";
import {
  bodyTooLarge,
  headTooLarge,
  mediaTypeInvalid,
  requestIncomplete,
  requestInvalid,
  routeUnknown,
} from "../faults.ts";
import type { App } from "./node-http-server.ts";

const PROBLEM_TYPE = "application/problem+json";
/** After how long to come again, of whom nothing else says it, seconds. */
const RETRY_SECONDS = 60;
const TOO_MANY = 429;

export function answerErrors(app: App, trace: Trace): void {
  app.setNotFoundHandler(async (request) => {
    throw routeUnknown(request.method, request.url.split("?")[0] ?? "");
  });
  app.setErrorHandler(async (error: unknown, request, reply) => {
    if (faultOfHttp(error) === undefined)
      trace.error("A call failed for a mistake of ours.", { url: request.url, ...fieldsOfThrown(error) });
    return answerOf(error, reply);
  });
}

/** Answers a request that is for no route, as its address cannot be read. */
export function answerUnrouted(error: unknown, reply: FastifyReply): void {
  void reply.send(answerOf(error, reply));
}

/** Answers what could not be read as a request, if anybody is there to hear it, and ends the connection. */
export function answerUnread(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (socket.writable && socket.bytesWritten === 0) {
    const fault = faultOfUnread(error.code);
    const status = httpStatusOf(fault);
    const body = JSON.stringify(problemOf(fault, status));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      "cache-control: no-store",
      "connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}

/** Sets the head of the answer, and says what it consists of. */
function answerOf(error: unknown, reply: FastifyReply): ReturnType<typeof problemOf> {
  const fault = faultOfHttp(error);
  const status = fault === undefined ? 500 : httpStatusOf(fault);
  void reply.status(status).header("cache-control", "no-store").type(PROBLEM_TYPE);
  if (status === TOO_MANY) void reply.header("retry-after", fault?.detail["retryAfterSeconds"] ?? RETRY_SECONDS);
  return problemOf(fault ?? error, status);
}

function faultOfUnread(code: string | undefined): Fault {
  if (code === "HPE_HEADER_OVERFLOW") return headTooLarge();
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return requestIncomplete();
  return requestInvalid("it is not HTTP as it is taken here");
}

function faultOfHttp(error: unknown): Fault | undefined {
  if (isFault(error)) return error;
  if (!isFastifyError(error)) return undefined;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return bodyTooLarge();
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return mediaTypeInvalid();
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? requestInvalid(error.message) : undefined;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && "code" in error;
}
