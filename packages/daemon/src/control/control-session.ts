// The daemon's side of its one session to the config server: plans come down, status and events go up, requests are answered.
//
// Invariant: a plan is durable in HOME/plan.bin before it is applied, and versions only rise; so a daemon that starts without the config server
// does what it was told last, and never what it was told before. Order: store → apply → report the version. A crash between leaves a stored plan
// that the next start applies. The worst outcome of a fault here is a daemon that goes on with its last plan.
import { anySignal, assert, Fault, firstOf, isFault, orAborted, Waiters } from "@leeward/base";
import type { KeyStore, TrustedPem } from "@leeward/identity";
import type {
  AgentPlan,
  EventReport,
  MasterTargetPlan,
  NoticeBody,
  ProcessServerPlan,
  RequestBody,
  ResponseBody,
} from "@leeward/proto";
import {
  type Answers,
  type RequestHandler,
  type RequestKind,
  reconnecting,
  type Sender,
  Session,
  type SessionOptions,
  workOn,
} from "@leeward/wire";
import type { Channel, Endpoint, Network, World } from "@leeward/world";
import { together, type Work } from "../lifecycle/together.ts";
import { fieldsOfThrown } from "../trace/thrown-fields.ts";
import type { Trace } from "../trace/trace.ts";
import {
  APPLY_RETRY_MS,
  EVENTS_WAITING_MAX,
  RENEWAL_CHECK_MS,
  STATUS_EVERY_MS,
  STATUS_GATHER_MS,
} from "./control-limits.ts";
import { readPlan, writePlan } from "./plan-file.ts";

export interface Plans {
  readonly agentPlan: AgentPlan;
  readonly processServerPlan: ProcessServerPlan;
  readonly masterTargetPlan: MasterTargetPlan;
}
export type PlanKind = keyof Plans;
type StatusNotice = Extract<NoticeBody, { kind: "agentStatus" | "processServerStatus" | "masterTargetStatus" }>;

/** What a status may tell of the session that it goes over. */
export interface ControlLink {
  /** The config server's wall clock minus ours, microseconds; undefined before it is known. */
  readonly clockOffsetMicros: number | undefined;
}

/** What a control session does with its daemon's certificate: nothing but keep it and the revocation list up to date. */
export type CertificateKeeper = Pick<
  KeyStore,
  "createRequest" | "install" | "installRevocationList" | "installTrust" | "outOfTime" | "renewalDue" | "trusted"
>;

export interface ControlSessionOptions<K extends PlanKind> {
  readonly world: World;
  readonly trace: Trace;
  readonly network: Network;
  readonly keyStore: CertificateKeeper;
  /** Where the config server may be found; tried in turn, beginning with the one that answered last. */
  readonly servers: readonly Endpoint[];
  /** Renews a certificate that may open no session any more. */
  readonly renewByKey?: (signal: AbortSignal) => Promise<void>;
  readonly home: string;
  readonly planKind: K;
  readonly softwareVersion: string;
  /** The machine's boot id; left out where it says nothing. */
  readonly bootId?: string;
  /** What this daemon says of its host. */
  readonly sender?: () => Sender;
  /** The highest epoch that this daemon knows for its machine. */
  readonly epoch?: () => number;
  /**
   * Makes the daemon do what the plan says; called in the order of versions, one at a time, also at the start with the stored plan. It
   * must stand being called twice with the same plan: after a Fault it is called again.
   */
  readonly apply: (plan: Plans[K], signal: AbortSignal) => Promise<void>;
  /** What is, now. */
  readonly status: (link: ControlLink) => StatusNotice | Promise<StatusNotice>;
  readonly answer: RequestHandler;
  /** Told when the config server has said, since the start, that the plan that was applied last is the newest; once for each such plan and session. */
  readonly onPlanTold?: () => void;
  /** Told that the config server takes another host for this one. */
  readonly onSuperseded?: () => void;
  /** Told that the config server takes this daemon for what it says it is; or else why there is no session. */
  readonly onStanding?: (refusal: Fault | undefined) => void;
}

export class ControlSession<K extends PlanKind> {
  readonly #options: ControlSessionOptions<K>;
  readonly #statusChanged = new Waiters();
  readonly #planChanged = new Waiters();
  readonly #eventAdded = new Waiters();
  readonly #trustChanged = new Waiters();
  readonly #events: EventReport[] = [];
  #eventsLost = 0;
  #plan: Plans[K] | undefined;
  #appliedVersion = 0;
  /** Of the newest plan that came since the start, or came again. */
  #toldVersion = 0;
  #session: Session | undefined;
  /** Which of the servers is tried first. */
  #server = 0;

  private constructor(options: ControlSessionOptions<K>, plan: Plans[K] | undefined) {
    this.#options = options;
    this.#plan = plan;
  }

  /** Reads the stored plan; one that is damaged is reported and waited for anew. */
  static async open<K extends PlanKind>(options: ControlSessionOptions<K>): Promise<ControlSession<K>> {
    return new ControlSession(options, await storedPlan(options));
  }

  /** The newest plan; undefined before there is one. */
  get plan(): Plans[K] | undefined {
    return this.#plan;
  }

  /** The version that `apply` finished with; 0 before that. What a status reports as its plan version. */
  get appliedVersion(): number {
    return this.#appliedVersion;
  }

  /** Whether there is a session to the config server now. */
  get connected(): boolean {
    return this.#session !== undefined;
  }

  /** Whether the config server has said, since the start, that the plan that was applied last is the newest. */
  get isTold(): boolean {
    return this.#toldVersion > 0 && this.#toldVersion === this.#appliedVersion;
  }

  /** Asks the config server. @throws Fault `server-unreachable` while there is no session, `peer-lost` when it ends, and what the server answers */
  async ask<Kind extends RequestKind>(
    body: Extract<RequestBody, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    if (this.#session === undefined) throw serverUnreachable();
    return this.#session.request(body, signal);
  }

  /** Says that the status is another: it is sent soon, not only at the next interval. */
  statusChanged(): void {
    this.#statusChanged.notify();
  }

  /** Tells the config server that something happened; kept until there is a session, at most 256. */
  report(event: EventReport): void {
    if (this.#events.length >= EVENTS_WAITING_MAX) {
      this.#events.shift();
      this.#eventsLost += 1;
    }
    this.#events.push(event);
    this.#eventAdded.notify();
  }

  /** Applies plans and keeps the session up until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.world;
    const onFault = (fault: Fault, retryInMs: number): void => {
      this.#options.trace.warn("There is no session to the config server.", { fault, retryInMs });
      if (fault.code === "peer-superseded") this.#options.onSuperseded?.();
      this.#options.onStanding?.(fault);
    };
    const session = (each: AbortSignal): Promise<void> => this.#withSession(each);
    try {
      await together(signal, [
        (inner) => this.#applyPlans(inner),
        (inner) => reconnecting({ clock, random, session, onFault }, inner),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #applyPlans(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.#planChanged.next();
      const plan = this.#plan;
      if (plan === undefined || plan.version === this.#appliedVersion) await orAborted(changed, signal);
      else if (!(await this.#apply(plan, signal))) {
        await firstOf(signal, [
          (inner) => orAborted(changed, inner),
          (inner) => this.#options.world.clock.sleep(APPLY_RETRY_MS, inner),
        ]);
      }
    }
  }

  async #apply(plan: Plans[K], signal: AbortSignal): Promise<boolean> {
    const { trace } = this.#options;
    try {
      await this.#options.apply(plan, signal);
      this.#appliedVersion = plan.version;
      this.statusChanged();
      this.#tellPlan();
      trace.info("The plan is applied.", { version: plan.version });
      return true;
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      trace.error("The plan cannot be applied yet.", { fault: error, version: plan.version });
      return false;
    }
  }

  async #withSession(signal: AbortSignal): Promise<void> {
    const { world, softwareVersion, bootId, sender, epoch, answer } = this.#options;
    const channel = await this.#connect(signal);
    const options: SessionOptions = {
      clock: world.clock,
      softwareVersion,
      answer: (body, inner) => (body.kind === "takeTrust" ? this.#takeTrust(body.value) : answer(body, inner)),
      ...(bootId !== undefined && { bootId }),
      ...(sender !== undefined && { sender: sender() }),
      ...(epoch !== undefined && { epoch: epoch() }),
    };
    const session = await this.#sessionOver(channel, options, signal);
    this.#session = session;
    this.#options.trace.info("There is a session to the config server.", { address: session.address });
    try {
      await workOn(session, signal, (each, whileOpen) => this.#work(each, whileOpen));
    } finally {
      this.#session = undefined;
    }
  }

  /** Who answers and gives no session is not the one to be asked first again. */
  async #sessionOver(channel: Channel, options: SessionOptions, signal: AbortSignal): Promise<Session> {
    try {
      return await Session.connect(channel, options, signal);
    } catch (error) {
      this.#server += 1;
      throw error;
    }
  }

  async #connect(signal: AbortSignal): Promise<Channel> {
    const refusal = await this.#renewInTime(signal);
    try {
      return await this.#connectToAny(signal);
    } catch (error) {
      // What the server says of the certificate says more than that it opens no session.
      throw refusal !== undefined && isFault(error, "peer-refused") ? refusal : error;
    }
  }

  /** Somebody else may answer at an address that a server had: then it is found at the next. */
  async #connectToAny(signal: AbortSignal): Promise<Channel> {
    const { network, servers } = this.#options;
    let failure: unknown;
    for (let tried = 0; tried < servers.length; tried += 1) {
      const at = (this.#server + tried) % servers.length;
      const server = servers[at];
      assert(server !== undefined, "each server has an address");
      try {
        const channel = await network.connect(server, "config-server", signal);
        this.#server = at;
        return channel;
      } catch (error) {
        if (!isFault(error, "peer-unreachable", "peer-refused")) throw error;
        // A server that refuses says more than one that is not there.
        if (failure === undefined || isFault(failure, "peer-unreachable")) failure = error;
      }
    }
    throw failure;
  }

  /** Why a certificate that has ended, or is about to, could not be renewed; undefined when there is nothing to be said. */
  async #renewInTime(signal: AbortSignal): Promise<Fault | undefined> {
    const { keyStore, world, trace, renewByKey } = this.#options;
    if (renewByKey === undefined || !keyStore.outOfTime(world.clock.wallMicros())) return undefined;
    try {
      await renewByKey(signal);
      trace.warn("The certificate had ended, or was about to; it is renewed.");
      return undefined;
    } catch (error) {
      if (!isFault(error) || error.code === "peer-superseded") throw error;
      trace.warn("The certificate has ended, or is about to, and could not be renewed.", { fault: error });
      return error;
    }
  }

  async #work(session: Session, signal: AbortSignal): Promise<void> {
    const parts: Work[] = [
      () => this.#receive(session),
      (inner) => this.#sendStatus(session, inner),
      (inner) => this.#sendEvents(session, inner),
      (inner) => this.#renew(session, inner),
    ];
    // A plan that is being stored is stored before the session counts as ended.
    await together(signal, parts, (error) => session.close(error instanceof Fault ? error : undefined));
  }

  async #receive(session: Session): Promise<void> {
    for await (const { body } of session.messages()) {
      if (body.kind !== "controlNotice") throw unexpected(body.kind);
      // Whom it does not take for what he says he is, the config server tells nothing.
      this.#options.onStanding?.(undefined);
      await this.#take(body.value.body);
    }
  }

  async #take(notice: NoticeBody): Promise<void> {
    const { planKind, keyStore, world, home, trace } = this.#options;
    if (notice.kind === "trustList") {
      await keyStore.installRevocationList(notice.value.crlPem);
      return;
    }
    const { value: plan } = notice;
    if (!isPlan(planKind, notice, plan)) throw unexpected(notice.kind);
    const known = this.#plan?.version ?? 0;
    if (plan.version < known) {
      trace.warn("An older plan is not taken.", { version: plan.version, known });
      return;
    }
    if (plan.version > known) {
      await writePlan(world.files, home, notice);
      this.#plan = plan;
      this.#planChanged.notify();
    }
    this.#toldVersion = plan.version;
    this.#tellPlan();
  }

  #tellPlan(): void {
    if (this.isTold) this.#options.onPlanTold?.();
  }

  async #sendStatus(session: Session, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    while (!signal.aborted) {
      const changed = this.#statusChanged.next();
      await session.notify(await this.#options.status({ clockOffsetMicros: session.clockOffsetMicros }));
      await clock.sleep(STATUS_GATHER_MS, signal);
      const timer = new AbortController();
      const interval = clock.sleep(STATUS_EVERY_MS - STATUS_GATHER_MS, anySignal([signal, timer.signal]));
      interval.catch(() => undefined);
      await orAborted(Promise.race([changed, interval]), signal);
      timer.abort();
    }
  }

  async #sendEvents(session: Session, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const added = this.#eventAdded.next();
      const [event] = this.#events;
      if (event === undefined) {
        await orAborted(added, signal);
        continue;
      }
      await session.notify({ kind: "event", value: event });
      if (this.#events[0] === event) this.#events.shift();
      if (this.#eventsLost > 0) {
        this.#options.trace.warn("Events were dropped while there was no session.", { count: this.#eventsLost });
        this.#eventsLost = 0;
      }
    }
  }

  async #takeTrust(trust: TrustedPem): Promise<ResponseBody> {
    const { keyStore } = this.#options;
    await keyStore.installTrust(trust);
    this.#trustChanged.notify();
    return { kind: "trustTaken", value: keyStore.trusted };
  }

  async #renew(session: Session, signal: AbortSignal): Promise<void> {
    const { keyStore, world, trace } = this.#options;
    while (!signal.aborted) {
      const changed = this.#trustChanged.next();
      if (keyStore.renewalDue(world.clock.wallMicros())) {
        const value = { csrPem: await keyStore.createRequest() };
        await keyStore.install(await session.request({ kind: "renewCertificate", value }, signal));
        trace.info("The certificate is renewed.");
      }
      await firstOf(signal, [
        (inner) => orAborted(changed, inner),
        (inner) => world.clock.sleep(RENEWAL_CHECK_MS, inner),
      ]);
    }
  }
}

export function serverUnreachable(): Fault {
  return new Fault({
    code: "server-unreachable",
    kind: "transient",
    message: "There is no session to the config server now.",
    remedy: "Start it, or see that this machine reaches its port 443; the session comes back by itself.",
  });
}

async function storedPlan<K extends PlanKind>(options: ControlSessionOptions<K>): Promise<Plans[K] | undefined> {
  try {
    const stored = await readPlan(options.world.files, options.home);
    if (stored === undefined) return undefined;
    const { value: plan } = stored;
    return isPlan(options.planKind, stored, plan) ? plan : undefined;
  } catch (error) {
    if (!isFault(error)) throw error;
    options.trace.error(
      "The stored plan cannot be used; the config server's next one is waited for.",
      fieldsOfThrown(error),
    );
    return undefined;
  }
}

/** Whether `plan`, which is the value of `notice`, is a plan of this kind. */
function isPlan<K extends PlanKind>(kind: K, notice: NoticeBody, plan: NoticeBody["value"]): plan is Plans[K] {
  return notice.kind === kind && notice.value === plan;
}

function unexpected(kind: string): Fault {
  return new Fault({ code: "message-unexpected", kind: "protocol", message: `The config server sent ${kind}.` });
}
