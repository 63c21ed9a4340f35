import type { JobProgress, PushHost, PushKind, PushLogin, PushOrder } from "@leeward/api";
import { assert, isFault, randomId, Waiters } from "@leeward/base";
import { serverEndpoint, type Trace } from "@leeward/daemon";
import { sealSecret } from "@leeward/identity";
import type { Endpoint } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { Actor } from "../events/event-log.ts";
import type { JobRunner, JobWork } from "../jobs/job-runner.ts";
import { PUSH_LOOK_MS, PUSHES_AT_ONCE_MAX } from "../limits.ts";
import { chooseServer } from "../protection/choose-server.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { PushDraft, PushRow, PushSettings } from "../store/push-rows.ts";
import {
  pushHostBusy,
  pushInterrupted,
  pushLoginMissing,
  pushProcessServerNone,
  pushServerUnnamed,
  pushUnknown,
} from "./push-faults.ts";
import { awaitAgent, type CarriedPush, change, look, type PushMeans, settle } from "./push-steps.ts";
import { advance, faultOfProblem, isOver, mayBeUndone, problemOf, stepsOf } from "./transitions.ts";
import { undo } from "./undo-step.ts";

export interface PushesOptions extends PushMeans {
  readonly jobs: JobRunner;
  readonly trace: Trace;
  /** Where machines reach this server, when that is known. */
  readonly serverAddress: () => Endpoint | undefined;
}

export interface BegunPush {
  readonly push: PushRow;
  readonly job: JobRow;
}

const PushInput = Type.Object({ pushId: Type.String() });
const SSH_PORT = 22;

/** Agents of other machines: what is asked for is stored with its job, and what no job carries any more is undone all the same. */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #carried = new Map<string, Promise<void>>();
  readonly #atWork = new Map<string, number>();
  readonly #freed = new Waiters();

  constructor(options: PushesOptions) {
    this.#options = options;
  }

  /**
   * Begins a push for each host: answers when all are durable. What logs in is sealed before that, and forgotten.
   * @throws Fault `push-process-server-none`, `push-server-unnamed`, `push-host-busy`, `push-credentials-invalid`, `server-unknown`, `server-url-invalid`; then none has begun
   */
  async begin(order: PushOrder, actor: Actor): Promise<BegunPush[]> {
    const { store, random, live } = this.#options;
    const { password, privateKey } = order.login;
    if (password === undefined && privateKey === undefined) throw pushLoginMissing();
    const asked = order.processServer;
    const server = chooseServer(store, { role: "process-server", asked, isOnline: (id) => live.has(id) });
    if (server === undefined || server.addressHost === null || server.addressPort === null)
      throw pushProcessServerNone();
    const data = { host: server.addressHost, port: server.addressPort };
    const around = { server: this.#serverFor(order), data };
    const drafts: (Pick<PushDraft, "id" | "sealed" | "jobId"> & { readonly settings: PushSettings })[] = [];
    for (const host of order.hosts) {
      const id = randomId(random);
      const sealed = await sealSecret(loginBytes(order), { publicKeyPem: server.publicKeyPem, purpose: `push:${id}` });
      drafts.push({ id, sealed, jobId: randomId(random), settings: settingsOf(order, host, around) });
    }
    store.transaction(() => {
      for (const draft of drafts) this.#insert(order.kind, { ...draft, server, actor });
    });
    return drafts.map(({ id, jobId }) => {
      this.#options.jobs.launch(jobId);
      return { push: this.find(id), job: this.#options.jobs.find(jobId) };
    });
  }

  /** @throws Fault `push-unknown` */
  find(id: string): PushRow {
    const row = this.#options.store.pushes.byId(id);
    if (row === undefined) throw pushUnknown(id);
    return row;
  }

  /** Carries the job's push to its end. @throws Fault what it failed with */
  async runJob(job: JobRow, signal: AbortSignal): Promise<null> {
    const row = this.find(pushIdOf(job));
    // How far a change came that was cut off, nobody knows.
    if (row.state === "changing" && row.found.changed === true) this.#fail(row, pushInterrupted());
    const ended = await this.#carry(row.id, signal);
    if (ended.state === "failed" && ended.found.problem !== undefined) throw faultOfProblem(ended.found.problem);
    return null;
  }

  /** Carries to their end those that no job carries any more, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store } = this.#options;
    try {
      for (;;) {
        for (const row of store.pushes.underWay()) {
          if (this.#carried.has(row.id) || this.#hasJob(row.id)) continue;
          const carrying = this.#carryAlone(row, signal).finally(() => this.#carried.delete(row.id));
          this.#carried.set(row.id, carrying);
        }
        await clock.sleep(PUSH_LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(this.#carried.values());
    }
  }

  /** Cancelled: what was begun is taken back by the server itself. */
  cut(job: JobRow): void {
    const { store } = this.#options;
    const row = store.pushes.byId(pushIdOf(job));
    const error = store.jobs.byId(job.id)?.error;
    if (row === undefined || !mayBeUndone(row)) return;
    const { code, message } = error ?? pushInterrupted();
    const remedy = error?.remedy ?? pushInterrupted().remedy;
    const problem = { code, kind: "operator" as const, message, remedy };
    advance(store, row, { to: "undoing", nowMicros: this.#options.clock.wallMicros(), problem });
  }

  progressOf(job: JobRow): JobProgress | null {
    const row = this.#options.store.pushes.byId(pushIdOf(job));
    return row === undefined ? null : { doneBytes: 0, totalBytes: 0, etaSeconds: null, ...stepsOf(row) };
  }

  #insert(
    kind: PushKind,
    draft: {
      readonly id: string;
      readonly jobId: string;
      readonly sealed: string;
      readonly settings: PushSettings;
      readonly server: MemberRow;
      readonly actor: Actor;
    },
  ): void {
    const { store, clock, events } = this.#options;
    const { id, jobId, sealed, settings, server, actor } = draft;
    const { host, port, user } = settings.target;
    const busy = store.pushes.ofHost(host, port).find((row) => !isOver(row));
    if (busy !== undefined) throw pushHostBusy(host, busy.id);
    const createdMicros = clock.wallMicros();
    const processServerId = server.id;
    store.pushes.insert({
      ...{ id, kind, host, port, processServerId, sealed, jobId },
      order: settings,
      actor: actor.name,
      createdMicros,
    });
    const input: Static<typeof PushInput> = { pushId: id };
    store.jobs.insert({ id: jobId, kind: "push", subject: host, machineId: "", diskId: "", input, createdMicros });
    const message = `The agent of ${host} is to be ${ASKED[kind]} over SSH as ${user}, by ${server.name}.`;
    events.add(actor, { severity: "info", kind: `agent-${kind}-asked`, subject: host, message, detail: { push: id } });
  }

  #serverFor({ kind, server }: PushOrder): Endpoint {
    if (server !== undefined) return serverEndpoint(server);
    // An agent that is there knows it.
    if (kind !== "push") return { host: "", port: 0 };
    const known = this.#options.serverAddress();
    if (known === undefined) throw pushServerUnnamed();
    return known;
  }

  async #carryAlone(row: PushRow, signal: AbortSignal): Promise<void> {
    try {
      if (mayBeUndone(row)) this.#fail(row, pushInterrupted());
      await this.#carry(row.id, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Also a mistake of ours: the next look tries again.
      this.#options.trace.error("A push cannot be carried to its end yet.", {
        push: row.id,
        error: isFault(error) ? error.code : String(error),
      });
    }
  }

  /** One of few at a time for each process server. Settles with the push as it ended. */
  async #carry(id: string, signal: AbortSignal): Promise<PushRow> {
    const { processServerId } = this.find(id);
    const atWork = (): number => this.#atWork.get(processServerId) ?? 0;
    await this.#freed.until(() => atWork() < PUSHES_AT_ONCE_MAX, signal);
    this.#atWork.set(processServerId, atWork() + 1);
    try {
      for (;;) {
        signal.throwIfAborted();
        const row = this.find(id);
        if (isOver(row)) return row;
        await this.#step({ ...this.#options, row, signal });
      }
    } finally {
      this.#atWork.set(processServerId, atWork() - 1);
      this.#freed.notify();
    }
  }

  async #step(carried: CarriedPush): Promise<void> {
    const { row, signal } = carried;
    const step = STEPS[row.state];
    try {
      await step?.(carried);
    } catch (error) {
      if (!isFault(error) || signal.aborted || !mayBeUndone(row)) throw error;
      this.#fail(row, error);
    }
  }

  #fail(row: PushRow, error: unknown): void {
    const { store, clock } = this.#options;
    const now = store.pushes.byId(row.id) ?? row;
    if (mayBeUndone(now))
      advance(store, now, { to: "undoing", nowMicros: clock.wallMicros(), problem: problemOf(error) });
  }

  #hasJob(pushId: string): boolean {
    return this.#options.store.jobs.unfinished().some((job) => job.kind === "push" && pushIdOf(job) === pushId);
  }
}

const STEPS: Readonly<Record<PushRow["state"], ((carried: CarriedPush) => Promise<void>) | undefined>> = {
  looking: look,
  changing: change,
  awaiting: awaitAgent,
  settling: settle,
  undoing: undo,
  done: undefined,
  failed: undefined,
};

const ASKED = { push: "installed", upgrade: "upgraded", uninstall: "uninstalled" } as const;

/** What a job of the kind `push` does; the jobs are there before the pushes are. */
export function pushWork(pushes: () => Pushes): JobWork {
  return {
    resumable: true,
    run: (job, signal) => pushes().runJob(job, signal),
    undo: (job) => pushes().cut(job),
    progressOf: (job) => pushes().progressOf(job),
  };
}

function pushIdOf({ input }: JobRow): string {
  assert(Check(PushInput, input), "a push's job names it");
  return input.pushId;
}

function loginBytes({ login, jump }: PushOrder): Uint8Array {
  const credentials: PushLogin & { jump?: PushLogin } = {
    ...login,
    ...(jump?.login === undefined ? {} : { jump: jump.login }),
  };
  return new TextEncoder().encode(JSON.stringify(credentials));
}

function settingsOf(order: PushOrder, host: PushHost, around: Pick<PushSettings, "server" | "data">): PushSettings {
  const { user, acceptHostKey = false, jump, version = "", protectable = [], startCommand = "" } = order;
  const target = (of: Pick<PushHost, "host" | "port" | "hostKey">, as: string): PushSettings["target"] => ({
    host: of.host,
    port: of.port ?? SSH_PORT,
    user: as,
    hostKey: of.hostKey ?? "",
    acceptHostKey,
  });
  return {
    target: target(host, user),
    ...(jump === undefined ? {} : { jump: target(jump, jump.user) }),
    server: { host: around.server.host, port: around.server.port },
    data: { host: around.data.host, port: around.data.port },
    ...{ version, protectable, startCommand, name: host.name ?? "" },
  };
}
