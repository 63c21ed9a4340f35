import { Fault, orAborted, type Waiters } from "@leeward/base";
import { type Refusal, type Trace, together } from "@leeward/daemon";
import type { PointRecord, PointStored } from "@leeward/proto";
import { LiveSessions, type RequestHandler, Session, workOn } from "@leeward/wire";
import type { Channel, Listener, World } from "@leeward/world";
import { Crew } from "../crew.ts";
import type { DiskFleet } from "../disk-fleet.ts";
import { identityInUse, peerForeign, pointForeign, sessionsTooMany } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import type { FurtherPoints } from "../points/further-points.ts";
import type { HandedOn } from "../points/handed-on.ts";
import type { PointStore } from "../points/point-store.ts";
import { type AgentConversation, type AgentDesk, AgentSession } from "./agent-session.ts";
import type { AgentPort, DiskIntake } from "./disk-intake.ts";
import type { KnownEpochs } from "./known-epochs.ts";
import type { ReplicaRelay } from "./replica-relay.ts";

export interface AgentDoorOptions {
  readonly world: World;
  readonly softwareVersion: string;
  readonly fleet: DiskFleet;
  readonly store: PointStore;
  readonly furtherPoints: FurtherPoints;
  /** Answers what agents ask. */
  readonly relay: ReplicaRelay;
  readonly forwardable: Waiters;
  readonly epochs: KnownEpochs;
  readonly trace: Trace;
  readonly moments: HandedOn;
  readonly onRefused?: (refusal: Refusal) => void;
}

/** Lets agents in, one for each machine, and serves each session for itself: what one of them does wrong ends that one alone. */
export class AgentDoor implements AgentDesk {
  readonly #options: AgentDoorOptions;
  readonly #crew = new Crew<number>();
  readonly #sessions = new Set<AgentSession>();
  readonly #live: LiveSessions;
  /** Of the crew's names. */
  #count = 0;
  #servedCount = 0;

  constructor(options: AgentDoorOptions) {
    this.#options = options;
    this.#live = new LiveSessions(options.world.clock);
  }

  async run(listener: Listener, signal: AbortSignal): Promise<void> {
    await together(signal, [(inner) => this.#accept(listener, inner), (inner) => this.#crew.run(inner)]);
  }

  /** Tells a machine's agent that its points up to this one are stored. */
  relay(stored: PointStored): void {
    for (const session of this.#sessions) if (session.machineId === stored.machineId) session.relay(stored);
  }

  /** Whether the machine's agent has a session of its own. */
  isConnected(machineId: string): boolean {
    return this.#live.has(machineId);
  }

  intakeOf(diskId: string): DiskIntake | undefined {
    return this.#options.fleet.disks.get(diskId)?.intake;
  }

  *intakes(): Iterable<DiskIntake> {
    for (const { intake } of this.#options.fleet.disks.values()) yield intake;
  }

  epochOf(machineId: string): number {
    return this.#options.epochs.of(machineId);
  }

  refused(session: AgentConversation, what: string, fault: Fault): void {
    if (!isMisdeed(fault)) return;
    const { address, peer } = session;
    const { code, message } = fault;
    this.#options.onRefused?.({ code, what, message, address, peer: `${peer.role} ${peer.id}` });
  }

  async takePoint(port: AgentPort, point: PointRecord): Promise<void> {
    if (point.machineId !== port.machineId) throw pointForeign(port.machineId);
    const { moments, world } = this.#options;
    const began = world.clock.monotonicMicros();
    await this.#options.furtherPoints.put(point);
    await this.#options.store.put(point);
    moments.note(point, "received", { tookMicros: world.clock.monotonicMicros() - began });
    this.#options.forwardable.notify();
  }

  async #accept(listener: Listener, signal: AbortSignal): Promise<void> {
    for await (const channel of listener.accept(signal)) {
      this.#count += 1;
      this.#crew.start(this.#count, (inner) => this.#serve(channel, inner));
    }
  }

  async #serve(channel: Channel, signal: AbortSignal): Promise<void> {
    const { world, softwareVersion, trace, onRefused, relay } = this.#options;
    const admitted = Promise.withResolvers<void>();
    const answer: RequestHandler = async (body, inner) => {
      await orAborted(admitted.promise, inner);
      return relay.answer(channel.peer, body, inner);
    };
    try {
      const options = { clock: world.clock, softwareVersion, windowBytes: LIMITS.sessionWindowBytes, answer };
      const session = await Session.accept(channel, options, signal);
      await workOn(session, signal, (open, inner) =>
        this.#counted(async () => {
          await this.#admit(open, inner);
          admitted.resolve();
          await this.converse(open, inner).finally(() => this.#live.remove(open));
        }),
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { address, peer } = channel;
      trace.info("A session with an agent ended.", { peer: peer.id, address, fault: error });
      if (!isMisdeed(error)) return;
      const { code, message } = error;
      onRefused?.({ code, what: "a session", message, address, peer: `${peer.role} ${peer.id}` });
    }
  }

  /** Those that wait to be let in count too: each may do so until the silence of another one is long enough. @throws Fault `sessions-too-many` */
  async #counted(work: () => Promise<void>): Promise<void> {
    if (this.#servedCount >= LIMITS.sessionsMax) throw sessionsTooMany(LIMITS.sessionsMax);
    this.#servedCount += 1;
    try {
      await work();
    } finally {
      this.#servedCount -= 1;
    }
  }

  /** Nothing that a session says counts before. @throws Fault `peer-foreign`, `identity-in-use` */
  async #admit(session: Session, signal: AbortSignal): Promise<void> {
    const { role, id } = session.peer;
    if (role !== "agent") throw peerForeign(session.address, `is a ${role}, not an agent`);
    const first = await this.#live.admit(session, signal);
    if (first !== undefined) throw identityInUse(id, first.address);
  }

  /** Serves what an agent says until it ends: nothing of it counts before its machine is known. */
  async converse(session: AgentConversation, signal: AbortSignal): Promise<void> {
    const conversation = new AgentSession(session, this);
    this.#sessions.add(conversation);
    try {
      await conversation.run(signal);
    } finally {
      this.#sessions.delete(conversation);
    }
  }
}

/** What passes by itself is part of the work; what a person must look at, or what no peer of ours would do, is told. */
function isMisdeed({ kind, code }: Fault): boolean {
  return kind === "protocol" || kind === "operator" || code === "identity-in-use";
}
