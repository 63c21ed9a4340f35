// The steps of a push: what is asked of the process server, and what belongs to this server (token, machine). Every step may have been begun before, by a server
// that was stopped; a change that was is undone rather than gone on with, since nobody knows how far it came.
import type { PushFindings } from "@leeward/api";
import { assert, isFault, MICROS_PER_SECOND, type Random, randomId, releaseFileOf } from "@leeward/base";
import { createToken } from "@leeward/identity";
import type { PushAgent, PushReport } from "@leeward/proto";
import type { LiveSessions } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { nameTaken } from "../faults.ts";
import { PUSH_AWAIT_MS_MAX, PUSH_STEP_MS_MAX, PUSH_TOKEN_SECONDS } from "../limits.ts";
import type { Removal } from "../protection/removal.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { PushRow } from "../store/push-rows.ts";
import type { Store } from "../store/store.ts";
import type { Trust } from "../trust/trust.ts";
import { pushAgentOlder, pushAgentSilent, pushProcessServerAway } from "./push-faults.ts";
import { advance, note } from "./transitions.ts";

export interface PushMeans {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly live: LiveSessions;
  readonly requests: MemberRequests;
  readonly trust: Trust;
  readonly removal: Removal;
}

export interface CarriedPush extends PushMeans {
  readonly row: PushRow;
  readonly signal: AbortSignal;
}

const LOOK_AGAIN_MS = 500;
/** Earlier pushes of a host that are thought of. */
const EARLIER_MAX = 64;

/** What the machine is, and whether it can be done there; a host key that was believed is the only one from then on. */
export async function look(carried: CarriedPush): Promise<void> {
  const { store, row, clock } = carried;
  const earlier = store.pushes.ofHost(row.host, row.port).slice(0, EARLIER_MAX);
  const stale = row.kind === "push" ? earlier.filter(({ found }) => found.undone === false) : [];
  const settled = earlier.filter(({ state }) => state === "done");
  const report = await ask(carried, { step: "look", stale: idsOf(stale), settled: idsOf(settled) });
  const name = row.order.name === "" ? nameFrom(report.hostname) : row.order.name;
  if (row.kind === "push" && store.members.nameTaken("agent", name)) throw nameTaken(name);
  for (const each of stale) settleStale(store, each);
  const { hostKey, jumpHostKey } = report;
  const jump = jumpHostKey === "" ? {} : { jumpHostKey };
  advance(store, row, {
    to: "changing",
    nowMicros: clock.wallMicros(),
    hostKey,
    ...jump,
    name,
    findings: findingsOf(report),
  });
}

function idsOf(rows: readonly PushRow[]): string[] {
  return rows.map(({ id }) => id);
}

/** The look took it back, or found nothing of it. */
function settleStale(store: Store, row: PushRow): void {
  store.pushes.move(
    row.id,
    { from: row.state, to: row.state },
    { found: { ...row.found, undone: true }, endedMicros: row.endedMicros ?? 0 },
  );
}

/** That something is changed stands in the store before it is. */
export async function change(carried: CarriedPush): Promise<void> {
  const { store, row, clock } = carried;
  const known = memberOf(carried);
  const { token, tokenId } = row.kind === "push" ? oneTimeToken(carried) : { token: "", tokenId: undefined };
  note(store, row, { changed: true, ...(tokenId === undefined ? {} : { tokenId }) });
  const report = await ask(carried, { step: "change", token });
  const memberId = tokenId === undefined ? known?.id : (store.tokens.byId(tokenId)?.usedBy ?? undefined);
  const nowMicros = clock.wallMicros();
  const member = memberId === undefined ? {} : { memberId };
  advance(store, row, { to: "awaiting", nowMicros, ...member, findings: findingsOf(report) });
}

/** An agent that was installed or upgraded comes; one that was uninstalled is a member no more. */
export async function awaitAgent(carried: CarriedPush): Promise<void> {
  const { store, row, clock, removal } = carried;
  const member = row.found.memberId === undefined ? undefined : store.members.byId(row.found.memberId);
  if (row.kind === "uninstall") {
    if (member?.removedMicros === null) await removal.remove(member, { actor: SELF, deletePoints: false });
  } else if (member !== undefined) {
    await untilHeard(carried, member);
  } else if (row.kind === "push") throw pushAgentSilent(row.host, 0);
  advance(store, row, { to: "settling", nowMicros: clock.wallMicros() });
}

async function untilHeard({ row, live, clock, signal, store }: CarriedPush, { id }: MemberRow): Promise<void> {
  const wanted = row.kind === "upgrade" ? (releaseFileOf(row.found.findings?.package ?? "")?.version ?? "") : "";
  const until = clock.monotonicMicros() + PUSH_AWAIT_MS_MAX * 1_000;
  for (;;) {
    const version = store.members.byId(id)?.softwareVersion ?? "";
    if (live.has(id) && (wanted === "" || version === wanted)) return;
    if (clock.monotonicMicros() >= until) {
      if (live.has(id)) throw pushAgentOlder(row.host, version, wanted);
      throw pushAgentSilent(row.host, PUSH_AWAIT_MS_MAX / 1_000);
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

/** The agent is there and was heard of: that the record cannot be removed now is no reason to take it away again. The next step there removes it. */
export async function settle(carried: CarriedPush): Promise<void> {
  const { store, row, clock, events, signal } = carried;
  if (row.kind === "push") {
    await ask(carried, { step: "settle" }).catch((error: unknown) => {
      if (!isFault(error) || signal.aborted) throw error;
    });
  }
  store.transaction(() => {
    if (!advance(store, row, { to: "done", nowMicros: clock.wallMicros() })) return;
    const { name = row.host, memberId = null, hostKey = "" } = row.found;
    const detail = { push: row.id, machine: memberId, hostKey };
    const message = `${DONE[row.kind]} ${name} (${row.host}) over SSH.`;
    events.add(SELF, { severity: "info", kind: `agent-${row.kind}-done`, subject: name, message, detail });
  });
}

const DONE = {
  push: "The agent was installed on",
  upgrade: "The agent was upgraded on",
  uninstall: "The agent was uninstalled from",
} as const;

/** Asks the process server for one step. @throws Fault `push-…`, `member-timed-out` */
export async function ask(
  { store, requests, live, row, signal }: CarriedPush,
  asked: {
    readonly step: PushAgent["step"];
    readonly token?: string;
    readonly stale?: string[];
    readonly settled?: string[];
  },
): Promise<PushReport> {
  const { order, found, kind, id, sealed, processServerId } = row;
  const server = store.members.byId(processServerId);
  if (server === undefined || server.removedMicros !== null || !live.has(server.id))
    throw pushProcessServerAway(server?.name ?? processServerId);
  assert(sealed !== null, "what logs in is there until a push has ended");
  const { target, jump, name, ...settings } = order;
  const value = {
    ...{ pushId: id, kind, sealed, token: "", stale: [], settled: [], ...settings, ...asked, name: found.name ?? name },
    target: pinned(target, found.hostKey),
    jump: jump === undefined ? undefined : pinned(jump, found.jumpHostKey),
  };
  return requests.ask(server, { kind: "pushAgent", value }, { signal, timeoutMs: PUSH_STEP_MS_MAX });
}

function pinned<T extends { hostKey: string; acceptHostKey: boolean }>(target: T, met: string | undefined): T {
  return met === undefined ? target : { ...target, hostKey: met, acceptHostKey: false };
}

/** The secret goes to the machine and stands nowhere here. */
function oneTimeToken({ store, random, trust, clock, events, row }: CarriedPush): { token: string; tokenId: string } {
  const { token, secretDigest } = createToken(random, trust.caPem);
  const tokenId = randomId(random);
  const createdMicros = clock.wallMicros();
  const expiresMicros = createdMicros + PUSH_TOKEN_SECONDS * MICROS_PER_SECOND;
  const draft = { id: tokenId, role: "agent" as const, createdMicros, createdBy: row.actor, expiresMicros };
  store.transaction(() => {
    store.tokens.insert({ ...draft, note: `push ${row.id}`, machineId: null, secretDigest });
    const message = `A token of the role agent was created for the push of ${row.host}.`;
    events.add(SELF, { severity: "info", kind: "token-created", subject: tokenId, message, detail: { push: row.id } });
  });
  return { token, tokenId };
}

/** Which machine a host is: as an earlier push knows it, else by name. */
function memberOf({ store, row }: CarriedPush): MemberRow | undefined {
  const earlier = store.pushes
    .ofHost(row.host, row.port)
    .find(({ state, found }) => state === "done" && found.memberId !== undefined);
  const byPush = earlier?.found.memberId === undefined ? undefined : store.members.byId(earlier.found.memberId);
  const member = byPush?.removedMicros === null ? byPush : store.members.find("agent", row.found.name ?? row.host);
  return member?.removedMicros === null ? member : undefined;
}

/** A host's own name as the name of a machine. */
function nameFrom(hostname: string): string {
  const [first = ""] = hostname.split(".");
  const name = first
    .replaceAll(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 63);
  return name === "" ? "machine" : name;
}

function findingsOf(report: PushReport): PushFindings {
  const { hostname, distribution, kernel, rungs, agentVersion, serverReach, dataReach, notes } = report;
  const maybe = (text: string): string | null => (text === "" ? null : text);
  return {
    ...{ hostname, distribution, kernel, serverReach, dataReach },
    rungs: [...rungs],
    notes: [...notes],
    agentVersion: maybe(agentVersion),
    package: maybe(report.package),
  };
}
