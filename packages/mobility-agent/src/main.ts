import { orAborted } from "@leeward/base";
import { type CourseRuns, HomeRuns, linkPurpose, openCacheContainer } from "@leeward/cache-account";
import {
  advertisedEndpoint,
  bandwidthGauges,
  ControlSession,
  type ControlSessionOptions,
  countingNetwork,
  type DaemonContext,
  type Metrics,
  RefusalReports,
  renewByKey,
  runDaemon,
  serverEndpoints,
  serverUnreachable,
  bootId as systemBootId,
  systemZone,
  together,
  type Work,
} from "@leeward/daemon";
import type { KeyStore } from "@leeward/identity";
import type { EventReport } from "@leeward/proto";
import { forgetTracking, nodeFreezer } from "@leeward/tracker";
import { tlsNetwork } from "@leeward/wire";
import type { Files, Network, World } from "@leeward/world";
import { keepBootTrace } from "./boot/node-boot-facts.ts";
import { AGENT_SETTINGS, type AgentSettings } from "./config.ts";
import { logFrames } from "./delivery/log-frames.ts";
import { processServerUnknown } from "./delivery/uplink.ts";
import type { SnapshotChoice, TrackingChoice } from "./disk/disk-messages.ts";
import { WorkerDisk } from "./disk/node-worker-disk.ts";
import { switchOff } from "./fence/node-switch-off.ts";
import { faultCounter, gauge } from "./gauges.ts";
import { BegunNote } from "./hooks/begun-note.ts";
import { HookQuiesce } from "./hooks/hook-quiesce.ts";
import { HookSet } from "./hooks/hook-set.ts";
import { readHookFolder } from "./hooks/node-hook-folder.ts";
import { NodeHookRunner } from "./hooks/node-hook-runner.ts";
import { forgetDisk, snapshotHookFolder } from "./hooks/node-snapshot-hooks.ts";
import { type HostStanding, openHostStanding } from "./host/host-standing.ts";
import { settleNewIdentity } from "./host/new-identity.ts";
import { watchDevices } from "./inventory/device-watch.ts";
import { MachineFaults } from "./inventory/machine-faults.ts";
import { NodeInventory } from "./inventory/node-inventory.ts";
import { MobilityAgent, type MobilityAgentOptions } from "./mobility-agent.ts";
import { leaveCopy, type OwnIdentity, openOwnIdentity } from "./registration/own-identity.ts";
import { followSurroundings, type Surroundings } from "./surroundings.ts";
import { launchTrial } from "./upgrade/node-agent-service.ts";
import { ifNoTrial } from "./upgrade/node-finish-upgrade.ts";
import { openInstalledProgram } from "./upgrade/node-installed-program.ts";
import { Upgrader } from "./upgrade/upgrader.ts";
import { AGENT_VERSION } from "./version.ts";

/** Of what lies in the home: one that changes it is not an upgrade that the agent does by itself. */
export const AGENT_HOME_FORMAT = 1;
const MS_PER_SECOND = 1_000;

/** Runs the mobility agent of a home until it is told to stop; the process ends with it. */
export function start(options: { readonly home: string; readonly world: World }): Promise<never> {
  return runDaemon({
    role: "agent",
    home: options.home,
    homeVersion: AGENT_HOME_FORMAT,
    settings: AGENT_SETTINGS,
    overrides: {},
    world: options.world,
    run: runAgent,
  });
}

async function runAgent(context: DaemonContext<typeof AGENT_SETTINGS>): Promise<void> {
  const { world, home, config, trace, signal } = context;
  await makeFolders(world.files, home);
  const ready = once(() => context.ready({}));
  const own = await openOwnIdentity(context, ready, signal);
  const { keyStore, machineId } = own;
  const bootId = systemBootId();
  // The agent speaks to the control session, and the control session of the agent: the one that is made later is put in here.
  const link: { control?: ControlSession<"agentPlan">; agent?: MobilityAgent } = {};
  const onEvent = (event: EventReport): void => link.control?.report(event);
  const faults = new MachineFaults({ clock: world.clock, onEvent });
  const standing = await openHostStanding(context, { keyStore, faults }, () => link.agent?.deliveryChanged());
  const { refusals, network } = tellingNetwork(world, keyStore, { onEvent, metrics: context.metrics });
  const inventory = await NodeInventory.open({ home, protectable: () => config.value.protectable });
  const hooks = openHooks(context, { machine: () => link.agent?.machineName || machineId, onEvent });
  await using freezer = nodeFreezer();
  const agent = await MobilityAgent.open({
    ...{ ...world, trace },
    network,
    home,
    machineId,
    bootId,
    softwareVersion: AGENT_VERSION,
    inventory,
    timeZone: systemZone(),
    machineFaults: () => faults.all(),
    ...restBy(hooks),
    group: groupWays(config.value, { faults, refusals }),
    onEvent,
    onTakeover: takeoverWays(context),
    ...standing.ofAgent,
    ...diskWays(context, link),
    openContainer: containerWay(context, own, await openRuns(context, { own, standing, link })),
    freezer,
    forgetDisk: (diskId) => forgetDisk(world.files, home, diskId),
  });
  link.agent = agent;
  const upgrader = await openUpgrader(context, { bootId, agent, link, standing });
  const countFaults = measure(context, agent);
  const control = await ControlSession.open({
    world,
    trace,
    network,
    keyStore,
    ...serverWays(context, own),
    home,
    planKind: "agentPlan",
    softwareVersion: AGENT_VERSION,
    bootId,
    epoch: () => agent.epoch,
    apply: (plan) => agent.apply(plan),
    status: ({ clockOffsetMicros }) => {
      const value = { ...agent.status(), ...upgrader.status(), clockOffsetMicros: clockOffsetMicros ?? 0 };
      countFaults(value);
      return { kind: "agentStatus", value };
    },
    ...{ ...saidTo(agent, upgrader), ...standing.ofControl },
  });
  link.control = control;
  await ready();
  await together(signal, [
    (inner) => agent.run(inner),
    (inner) => hooks.run(inner),
    (inner) => control.run(inner),
    (inner) => upgrader.run(inner),
    (inner) => followStatus(agent, control, { countFaults, signal: inner }),
    (inner) => followSurroundings(surroundingsOf(context, { keyStore, inventory, faults, agent }), inner),
    (inner) => followDevices(context, { inventory, agent, onEvent }, inner),
    ...hostWorks(context, standing),
  ]);
}

/** Connections, and the telling of those that were refused. */
function tellingNetwork(
  { clock }: World,
  keyStore: KeyStore,
  { onEvent, metrics }: { readonly onEvent: (event: EventReport) => void; readonly metrics: Metrics },
): { readonly refusals: RefusalReports; readonly network: Network } {
  const refusals = new RefusalReports(clock, onEvent, (refusal) => metrics.refused(refusal));
  const tls = tlsNetwork({ keyStore, onRefused: (refused) => refusals.tellConnection(refused) });
  return { refusals, network: countingNetwork(tls, metrics) };
}

async function makeFolders(files: Files, home: string): Promise<void> {
  await settleNewIdentity(files, home, forgetTracking);
  await Promise.all(
    ["identity", "disks", "run", "offers", "hooks", "snapshot-hooks"].map((name) =>
      files.makeFolder(`${home}/${name}`),
    ),
  );
  await files.syncFolder(home);
}

/** Settles what is measured of the agent; what is given back counts faults in a status. */
function measure(
  { metrics }: DaemonContext<typeof AGENT_SETTINGS>,
  agent: MobilityAgent,
): ReturnType<typeof faultCounter> {
  gauge(metrics, () => agent.status());
  bandwidthGauges(metrics, () => agent.bandwidth());
  return faultCounter(metrics);
}

/** How the container of the machine's cache account is opened. */
function containerWay(
  { world, config }: DaemonContext<typeof AGENT_SETTINGS>,
  { keyStore, machineId }: OwnIdentity,
  runs: CourseRuns,
): NonNullable<MobilityAgentOptions["openContainer"]> {
  return async ({ storeUrl: url, bytesMax, peers }, processServerId) => {
    const peer = peers.find(({ peerId }) => peerId === processServerId);
    if (peer === undefined) throw processServerUnknown();
    const { storeCredentialsFile, storeCaFile } = config.value;
    const ends = { machineId, processServerId };
    const key = keyStore.agreedSecret(peer.publicKey, linkPurpose(ends));
    const place = { url, ...(storeCredentialsFile !== "" && { credentialsFile: storeCredentialsFile }) };
    const ca = storeCaFile === "" ? {} : { caFile: storeCaFile };
    return { container: await openCacheContainer({ ...place, ...ca }, { ...ends, key }, world), bytesMax, runs };
  };
}

/** The home's runs. Who has a session with the config server, which has looked at whose it is, is the machine. */
function openRuns(
  { world: { files } }: DaemonContext<typeof AGENT_SETTINGS>,
  {
    own: { keyStore },
    standing: { ofAgent },
    link,
  }: {
    readonly own: OwnIdentity;
    readonly standing: HostStanding;
    readonly link: { readonly control?: ControlSession<"agentPlan"> };
  },
): Promise<CourseRuns> {
  const { folder } = keyStore;
  const isConfirmed = (): boolean => link.control?.connected === true && link.control.isTold && ofAgent.mayDeliver();
  return HomeRuns.open(ofAgent.sender().instance, { files, folder, isConfirmed });
}

/** Where the config server is, and how it is asked for a certificate when none opens a session any more. */
function serverWays(
  { config }: DaemonContext<typeof AGENT_SETTINGS>,
  { keyStore, server: registeredAt = "" }: OwnIdentity,
): Pick<ControlSessionOptions<"agentPlan">, "servers" | "renewByKey"> {
  const servers = serverEndpoints(config.value.server || registeredAt);
  return { servers, renewByKey: (signal) => renewByKey({ keyStore, servers }, signal) };
}

/** What the agent does at the config server's word, beside its plan. */
function saidTo(
  agent: MobilityAgent,
  upgrader: Upgrader,
): Pick<ControlSessionOptions<"agentPlan">, "answer" | "onSuperseded" | "onPlanTold"> {
  return {
    async answer(body, inner) {
      if (body.kind !== "upgradeAgent") return agent.answer(body, inner);
      await upgrader.take(body.value);
      return { kind: "done", value: {} };
    },
    onSuperseded: () => agent.superseded(),
    onPlanTold: () => agent.told(),
  };
}

/** How the agent becomes another version. */
async function openUpgrader(
  { world, home, config, trace }: DaemonContext<typeof AGENT_SETTINGS>,
  parts: {
    readonly bootId: string;
    readonly agent: MobilityAgent;
    readonly link: { readonly control?: ControlSession<"agentPlan"> };
    readonly standing: HostStanding;
  },
): Promise<Upgrader> {
  const { bootId, agent, link, standing } = parts;
  return Upgrader.open({
    ...world,
    home,
    bootId,
    version: AGENT_VERSION,
    homeFormat: AGENT_HOME_FORMAT,
    program: await openInstalledProgram(process.env),
    accepts: () => config.value.upgrades === "accept",
    launchTrial: (orderId) => launchTrial(home, orderId),
    ifNoTrial: (work) => ifNoTrial(home, work),
    capturedDisks: () => agent.status().disks.flatMap(({ diskId, state }) => (state === "stopped" ? [] : [diskId])),
    // A config server that refuses a version does so behind the handshake, and the plan in force may be the one that the version before stored.
    isConnected: () => link.control?.connected === true && link.control.isTold && standing.ofAgent.mayDeliver(),
    onDamaged: (fault) => trace.error("An upgrade is forgotten.", { fault }),
    onFault: (fault) => trace.error("An upgrade does not go on now.", { fault }),
    onChange: () => link.control?.statusChanged(),
    async readRelease(value, signal) {
      if (link.control === undefined) throw serverUnreachable();
      return (await link.control.ask({ kind: "readRelease", value }, signal)).content;
    },
  });
}

function takeoverWays({
  config: { value },
  trace,
}: DaemonContext<typeof AGENT_SETTINGS>): NonNullable<MobilityAgentOptions["onTakeover"]> {
  const asksFirst = value.serveAtStart === "ask";
  if (asksFirst) trace.warn("Disks take no writes before the config server has said that this plan is in force.");
  if (value.whenTakenOver !== "power-off") return { asksFirst };
  return { asksFirst, powerOff: () => switchOff(value.powerOffCommand) };
}

/** How disks are served and their logs read, and how it is asked what their targets hold. */
function diskWays(
  context: DaemonContext<typeof AGENT_SETTINGS>,
  link: { readonly control?: ControlSession<"agentPlan">; readonly agent?: MobilityAgent },
): Pick<MobilityAgentOptions, "openHost" | "openFrames" | "replicaDigests"> {
  const { world, config } = context;
  return {
    openFrames: async ({ settings }, { branch }, from) =>
      logFrames(world.files, `${settings.folder}/${branch}/log`, from),
    openHost: (disk, { memory }, asks) =>
      new WorkerDisk(disk, memory, {
        tracking: trackingChoice(config.value),
        snapshots: snapshotChoice(context, link),
        ...asks,
      }),
    replicaDigests: async (value, signal) => {
      if (link.control === undefined) throw serverUnreachable();
      return link.control.ask({ kind: "replicaDigests", value }, signal);
    },
  };
}

/** How snapshots are made of disks that are rescanned. */
function snapshotChoice(
  { home, config }: DaemonContext<typeof AGENT_SETTINGS>,
  { agent }: { readonly agent?: MobilityAgent },
): SnapshotChoice {
  const limitMs = config.value.snapshotHookSeconds * MS_PER_SECOND;
  return { hookFolder: snapshotHookFolder(home), limitMs, machine: agent?.machineName ?? "" };
}

function trackingChoice({ trackerBackend, trackerBufferKib: traceBufferKib }: AgentSettings): TrackingChoice {
  const isNamed = trackerBackend === "ebpf" || trackerBackend === "tracefs";
  return isNamed ? { backend: trackerBackend, traceBufferKib } : { traceBufferKib };
}

async function followDevices(
  { world, home, config }: DaemonContext<typeof AGENT_SETTINGS>,
  parts: { inventory: NodeInventory; agent: MobilityAgent; onEvent: (event: EventReport) => void },
  signal: AbortSignal,
): Promise<void> {
  const { inventory, agent, onEvent } = parts;
  const watching = watchDevices(
    {
      ...world,
      home,
      look: () => inventory.devices(),
      everyMs: config.value.statusSeconds * MS_PER_SECOND,
      onEvent,
      onChange: () => agent.surroundingsChanged(),
    },
    signal,
  );
  await watching.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** What follows from which host this is, and from how it was started. */
function hostWorks(context: DaemonContext<typeof AGENT_SETTINGS>, standing: HostStanding): Work[] {
  return [(inner) => freeBootTrace(context, inner), (inner) => leaveCopy(context, standing, inner)];
}

/** What is not freed takes memory, and costs a little of each request: no more. */
async function freeBootTrace(
  { world, home, trace }: DaemonContext<typeof AGENT_SETTINGS>,
  signal: AbortSignal,
): Promise<void> {
  await keepBootTrace({ ...world, home }, signal).catch((error: unknown) => {
    if (!signal.aborted) trace.warn("the trace of the machine's start could not be freed", { error: String(error) });
  });
}

function surroundingsOf(
  { world, home, config }: DaemonContext<typeof AGENT_SETTINGS>,
  parts: { keyStore: KeyStore; inventory: NodeInventory; faults: MachineFaults; agent: MobilityAgent },
): Surroundings {
  const { keyStore, inventory, faults, agent } = parts;
  return {
    clock: world.clock,
    keyStore,
    config,
    readOffers: () => inventory.offers(),
    readHookFaults: async () => {
      const folders = await Promise.all([`${home}/hooks`, snapshotHookFolder(home)].map(readHookFolder));
      return folders.flatMap(({ faults: found }) => found);
    },
    lookEveryMs: config.value.statusSeconds * MS_PER_SECOND,
    faults,
    onChange: () => agent.surroundingsChanged(),
  };
}

function openHooks(
  { world, home, config }: DaemonContext<typeof AGENT_SETTINGS>,
  tell: { readonly machine: () => string; readonly onEvent: (event: EventReport) => void },
): HookQuiesce {
  const folder = `${home}/hooks`;
  const hooks = new HookSet({
    folder,
    find: () => readHookFolder(folder),
    runner: new NodeHookRunner(),
    note: new BegunNote(world.files, home),
    limitMs: () => config.value.hookSeconds * MS_PER_SECOND,
    machine: tell.machine,
  });
  return new HookQuiesce({ clock: world.clock, hooks, ...tell });
}

/** Hooks bring applications to rest, for a point and for good. */
function restBy(hooks: HookQuiesce): Pick<MobilityAgentOptions, "quiesce" | "lastingRest"> {
  return { quiesce: hooks, lastingRest: hooks };
}

/** How other members of the machine's consistency group reach it. */
function groupWays(
  { groupListen, groupPort, groupAdvertise }: AgentSettings,
  { faults, refusals }: { readonly faults: MachineFaults; readonly refusals: RefusalReports },
): NonNullable<MobilityAgentOptions["group"]> {
  return {
    listen: { host: groupListen, port: groupPort },
    address: ({ port }) => advertisedEndpoint(groupAdvertise, { host: groupListen, port }),
    onFault: (fault) => faults.set("group", fault === undefined ? [] : [fault]),
    onRefused: (refusal) => refusals.tell(refusal),
  };
}

async function followStatus(
  agent: MobilityAgent,
  control: { statusChanged(): void },
  { countFaults, signal }: { readonly countFaults: ReturnType<typeof faultCounter>; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await orAborted(agent.statusChanged(), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    countFaults(agent.status());
    control.statusChanged();
  }
}

/** Does it when it is called first. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
