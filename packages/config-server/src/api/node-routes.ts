import { TLSSocket } from "node:tls";
import {
  type AnswerOf,
  RELEASE_PART_BYTES_MAX,
  ROUTES,
  type Route,
  type RouteName,
  type Routes,
  SUCCESSOR_HEADER,
} from "@leeward/api";
import { openApi } from "@leeward/api/openapi";
import { anySignal, isFault } from "@leeward/base";
import { peerIdentityOf } from "@leeward/identity";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { actorOf, type Caller } from "../access/caller.ts";
import { destructionOf } from "../access/destructive.ts";
import { requireOwnOrigin } from "../access/gate.ts";
import { requireInScope, withinOf } from "../access/scope.ts";
import type { Actor } from "../events/event-log.ts";
import { certificateRequired } from "../faults.ts";
import { IdempotentCalls } from "../idempotency/idempotent-calls.ts";
import { ENROLMENTS_PER_MINUTE_MAX, PLAN_REQUEST_BYTES_MAX } from "../limits.ts";
import { accessHandlers, byWhom } from "./access-handlers.ts";
import { alertHandlers } from "./alert-handlers.ts";
import { authorityHandlers } from "./authority-handlers.ts";
import { careHandlers } from "./care-handlers.ts";
import { drillHandlers } from "./drill-handlers.ts";
import { entityTagOf, isNamed, requireSeen } from "./edited.ts";
import { eventHandlers } from "./event-handlers.ts";
import { failoverHandlers } from "./failover-handlers.ts";
import { groupHandlers } from "./group-handlers.ts";
import type { Handlers, PlainRoute } from "./handler.ts";
import { historyHandlers } from "./history-handlers.ts";
import { lockHandlers } from "./lock-handlers.ts";
import { diskHandlers, machineHandlers, pointHandlers } from "./machine-handlers.ts";
import { sendBackup } from "./node-backup-answer.ts";
import { browserOf } from "./node-browser.ts";
import type { App, HttpServerOptions } from "./node-http-server.ts";
import { registerOidcRoutes } from "./node-oidc-routes.ts";
import { operationHandlers } from "./operation-handlers.ts";
import { parseCall } from "./parse-call.ts";
import { pushHandlers } from "./push-handlers.ts";
import { recoveryPlanHandlers } from "./recovery-plan-handlers.ts";
import { releaseHandlers, takeReleasePart } from "./release-handlers.ts";
import { seedHandlers } from "./seed-handlers.ts";
import type { CallContext, Services } from "./services.ts";
import { targetHandlers } from "./target-handlers.ts";
import { trustHandlers } from "./trust-handlers.ts";

/** Those that bring a whole document, or a part of a file. */
const BODY_LIMITS: Partial<Record<RouteName, number>> = {
  createRecoveryPlan: PLAN_REQUEST_BYTES_MAX,
  editRecoveryPlan: PLAN_REQUEST_BYTES_MAX,
  addReleasePart: RELEASE_PART_BYTES_MAX,
};

/** Who calls them is known by what they bring. */
const UNKNOWN_CALLERS: readonly RouteName[] = ["enrol", "renew", "signIn"];

/** Registers every route of the table, each behind the role that it names. */
export function registerRoutes(app: App, { services, signal }: HttpServerOptions): void {
  app.removeContentTypeParser("text/plain");
  const handlers = handlersOf(services);
  const document = openApi(services.softwareVersion);
  const calls = new IdempotentCalls(services.store.idempotentCalls, services.world.clock);
  const admit = callersOf(services);
  for (const [name, route] of routeEntries()) {
    const callers = new WeakMap<FastifyRequest, Caller>();
    const bodyLimit = BODY_LIMITS[name];
    const options: Pick<RouteOptions, "method" | "url" | "config" | "bodyLimit"> = {
      method: route.method,
      url: route.path,
      ...(UNKNOWN_CALLERS.includes(name) && {
        config: { rateLimit: { max: ENROLMENTS_PER_MINUTE_MAX, timeWindow: 60_000 } },
      }),
      ...(bodyLimit !== undefined && { bodyLimit }),
    };
    const served: RouteOptions = {
      ...options,
      onRequest: async (request, reply) => {
        nameSuccessor(services, reply);
        callers.set(request, admit(route, request));
      },
      handler: async (request, reply) => {
        const caller = callers.get(request) ?? ANYBODY(request);
        const key = route.method === "POST" && route.once !== false ? request.headers["idempotency-key"] : undefined;
        const context: CallContext = {
          ...caller,
          isAdministrator: caller.person?.role === "administrator",
          within: withinOf(services, route.scope, caller.person?.scope ?? null),
          address: request.ip,
          browser: browserOf(request, reply),
          requireSeen: requireSeen(request.headers["if-match"]),
          // Who can have the answer later on may go before it is there.
          signal: key === undefined ? anySignal([signal, goneSignal(reply)]) : signal,
        };
        void reply.status(route.status).header("cache-control", "no-store");
        return watched(services, { name, route, request, actor: caller.actor }, async () => {
          const scope = caller.person?.scope ?? null;
          await requireInScope(services, { route, ...rawCallOf(request) }, { scope, signal: context.signal });
          if (name === "backup") return sendBackup(services, context, reply);
          if (name === "addReleasePart")
            return takeReleasePart(services, { ...parseCall(name, request), body: request.body }, context);
          const asked = { name, route, request, reply };
          if (name === "openapi") return await tagged(asked, async () => document);
          const work = (): Promise<unknown> => answer({ services, handlers }, name, { request, context });
          const text =
            typeof key === "string" && route.role !== "none"
              ? await once(asked, key, { calls, caller: caller.actor.name, work })
              : await tagged(asked, work);
          nameSuccessor(services, reply);
          return text;
        });
      },
    };
    if (name === "addReleasePart") app.register(async (own) => takeBytes(own).route(served));
    else app.route(served);
  }
  registerOidcRoutes(app, services);
}

/** Takes a file's bytes as they are, and nothing else. */
function takeBytes(app: FastifyInstance): FastifyInstance {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, async (_: unknown, body: Buffer) => body);
  return app;
}

interface Asked {
  readonly name: RouteName;
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** The answer with its tag; nothing of it to whom has it already. */
async function tagged({ name, route, request, reply }: Asked, work: () => Promise<unknown>): Promise<string> {
  const answered = await work();
  const text = JSON.stringify(answered);
  void reply.type(JSON_TYPE);
  if (route.method !== "GET" && route.method !== "PUT") return text;
  const tag = entityTagOf(name, answered, text);
  void reply.header("etag", tag);
  if (route.method !== "GET" || !isNamed(request.headers["if-none-match"], tag)) return text;
  void reply.status(304).removeHeader("content-type");
  return "";
}

/** The answer of a call that is made once, however often it comes with its key. */
async function once(
  { route, request, reply }: Asked,
  key: string,
  by: { readonly calls: IdempotentCalls; readonly caller: string; readonly work: () => Promise<unknown> },
): Promise<string> {
  const call = JSON.stringify([route.method, request.url, request.body]);
  const { text, isRepeated } = await by.calls.answer({ caller: by.caller, key, call }, async () =>
    JSON.stringify(await by.work()),
  );
  void reply.type(JSON_TYPE);
  if (isRepeated) void reply.header("idempotency-replayed", "true");
  return text;
}

/** Tells whoever knows the present authority alone that another one follows; /v1/authorities has it. */
function nameSuccessor({ trust }: Services, reply: FastifyReply): void {
  const { successor } = trust;
  if (successor !== undefined) void reply.header(SUCCESSOR_HEADER, successor.fingerprint);
}

function handlersOf(services: Services): Handlers<PlainRoute> {
  return {
    ...machineHandlers(services),
    ...diskHandlers(services),
    ...targetHandlers(services),
    ...careHandlers(services),
    ...seedHandlers(services),
    ...pointHandlers(services),
    ...lockHandlers(services),
    ...failoverHandlers(services),
    ...drillHandlers(services),
    ...pushHandlers(services),
    ...releaseHandlers(services),
    ...groupHandlers(services),
    ...historyHandlers(services),
    ...recoveryPlanHandlers(services),
    ...operationHandlers(services),
    ...accessHandlers(services),
    ...eventHandlers(services),
    ...trustHandlers(services),
    ...authorityHandlers(services),
    ...alertHandlers(services),
  };
}

/** Makes the call, after a second person where the installation wants one. */
async function answer<N extends PlainRoute>(
  { services, handlers }: { services: Services; handlers: Handlers<PlainRoute> },
  name: N,
  { request, context }: { request: FastifyRequest; context: CallContext },
): Promise<AnswerOf<Routes[N]>> {
  const handler: Handlers<PlainRoute>[N] = handlers[name];
  const call = parseCall(name, request);
  const { secondPerson } = services;
  if (!secondPerson.isWanted || context.person === undefined) return handler(call, context);
  const by = byWhom(context);
  const destruction = destructionOf(name, { call, asker: by.identity }, services);
  if (destruction === undefined) return handler(call, context);
  return secondPerson.guard(
    { action: name, call: { params: request.params, query: request.query, body: request.body }, destruction, by },
    () => handler(call, context),
  );
}

const ANYBODY = (request: FastifyRequest): Caller => ({
  actor: { name: "anybody", address: request.ip },
  person: undefined,
  memberId: undefined,
});

/** Who calls; throws for who may not. A refusal is an event, unless who shows nothing asks whether that is somebody. */
function callersOf({ events, store, gate }: Services): (route: Route, request: FastifyRequest) => Caller {
  return (route, request) => {
    const anybody = ANYBODY(request);
    let { actor } = anybody;
    try {
      if (route.role === "none") {
        // A page of somebody else does not sign anybody in here.
        if (route.method !== "GET") requireOwnOrigin(request);
        return anybody;
      }
      if (route.role === "member") return memberOf(request, store);
      const head = { method: request.method, headers: request.headers, address: request.ip };
      const person = gate.identify(head);
      actor = actorOf(person, request.ip);
      gate.requireAllowed(head, person, route.role);
      return { actor, person, memberId: undefined };
    } catch (error) {
      // A console asks, as it opens, whether somebody is signed in.
      const isQuestion = route.path === ROUTES.me.path && isFault(error, "token-required");
      if (isFault(error) && error.kind === "operator" && !isQuestion)
        events.refused(actor, `${route.method} ${route.path}`, error);
      throw error;
    }
  };
}

/** @throws Fault `certificate-required` */
function memberOf(request: FastifyRequest, store: Services["store"]): Caller {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket) || !socket.authorized) throw certificateRequired();
  const { peer } = peerIdentityOf(socket);
  const member = store.members.byId(peer.id);
  if (member === undefined || member.removedMicros !== null) throw certificateRequired();
  return {
    actor: { name: `${member.role} ${member.name}`, address: request.ip },
    person: undefined,
    memberId: member.id,
  };
}

/** A change is an event, whether it was made or refused; a question is none. */
async function watched(
  { events }: Services,
  call: { name: RouteName; route: Route; request: FastifyRequest; actor: Actor },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { name, route, request, actor } = call;
  // These tell of themselves.
  if (route.method === "GET" || UNKNOWN_CALLERS.includes(name)) return work();
  const what = `${route.method} ${request.url.split("?")[0] ?? ""}`;
  const answered = await events.watching(actor, what, work);
  if (!events.hasTold(actor)) {
    const message = `Done: ${route.summary}.`;
    events.add(actor, { severity: "info", kind: "call-made", subject: null, message, detail: { call: name, what } });
  }
  return answered;
}

/** Aborts when the caller has gone before its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new Error("The caller has gone.")));
  return gone.signal;
}

function routeEntries(): (readonly [RouteName, Route])[] {
  const names = Object.keys(ROUTES).filter((name): name is RouteName => name in ROUTES);
  return names.map((name) => [name, ROUTES[name]] as const);
}

function rawCallOf({ params, query }: FastifyRequest): { readonly params: unknown; readonly query: unknown } {
  return { params, query };
}
