import type { Job } from "@leeward/api";
import { anySignal } from "@leeward/base";
// The config server as a whole: state, trust, sessions, API, and what runs beside them. It is opened in that order and ended in the other.
import {
  advertisedName,
  countingChannels,
  type LiveConfig,
  type Metrics,
  type Trace,
  together,
  type Work,
} from "@leeward/daemon";
import { signDocument } from "@leeward/identity";
import type { EventReport } from "@leeward/proto";
import { LiveSessions } from "@leeward/wire";
import type { Endpoint, World } from "@leeward/world";
import { Bearers } from "./access/bearers.ts";
import { Gate } from "./access/gate.ts";
import { Lockout } from "./access/lockout.ts";
import { Passwords } from "./access/node-password.ts";
import { Oidc } from "./access/oidc.ts";
import { SecondPerson } from "./access/second-person.ts";
import { SignIns } from "./access/sign-ins.ts";
import { Users } from "./access/users.ts";
import { alertParts } from "./alerts/alert-parts.ts";
import { sealClearUrls, takeWebhookUrl } from "./alerts/webhook-url.ts";
import { listFactsOf, viewFactsOf } from "./api/lookup.ts";
import { listenHttp } from "./api/node-http-server.ts";
import type { Services } from "./api/services.ts";
import { diskView } from "./api/views.ts";
import { MAKING_NAME } from "./backup/node-backup.ts";
import type { ConfigServerSettings } from "./config.ts";
import { type ConsoleFiles, readConsole } from "./console/console-files.ts";
import { DrillSchedules } from "./drills/drill-schedules.ts";
import { Drills, drillWork } from "./drills/drills.ts";
import { EventLog, SELF } from "./events/event-log.ts";
import { type CarrierOptions, carryFailovers } from "./failover/carrier.ts";
import { failoverWorks } from "./failover/failover-works.ts";
import { Failovers } from "./failover/failovers.ts";
import type { StepMeans } from "./failover/step.ts";
import { readConditions } from "./health/read-conditions.ts";
import { Sampler } from "./history/sampler.ts";
import { forgetIdempotentCalls } from "./idempotency/idempotent-calls.ts";
import { JobRunner, type JobWork } from "./jobs/job-runner.ts";
import { LiveNotices } from "./live/live-notices.ts";
import { Installations } from "./plans/installation.ts";
import { GroupPoints } from "./points/group-points.ts";
import { Points } from "./points/points.ts";
import { saveWork } from "./points/save-work.ts";
import { AutoProtect } from "./protection/auto-protect.ts";
import { Deletions } from "./protection/deletions.ts";
import { FurtherCopies } from "./protection/further-copies.ts";
import { protectWork } from "./protection/protect-work.ts";
import { Protection } from "./protection/protection.ts";
import { Removal, type RemovalOptions } from "./protection/removal.ts";
import { resyncWork } from "./protection/resync-work.ts";
import { ScheduledResyncs } from "./protection/scheduled-resyncs.ts";
import { seedLoadWork } from "./protection/seed-load-work.ts";
import { TargetAdditions } from "./protection/target-additions.ts";
import { Pushes, type PushesOptions, pushWork } from "./pushes/pushes.ts";
import { type PlanParts, planParts } from "./recovery-plans/plan-parts.ts";
import { Releases } from "./releases/releases.ts";
import { Copies } from "./sessions/copies.ts";
import { MemberRequests } from "./sessions/member-requests.ts";
import { Reports } from "./sessions/reports.ts";
import { SessionHost } from "./sessions/session-host.ts";
import type { DiskRow } from "./store/disk-rows.ts";
import type { MemberRow } from "./store/member-rows.ts";
import { openState } from "./store/node-open-state.ts";
import type { Store } from "./store/store.ts";
import { Enrolment, type EnrolmentOptions } from "./trust/enrolment.ts";
import { handOver, handOverAuthorities, serverIdOf } from "./trust/first-start.ts";
import { Rotation } from "./trust/rotation.ts";
import { SharedTrust } from "./trust/shared-trust.ts";
import { Trust } from "./trust/trust.ts";
import { type UpgradeMeans, upgradeWork } from "./upgrades/upgrade-work.ts";
import { Upgrades } from "./upgrades/upgrades.ts";
import { DiskVerifier } from "./verify/disk-verifier.ts";
import { VerifyPasses } from "./verify/verify-passes.ts";
import { verifyWork } from "./verify/verify-work.ts";

/** How long the parts of a server that has failed may take to end. */
const DRAIN_MS_MAX = 30_000;

export interface ConfigServerOptions {
  readonly world: World;
  readonly trace: Trace;
  /** An absolute path, locked by this process. */
  readonly home: string;
  readonly config: LiveConfig<ConfigServerSettings>;
  readonly softwareVersion: string;
  readonly metrics: Metrics;
  /** Names of this machine, for the server's certificate beside those that are advertised. */
  readonly machineNames: readonly string[];
  /** Where the console was built into; without one the server has none. */
  readonly consoleFolder?: string | undefined;
  /** Told when another server has the database that this one is to have. */
  readonly waiting?: (database: string) => void;
}

export interface ServerFacts {
  readonly endpoint: Endpoint;
  readonly caFingerprint: string;
}

/** Runs the config server until `signal` aborts; `ready` is called once it takes calls. */
export async function runConfigServer(
  options: ConfigServerOptions,
  signal: AbortSignal,
  ready: (facts: ServerFacts) => Promise<void>,
): Promise<void> {
  const { world, home, config, trace } = options;
  await world.files.removeFolder(`${home}/${MAKING_NAME}`);
  using store = await openState(
    { world, home, settings: config.value, trace, waiting: options.waiting ?? (() => undefined) },
    signal,
  );
  const { services, host, sweeps, autoProtect, scheduled, carrier } = await assemble(options, store);
  await services.removal.finish();
  services.plans.recoveryPlans.giveUpRestored();
  await sealClearUrls(services);
  await takeWebhookUrl(services);
  const { listen, apiPort } = config.value;
  await handOver({ world, store, trust: services.trust, folder: handoverFolderOf(options) });
  const failed = new AbortController();
  const both = anySignal([signal, failed.signal]);
  const http = await listenHttp(
    { host: listen, port: apiPort },
    { services, trace, metrics: options.metrics, console: await consoleOf(options), signal: both },
  );
  const message = "The config server has started.";
  services.events.add(SELF, { severity: "info", kind: "server-started", subject: null, message });
  const parts: Work[] = [
    (inner) => host.run(countingChannels(http.upgrades.accept(inner), options.metrics), inner),
    (inner) => store.watch(world.clock, inner),
    (inner) => services.jobs.run(inner),
    ...sweeps.map((sweep) => (inner: AbortSignal) => sweep.run(inner)),
    (inner) => autoProtect.run(inner),
    (inner) => scheduled.run(inner),
    (inner) => carryFailovers(carrier, inner),
    (inner) => services.alerts.run(inner),
    (inner) => services.alerts.deliveries.run(inner),
    (inner) => services.drills.run(inner),
    (inner) => services.drillSchedules.run(inner),
    (inner) => services.pushes.run(inner),
    (inner) => services.plans.scripts.untilStopped(inner),
    (inner) => services.trust.run(inner),
    (inner) => services.rotation.run(inner),
    (inner) => services.liveNotices.run(inner),
    (inner) => whenAborted(inner).then(() => http.close()),
  ];
  // A config server that does half of its work is none: what fails ends the others too.
  const running = together(both, parts, (error) => failed.abort(error));
  running.catch(() => undefined);
  await ready({ endpoint: http.endpoint, caFingerprint: services.trust.caFingerprint });
  try {
    await Promise.race([running, failedFor(DRAIN_MS_MAX, world.clock, failed.signal)]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function consoleOf({ world, consoleFolder }: ConfigServerOptions): Promise<ConsoleFiles | undefined> {
  return consoleFolder === undefined ? undefined : readConsole(world.files, consoleFolder);
}

/** Rejects with what failed, that long after it did: somebody who reads slowly does not keep a server that has failed. */
async function failedFor(ms: number, clock: World["clock"], failed: AbortSignal): Promise<never> {
  await whenAborted(failed);
  await clock.sleep(ms, new AbortController().signal);
  throw failed.reason;
}

/** What the daemon carries on besides what it answers. */
interface Assembled {
  readonly services: Services;
  readonly host: SessionHost;
  /** What looks again and again whether something is to be asked of members. */
  readonly sweeps: readonly { run(signal: AbortSignal): Promise<void> }[];
  readonly autoProtect: AutoProtect;
  readonly scheduled: ScheduledResyncs;
  readonly carrier: CarrierOptions;
}

async function assemble(options: ConfigServerOptions, store: Store): Promise<Assembled> {
  const { world, trace, home, config, softwareVersion } = options;
  const { clock } = world;
  const serverId = serverIdOf(store, world);
  const trust = await openTrust(options, { store, serverId });
  const events = new EventLog({ rows: store.events, clock, trace, kept: () => config.value.eventsKept });
  const live = new LiveSessions(clock);
  const copies = new Copies(clock);
  const reports = new Reports(store.reports);
  const requests = new MemberRequests(live, clock);
  const onEvent = (member: MemberRow, report: EventReport): void => starters.autoProtect.take(member, report);
  const installations = new Installations(store);
  const held = { world, trace, store, installations, trust, events, live, copies, reports };
  const rotation = rotationOf(options, { world, store, trust, events }, () => host.trustChanged());
  const ofMembers = { onEvent, onTrustTaken: () => rotation.memberChanged() };
  const releases = await Releases.open({ files: world.files, home, store, events, clock });
  const host = new SessionHost({ ...held, requests, releases, softwareVersion, ...ofMembers });
  const plansChanged = (): void => host.plansChanged();
  const isOnline = (id: string): boolean => live.has(id);
  const points = new Points({ store, requests, isOnline });
  const verifier = new DiskVerifier({ store, events, requests, clock });
  const known = { store, clock, requests, reports, events, points };
  const means: StepMeans = { ...known, random: world.random, plansChanged, verifier, isOnline };
  const plans = planParts(means, home, { jobs: () => jobs, failovers: () => failovers });
  const upgradeMeans = { ...held, clock, random: world.random, requests, softwareVersion };
  const works = {
    ...worksOf(means, upgradeMeans, { drills: () => services.drills, pushes: () => services.pushes }),
    ...plans.works,
  };
  const jobs: JobRunner = new JobRunner({ store, clock, events, trace, works, onFailed: failedJobs(options.metrics) });
  const failovers = new Failovers({ ...means, jobs });
  const members = membership({ ...held, serverId, plansChanged, trustChanged: () => host.trustChanged() });
  const services: Services = {
    world,
    releases,
    home,
    serverId,
    softwareVersion,
    startedMicros: clock.wallMicros(),
    config,
    store,
    installations,
    trust,
    rotation,
    ...(await accessParts(options, { store, events })),
    ...members,
    events,
    live,
    liveNotices: new LiveNotices({ ...held, clock }),
    copies,
    reports,
    requests,
    jobs,
    protection: new Protection({ world, store, trust, events, jobs, requests, isOnline, plansChanged }),
    targetAdditions: new TargetAdditions({ world, store, events, requests, plansChanged }),
    points,
    failovers,
    ...drillParts({ ...held, means, failovers, jobs, serverId, softwareVersion }),
    upgrades: new Upgrades({ ...upgradeMeans, jobs }),
    pushes: pushesOf({ ...held, ...members, requests, jobs }, config),
    plans,
    ...alertParts({ ...options, ...held, serverId, isOnline }, () => readConditions(services)),
    groupPoints: new GroupPoints({ store, points, requests, isOnline }),
    plansChanged,
  };
  const starters = startersOf(services, isOnline);
  gauges(options.metrics, services);
  const sweeps = [...sweepsOf({ ...means, trace }), samplerOf(services)];
  return { services, host, sweeps, ...starters, carrier: { ...means, trace, jobs } };
}

function sweepsOf(means: StepMeans & Pick<ConfigServerOptions, "trace">): Assembled["sweeps"] {
  const { store, clock } = means;
  const forgetting = { run: (signal: AbortSignal) => forgetIdempotentCalls(store.idempotentCalls, clock, signal) };
  return [new Deletions(means), new FurtherCopies(means), new VerifyPasses(means), forgetting];
}

function rotationOf(
  options: ConfigServerOptions,
  means: Pick<StepMeans, "store" | "events"> & { readonly world: World; readonly trust: Trust },
  sayChanged: () => void,
): Rotation {
  return new Rotation({
    ...means,
    overlapDays: () => options.config.value.caOverlapDays,
    trustChanged: async () => {
      await handOverAuthorities({ ...means, folder: handoverFolderOf(options) });
      sayChanged();
    },
  });
}

async function openTrust(
  { world, home, config, machineNames }: ConfigServerOptions,
  { store, serverId }: Pick<Services, "store" | "serverId">,
): Promise<Trust> {
  const names = certificateNames(config.value.advertise, machineNames);
  const shared = store.isShared ? { shared: await SharedTrust.open({ world, home, store }) } : {};
  return Trust.open({ world, home, serverId, names, ...shared });
}

/** Who people are, and what they may. */
async function accessParts(
  { world, config }: ConfigServerOptions,
  { store, events }: Pick<Services, "store" | "events">,
): Promise<Pick<Services, "gate" | "bearers" | "users" | "lockout" | "signIns" | "oidc" | "secondPerson">> {
  const held = { world, store, events };
  const bearers = new Bearers(store.tokens, world.clock);
  const lockout = new Lockout(store, world.clock);
  const signIns = new SignIns({ ...held, limits: () => config.value });
  const users = new Users({ ...held, lockout, passwords: await Passwords.open() });
  const oidc = new Oidc({ ...held, settings: () => config.value });
  const secondPerson = new SecondPerson(held);
  return { gate: new Gate(bearers, signIns), bearers, users, lockout, signIns, oidc, secondPerson };
}

function handoverFolderOf({ config, home }: Pick<ConfigServerOptions, "config" | "home">): string {
  const { handoverFolder } = config.value;
  return handoverFolder === "" ? home : handoverFolder;
}

/** Who comes and who goes. */
function membership(means: EnrolmentOptions & RemovalOptions): Pick<Services, "enrolment" | "removal"> {
  return { enrolment: new Enrolment(means), removal: new Removal(means) };
}

function pushesOf(
  means: Omit<PushesOptions, "clock" | "random" | "serverAddress"> & Pick<ConfigServerOptions, "world">,
  config: ConfigServerOptions["config"],
): Pushes {
  const { clock, random } = means.world;
  const serverAddress = (): Endpoint | undefined => {
    const { advertise, apiPort } = config.value;
    const [first] = advertise;
    if (first === undefined) return undefined;
    const { host, port = apiPort } = advertisedName(first);
    return port === 0 ? undefined : { host, port };
  };
  return new Pushes({ ...means, clock, random, serverAddress });
}

/** What rests on failovers. */
function drillParts(
  of: Pick<
    Services,
    "world" | "store" | "trust" | "events" | "live" | "failovers" | "jobs" | "reports" | "serverId" | "softwareVersion"
  > &
    Pick<ConfigServerOptions, "trace"> & { readonly means: StepMeans },
): Pick<Services, "drills" | "drillSchedules"> {
  const { store, live, trust, means } = of;
  const { clock } = of.world;
  const drills = new Drills({
    ...of,
    ...means,
    clockOffsetOf: (id) => live.of(id)?.clockOffsetMicros ?? store.members.byId(id)?.clockOffsetMicros ?? null,
    sign: (document) => signDocument(document, trust.keyStore.credentials()),
  });
  return { drills, drillSchedules: new DrillSchedules({ ...of, clock, drills }) };
}

function samplerOf(services: Services): Sampler {
  const { store, world, reports } = services;
  const clockOffsets = (): Map<string, number | null> => {
    const { clockOffsetOf } = viewFactsOf(services);
    return new Map(store.members.list().map((member) => [member.id, clockOffsetOf(member)]));
  };
  const disks = (): DiskRow[] => store.disks.list().filter(({ state }) => state === "protected");
  return new Sampler({ store, disks, clock: world.clock, reports, clockOffsets });
}

/** What begins things of itself: protection of disks that appear, and resyncs by schedule. */
function startersOf(
  services: Services,
  isOnline: (id: string) => boolean,
): Pick<Assembled, "autoProtect" | "scheduled"> {
  const { world, live } = services;
  const sessionsChanged = (): Promise<void> => live.changed();
  return {
    autoProtect: new AutoProtect({ ...services, clock: world.clock, sessionsChanged }),
    scheduled: new ScheduledResyncs({ ...services, isOnline }),
  };
}

/** What each kind of job does; those of recovery plans come with these. */
function worksOf(
  means: StepMeans,
  upgradeMeans: UpgradeMeans,
  { drills, pushes }: { readonly drills: () => Drills; readonly pushes: () => Pushes },
): Readonly<Record<Exclude<Job["kind"], keyof PlanParts["works"]>, JobWork>> {
  return {
    protect: protectWork(means),
    save: saveWork(means),
    verify: verifyWork(means),
    resync: resyncWork(means),
    "seed-load": seedLoadWork(means),
    ...failoverWorks(means),
    drill: drillWork(drills),
    push: pushWork(pushes),
    "agent-upgrade": upgradeWork(upgradeMeans),
  };
}

function failedJobs(metrics: Metrics): (kind: Job["kind"]) => void {
  const brief = { name: "leeward_jobs_failed_total", help: "Jobs that failed, by kind", labels: ["kind"] };
  const count = metrics.counter(brief);
  return (kind) => count(1, { kind });
}

function gauges(metrics: Metrics, services: Services): void {
  const { live, jobs, store } = services;
  metrics.gauge({ name: "leeward_sessions", help: "Members that have a session" }, () => live.entries().length);
  metrics.gauge({ name: "leeward_jobs_running", help: "Jobs that run" }, () => jobs.running);
  metrics.gauge(
    { name: "leeward_rpo_seconds_max", help: "The worst RPO of a protected disk that is known; 0 while none is" },
    () => {
      const facts = listFactsOf(services);
      const disks = store.disks.list().filter(({ state }) => state === "protected");
      const rpos = disks.map((disk) => diskView(disk, facts.memberOf(disk.machineId), facts).rpoSeconds ?? 0);
      return Math.max(0, ...rpos);
    },
  );
  metrics.gauge(
    { name: "leeward_disks_protected", help: "Disks that are to be protected" },
    () => store.disks.list().filter(({ state }) => state === "protected").length,
  );
}

/** What stands in the server's certificate; a machine whose own name cannot stand there goes without it. */
function certificateNames(advertise: readonly string[], machineNames: readonly string[]): string[] {
  const advertised = advertise.map((each) => advertisedName(each).host);
  const own = machineNames.filter((name) => /^[A-Za-z0-9.:_-]{1,253}$/.test(name));
  return [...new Set([...advertised, ...own])];
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await promise;
}
