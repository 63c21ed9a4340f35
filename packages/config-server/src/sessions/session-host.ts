// The config server's end of the members' sessions. Each session: who it is is looked up → a copy is refused → revocation list and plan go down → status and events
// come up → requests are answered. Plans go out whenever they changed; a session's member gets versions that only rise.
import { assert, Fault, isFault, orAborted, Waiters } from "@leeward/base";
import { fieldsOfThrown, type Trace, together, tracePoint, type Work } from "@leeward/daemon";
import type { EventReport, NoticeBody, RequestBody, ResponseBody, TargetDiskStatus } from "@leeward/proto";
import { type LiveSessions, type RequestHandler, Session, workOn } from "@leeward/wire";
import type { Channel, World } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { identityCopied, memberUnknown, requestNotAnswered } from "../faults.ts";
import {
  MEMBER_EVENTS_PER_MINUTE_MAX,
  PLANS_GATHER_MS,
  PLANS_GATHER_MS_MAX,
  PLANS_GATHER_MS_PER_SESSION,
  REPORT_SWEEP_MS,
  TRUST_ASK_MS,
} from "../limits.ts";
import { composePlan } from "../plans/compose-plan.ts";
import { Installations } from "../plans/installation.ts";
import { versioned } from "../plans/versioned-plan.ts";
import type { Releases } from "../releases/releases.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { isStatus, type StatusNotice } from "../store/report-rows.ts";
import type { Store } from "../store/store.ts";
import { renewCertificate } from "../trust/renewal.ts";
import type { Trust } from "../trust/trust.ts";
import { advertisedAddress } from "./advertised-address.ts";
import { type Copies, nameOfHost } from "./copies.ts";
import type { MemberRequests } from "./member-requests.ts";
import { newestPointsIn } from "./newest-points.ts";
import { replicaDigestsFor } from "./replica-relay.ts";
import type { Reports } from "./reports.ts";

const MINUTE_MICROS = 60_000_000;

export interface SessionHostOptions {
  readonly world: World;
  readonly trace: Trace;
  readonly store: Store;
  readonly installations: Installations;
  /** Who issues certificates and revokes them. */
  readonly trust: Pick<Trust, "crlPem" | "issue" | "membersTrust" | "revokeOne">;
  /** Told when a member has said that it trusts other authorities than before, or has a certificate of another. */
  readonly onTrustTaken?: () => void;
  readonly events: EventLog;
  readonly live: LiveSessions;
  /** Who has a copy. */
  readonly copies: Copies;
  readonly reports: Reports;
  readonly requests: MemberRequests;
  readonly softwareVersion: string;
  /** What members may read; nothing when left out. */
  readonly releases?: Pick<Releases, "list" | "read">;
  /** Told of what members report. */
  readonly onEvent: (member: MemberRow, report: EventReport) => void;
}

export class SessionHost {
  readonly #options: SessionHostOptions;
  /** Wakes `run`, and this then all sessions. */
  readonly #plansStale = new Waiters();
  #arePlansStale = false;
  readonly #plansChanged = new Waiters();
  readonly #trustChanged = new Waiters();
  /** The newest plan's version, and the epoch of each disk, that were said in a session: what they say is in the store. */
  readonly #planVersions = new WeakMap<Session, number>();
  readonly #epochs = new WeakMap<Session, Map<string, number>>();
  /** How many events each member told in its present minute. */
  readonly #told = new Map<string, { readonly sinceMicros: number; count: number }>();

  constructor(options: SessionHostOptions) {
    this.#options = options;
  }

  /** Says that what should be is another: every member whose plan changed gets its new one, at once unless others have just got theirs. */
  plansChanged(): void {
    this.#arePlansStale = true;
    this.#plansStale.notify();
  }

  /** Says that the revocation list is another: every member gets it. */
  trustChanged(): void {
    this.#trustChanged.notify();
  }

  /** Serves the channels until `signal` aborts, and ends their sessions then. */
  async run(channels: AsyncIterable<Channel>, signal: AbortSignal): Promise<void> {
    await together(signal, [
      (inner) => this.#serveAll(channels, inner),
      (inner) => this.#tellPlans(inner),
      (inner) => this.#storeReports(inner),
    ]);
  }

  /** Each transaction is a flush of the disk: what is due within a second is stored in one. */
  async #storeReports(signal: AbortSignal): Promise<void> {
    const { world, reports, store, live } = this.#options;
    try {
      for (;;) {
        await world.clock.sleep(REPORT_SWEEP_MS, signal);
        const due = reports.due(world.clock.wallMicros());
        if (due.length === 0) continue;
        store.transaction(() => {
          for (const { memberId, status } of due) {
            reports.store(memberId);
            const session = live.of(memberId);
            if (session !== undefined) this.#seen(memberId, session, versionIn(status));
          }
        });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Each round looks at every member, so what changes shortly after one waits for the next. */
  async #tellPlans(signal: AbortSignal): Promise<void> {
    const { live, world } = this.#options;
    try {
      for (;;) {
        await this.#plansStale.until(() => this.#arePlansStale, signal);
        this.#arePlansStale = false;
        this.#plansChanged.notify();
        const gatherMs = PLANS_GATHER_MS + live.size * PLANS_GATHER_MS_PER_SESSION;
        await world.clock.sleep(Math.min(gatherMs, PLANS_GATHER_MS_MAX), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #serveAll(channels: AsyncIterable<Channel>, signal: AbortSignal): Promise<void> {
    const serving = new Set<Promise<void>>();
    try {
      for await (const channel of channels) {
        const served = this.#serve(channel, signal).finally(() => serving.delete(served));
        serving.add(served);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(serving);
    }
  }

  async #serve(channel: Channel, signal: AbortSignal): Promise<void> {
    const { trace, events } = this.#options;
    const peer = `${channel.peer.role} ${channel.peer.id}`;
    try {
      await this.#session(channel, signal);
    } catch (error) {
      if (!isFault(error)) trace.error("A session ended for a mistake of ours.", { peer, ...fieldsOfThrown(error) });
      else {
        trace.info("A session ended.", { peer, fault: error });
        const actor = { name: peer, address: channel.address };
        const isTold = error.code === "identity-copied";
        if (!isTold && (error.kind === "protocol" || error.kind === "operator"))
          events.refused(actor, "session", error);
      }
      await channel.close();
    }
  }

  async #session(channel: Channel, signal: AbortSignal): Promise<void> {
    const { world, softwareVersion, live, reports } = this.#options;
    const member = this.#memberOf(channel);
    const admitted = Promise.withResolvers<void>();
    const answer: RequestHandler = async (body, inner) => {
      await orAborted(admitted.promise, inner);
      return this.#answer(member, body, inner);
    };
    const session = await Session.accept(channel, { clock: world.clock, softwareVersion, answer }, signal);
    let isIn = false;
    try {
      await workOn(session, signal, async (each, whileOpen) => {
        await this.#admit(each, member, whileOpen);
        isIn = true;
        admitted.resolve();
        await this.#work(each, member, whileOpen);
      });
    } finally {
      if (isIn) {
        // Another one that has replaced it knows better what the member is now.
        if (live.remove(session)) this.#seen(member.id, session, session.agreement.softwareVersion);
        reports.store(member.id);
      }
    }
  }

  /** Nothing that a session says counts before. @throws Fault `identity-copied` */
  async #admit(session: Session, member: MemberRow, signal: AbortSignal): Promise<void> {
    const { live, copies, store, events } = this.#options;
    const { sender, epoch, softwareVersion } = session.agreement;
    const first = sender.isCopy ? live.of(member.id) : await live.admit(session, signal);
    if (sender.isCopy || first !== undefined) {
      const isNew = copies.note(session, first);
      const seen = copies.of(member.id);
      assert(seen !== undefined, "it was noted just now");
      const fault = identityCopied(member.name, seen);
      if (isNew) {
        const { message, remedy } = fault;
        const detail = { copy: nameOfHost(seen.copy), first: seen.first === undefined ? null : nameOfHost(seen.first) };
        const actor = { name: `${member.role} ${member.name}`, address: session.address };
        const draft = { kind: fault.code, subject: member.name, message: `${message} ${remedy}`, detail };
        events.add(actor, { severity: "critical", ...draft });
      }
      throw fault;
    }
    if (store.members.raiseEpoch(member.id, epoch)) this.plansChanged();
    this.#seen(member.id, session, softwareVersion);
  }

  /** @throws Fault `member-unknown` */
  #memberOf({ peer }: Channel): MemberRow {
    const member = this.#options.store.members.byId(peer.id);
    if (member === undefined || member.removedMicros !== null || member.role !== peer.role)
      throw memberUnknown(peer.id);
    return member;
  }

  async #work(session: Session, member: MemberRow, signal: AbortSignal): Promise<void> {
    const parts: Work[] = [
      () => this.#receive(session, member),
      (inner) => this.#sendPlans(session, member.id, inner),
      (inner) => this.#sendTrust(session, member.id, inner),
    ];
    await together(signal, parts, (error) => session.close(error instanceof Fault ? error : undefined));
  }

  async #sendPlans(session: Session, memberId: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    let sentVersion = 0;
    while (!signal.aborted) {
      const changed = this.#plansChanged.next();
      const composed = composePlan(this.#options.installations.now(), memberId);
      if (composed === undefined) throw memberUnknown(memberId);
      const plan = versioned(store.plans, memberId, composed);
      if (plan.value.version !== sentVersion) {
        await session.notify(plan);
        sentVersion = plan.value.version;
      }
      await untilAborted(changed, signal);
    }
  }

  async #sendTrust(session: Session, memberId: string, signal: AbortSignal): Promise<void> {
    // What it said in another session need not hold: its home may be an older copy.
    let isSure = false;
    while (!signal.aborted) {
      const changed = this.#trustChanged.next();
      const isDone = await this.#bringTrust(session, { memberId, isSure }, signal);
      isSure = isDone;
      await untilAborted(isDone ? changed : Promise.race([changed, this.#pause(signal)]), signal);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await this.#options.world.clock.sleep(TRUST_ASK_MS, signal).catch(() => undefined);
  }

  /** Returns whether the member has all that it is to have. */
  async #bringTrust(
    session: Session,
    { memberId, isSure }: { readonly memberId: string; readonly isSure: boolean },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { trust, store, trace, onTrustTaken } = this.#options;
    const wanted = trust.membersTrust;
    const member = store.members.byId(memberId);
    const isKnown = (trusts: string | null | undefined, issuer: string | null | undefined): boolean =>
      trusts === wanted?.authorities.join(",") && issuer === wanted?.authorities[0];
    if (wanted === undefined || (isSure && isKnown(member?.trusts, member?.issuer))) {
      await session.notify({ kind: "trustList", value: { crlPem: trust.crlPem } });
      return true;
    }
    try {
      const { caPem, crlPem } = wanted;
      const { authorities, issuer } = await session.request({ kind: "takeTrust", value: { caPem, crlPem } }, signal);
      const trusts = authorities.join(",");
      if (store.members.setTrust(memberId, { trusts, issuer })) onTrustTaken?.();
      return isKnown(trusts, issuer);
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      trace.warn("A member does not take the authorities that it is to trust.", { member: memberId, fault: error });
      return false;
    }
  }

  async #receive(session: Session, member: MemberRow): Promise<void> {
    for await (const { body } of session.messages()) {
      if (body.kind !== "controlNotice") throw unexpected(body.kind);
      this.#take(session, member, body.value.body);
    }
  }

  #take(session: Session, member: MemberRow, notice: NoticeBody): void {
    if (notice.kind === "event") return this.#event(member, session.address, notice.value);
    if (!isStatus(notice) || notice.kind !== STATUS_KINDS[member.role]) throw unexpected(notice.kind);
    const { reports, world } = this.#options;
    this.#tracePoints(member, notice);
    reports.take(member.id, notice, world.clock.wallMicros());
    this.#adopt(member, session, notice);
  }

  /** The end of a point's way: it is known here. */
  #tracePoints({ id, name }: MemberRow, notice: StatusNotice): void {
    const { reports, trace } = this.#options;
    if (notice.kind !== "masterTargetStatus") return;
    const before = reports.of(id)?.status;
    const known = before?.kind === notice.kind ? before.value.disks : [];
    for (const point of newestPointsIn(notice.value.disks, known)) {
      tracePoint(trace, point, { stage: "known", target: name });
    }
  }

  /** What a status changes of what should be: addresses, epochs, and the number of the next plan. */
  #adopt(member: MemberRow, session: Session, notice: StatusNotice): void {
    const { store } = this.#options;
    let changed = this.#adoptPlan(member, session, notice.value.planVersion);
    const address = advertisedAddress(notice, session.address);
    if (address !== undefined && store.members.setAddress(member.id, address)) changed = true;
    if (notice.kind === "masterTargetStatus" && this.#adoptEpochs(member, session, notice.value.disks)) changed = true;
    if (changed) this.plansChanged();
  }

  /** Ours only rise: what is no newer than it was in this session is not looked at again. */
  #adoptPlan(member: MemberRow, session: Session, planVersion: number): boolean {
    if (planVersion <= (this.#planVersions.get(session) ?? -1)) return false;
    this.#planVersions.set(session, planVersion);
    return this.#options.store.plans.overtake(member.id, planVersion);
  }

  /** A target says the epochs of all its disks many times a minute: the store is asked for those that have risen. A disk stays its main target's. */
  #adoptEpochs(
    target: MemberRow,
    session: Session,
    said: readonly Pick<TargetDiskStatus, "diskId" | "epoch">[],
  ): boolean {
    const { disks, members } = this.#options.store;
    const known = this.#epochs.get(session) ?? new Map<string, number>();
    this.#epochs.set(session, known);
    let changed = false;
    for (const { diskId, epoch } of said) {
      if (epoch <= (known.get(diskId) ?? -1)) continue;
      const disk = disks.byId(diskId);
      if (disk === undefined) continue;
      known.set(diskId, epoch);
      if (disk.masterTargetId === target.id && members.raiseEpoch(disk.machineId, epoch)) changed = true;
    }
    return changed;
  }

  #event(member: MemberRow, address: string, report: EventReport): void {
    if (!this.#mayTell(member)) return;
    const { store, events, onEvent } = this.#options;
    const { severity, kind, subject, message, detail } = report;
    const actor = { name: `${member.role} ${member.name}`, address };
    store.transaction(() => {
      events.add(actor, { severity, kind, subject, message, detail });
      onEvent(member, report);
    });
  }

  /** A member that tells more than anybody can read is heard again in the next minute. */
  #mayTell({ id, name, role }: MemberRow): boolean {
    const now = this.#options.world.clock.wallMicros();
    const told = this.#told.get(id);
    if (told === undefined || now - told.sinceMicros >= MINUTE_MICROS) {
      this.#told.set(id, { sinceMicros: now, count: 1 });
      return true;
    }
    told.count += 1;
    if (told.count === MEMBER_EVENTS_PER_MINUTE_MAX + 1) {
      const message = `${role} ${name} reports too many events; further ones are dropped for a minute.`;
      this.#options.events.add(SELF, { severity: "warning", kind: "events-dropped", subject: name, message });
    }
    return told.count <= MEMBER_EVENTS_PER_MINUTE_MAX;
  }

  #seen(memberId: string, session: Session, softwareVersion: string): void {
    this.#options.store.members.seen(memberId, {
      softwareVersion,
      lastSeenMicros: this.#options.world.clock.wallMicros(),
      clockOffsetMicros: session.clockOffsetMicros ?? null,
    });
  }

  async #answer(member: MemberRow, body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    const now = this.#options.store.members.byId(member.id);
    if (now === undefined || now.removedMicros !== null) throw memberUnknown(member.id);
    switch (body.kind) {
      case "renewCertificate":
        return this.#renew(now, body.value.csrPem);
      case "replicaDigests":
        return { kind: "blockDigests", value: await replicaDigestsFor(now, body.value, { ...this.#options, signal }) };
      case "readRelease":
      case "listReleases":
        return this.#release(body);
      default:
        throw requestNotAnswered(body.kind);
    }
  }

  async #release(body: Extract<RequestBody, { kind: "readRelease" | "listReleases" }>): Promise<ResponseBody> {
    const { releases } = this.#options;
    if (releases === undefined) throw requestNotAnswered(body.kind);
    if (body.kind === "listReleases") {
      const items = releases.list().map(({ file, bytes, sha256 }) => {
        return { file, sizeBytes: bytes, sha256: Buffer.from(sha256, "hex") };
      });
      return { kind: "releaseList", value: { items } };
    }
    const { file, offset, length } = body.value;
    return { kind: "releaseContent", value: { content: await releases.read(file, offset, length) } };
  }

  async #renew(now: MemberRow, csrPem: string): Promise<ResponseBody> {
    const { certificatePem, caPem, crlPem } = await renewCertificate(this.#options, now, { csrPem, address: null });
    return { kind: "certificate", value: { certificatePem, caPem, crlPem } };
  }
}

const STATUS_KINDS = {
  agent: "agentStatus",
  "process-server": "processServerStatus",
  "master-target": "masterTargetStatus",
} as const;

function versionIn(status: StatusNotice): string {
  return status.kind === "agentStatus" ? status.value.agentVersion : status.value.softwareVersion;
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) resolve();
  await Promise.race([promise, aborted]);
  signal.removeEventListener("abort", onAbort);
}

function unexpected(kind: string): Fault {
  return new Fault({ code: "message-unexpected", kind: "protocol", message: `The member sent ${kind}.` });
}
