// The one public port: the API for people, and the daemons' sessions. Whoever calls is known before anything that they sent is looked at.
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { fastifyCookie } from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { BACKGROUND_HEADER } from "@leeward/api";
import { type Metrics, RefusalReports, type Trace } from "@leeward/daemon";
import { publicServerTlsOptions } from "@leeward/identity";
import type { EventReport } from "@leeward/proto";
import { followKeyStore, refusedHandshake, SessionUpgrades } from "@leeward/wire";
import { type Endpoint, portTaken } from "@leeward/world";
import Fastify, { type FastifyInstance } from "fastify";
import { requireOwnOrigin } from "../access/gate.ts";
import type { ConsoleFiles } from "../console/console-files.ts";
import { registerConsole } from "../console/node-console-routes.ts";
import { tooManyRequests } from "../faults.ts";
import { BODY_BYTES_MAX, HEAD_BYTES_MAX, REQUEST_MS_MAX } from "../limits.ts";
import { LiveSockets } from "../live/node-live-sockets.ts";
import { answerErrors, answerUnread, answerUnrouted } from "./node-http-errors.ts";
import { registerRoutes } from "./node-routes.ts";
import type { Services } from "./services.ts";

export interface HttpServerOptions {
  readonly services: Services;
  readonly trace: Trace;
  /** Undefined where it was not built. */
  readonly console?: ConsoleFiles | undefined;
  readonly metrics: Pick<Metrics, "refused">;
  /** Aborts when the server is to stop: calls that wait are answered with what there is. */
  readonly signal: AbortSignal;
}

export interface HttpServer {
  readonly endpoint: Endpoint;
  /** Where the daemons' sessions come in. */
  readonly upgrades: SessionUpgrades;
  close(): Promise<void>;
}

export type App = FastifyInstance<Server>;

/** Listens at `endpoint`; port 0 takes a free one. @throws Fault `port-taken` */
export async function listenHttp(endpoint: Endpoint, options: HttpServerOptions): Promise<HttpServer> {
  const { services, trace, metrics } = options;
  const { keyStore } = services.trust;
  const app: App = Fastify({
    https: { ...publicServerTlsOptions(keyStore), maxHeaderSize: HEAD_BYTES_MAX, headersTimeout: REQUEST_MS_MAX },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // Whatever fits into a head gets as far as the schema, which says what is wrong with it.
    routerOptions: { maxParamLength: HEAD_BYTES_MAX },
    trustProxy: false,
    logger: false,
    forceCloseConnections: "idle",
    genReqId: () => randomBytes(8).toString("hex"),
    frameworkErrors: (error, _, reply) => answerUnrouted(error, reply),
    clientErrorHandler: answerUnread,
  });
  answerErrors(app, trace);
  await registerPlugins(app, services);
  registerRoutes(app, options);
  registerConsole(app, options.console);
  const onRefused = ({ subject, severity, kind, message, detail }: EventReport): void => {
    const actor = { name: detail["peer"] ?? "anybody", address: detail["address"] ?? null };
    services.events.add(actor, { severity, kind, subject, message, detail });
  };
  const refusals = new RefusalReports(services.world.clock, onRefused, (refusal) => metrics.refused(refusal));
  const upgrades = new SessionUpgrades({
    keyStore,
    // A member's certificates are revoked when it is removed, and when another host takes its place.
    isSuperseded: ({ id, role }) => {
      const member = services.store.members.byId(id);
      return member?.role === role && member.removedMicros === null;
    },
    onRefused: (refused) => refusals.tellConnection(refused),
  });
  const listeners = new LiveSockets({
    notices: services.liveNotices,
    clock: services.world.clock,
    softwareVersion: services.softwareVersion,
    admit: (request) => admitListener(services, request),
  });
  app.server.on("tlsClientError", (error, socket) => {
    const refused = refusedHandshake(error, socket);
    if (refused !== undefined) refusals.tellConnection(refused);
  });
  app.server.on("upgrade", (request, socket, head) => {
    if (!upgrades.handle(request, socket, head) && !listeners.handle(request, socket, head)) socket.destroy();
  });
  const unfollow = followKeyStore(app.server, keyStore);
  const port = await listen(app, endpoint);
  return {
    endpoint: { host: endpoint.host, port },
    upgrades,
    async close() {
      unfollow();
      listeners.close();
      await upgrades.close();
      await app.close();
    },
  };
}

/** Whether who asks for live notices may read; a page of another server may not, whatever cookie comes with it. @throws as `Gate.admit` */
function admitListener({ gate }: Services, { headers, socket }: IncomingMessage): void {
  requireOwnOrigin({ headers });
  // It waits by itself: it keeps nobody signed in.
  const background = { ...headers, [BACKGROUND_HEADER]: "1" };
  gate.admit({ method: "GET", headers: background, address: socket.remoteAddress ?? "unknown" }, "viewer");
}

async function registerPlugins(app: App, services: Services): Promise<void> {
  await app.register(helmet, { global: true });
  await app.register(fastifyCookie);
  await app.register(rateLimit, {
    global: true,
    max: services.config.value.requestsPerMinuteMax,
    timeWindow: 60_000,
    keyGenerator: (request) => request.ip,
    errorResponseBuilder: () => tooManyRequests(),
  });
}

async function listen(app: App, { host, port }: Endpoint): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "EADDRINUSE" ? portTaken({ host, port }, error) : error;
  }
  const address = app.server.address();
  return isAddress(address) ? address.port : port;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
