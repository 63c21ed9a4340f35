import {
  advertisedEndpoint,
  ControlSession,
  countingNetwork,
  type DaemonContext,
  enrol,
  hostHealth,
  ownSender,
  type RawSettings,
  RefusalReports,
  renewByKey,
  runDaemon,
  serverEndpoints,
} from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import { LeasedStore, type ObjectStore, openStore } from "@leeward/object-store";
import type { MasterTargetStatus } from "@leeward/proto";
import { type HostKind, openRecoveryHost } from "@leeward/recovery-host";
import { tlsNetwork } from "@leeward/wire";
import type { World } from "@leeward/world";
import { MASTER_TARGET_SETTINGS } from "./config.ts";
import { gauge } from "./gauges.ts";
import { MasterTarget } from "./master-target.ts";
import { SOFTWARE_VERSION } from "./version.ts";

const HOME_VERSION = 1;
const HOST_KINDS: readonly HostKind[] = ["qemu", "libvirt", "none"];

type Settings = DaemonContext<typeof MASTER_TARGET_SETTINGS>["config"]["value"];

export interface MasterTargetStart {
  /** Absolute. */
  readonly home: string;
  readonly world: World;
  /** Settings of the command line, by key; those of config.yaml hold where none is given. */
  readonly overrides: RawSettings["overrides"];
}

/** Runs the master target of a home until it is told to stop; the process ends with it. */
export function start(options: MasterTargetStart): Promise<never> {
  const { home, world, overrides } = options;
  return runDaemon({
    role: "master-target",
    home,
    homeVersion: HOME_VERSION,
    settings: MASTER_TARGET_SETTINGS,
    overrides,
    world,
    run: runMasterTarget,
  });
}

async function runMasterTarget(context: DaemonContext<typeof MASTER_TARGET_SETTINGS>): Promise<void> {
  const { world, home, config, trace, signal } = context;
  const { server: serverUrl, tokenFile, name, listen, advertise, targetPort, reserveBytes } = config.value;
  await using store = await storeOf(config.value, world);
  await world.files.makeFolder(`${home}/identity`);
  const keyStore = await KeyStore.open(world, `${home}/identity`);
  const servers = serverEndpoints(serverUrl);
  await enrol({ files: world.files, keyStore, servers, tokenFile, ...(name === "" ? {} : { name }) }, signal);
  const late: { control?: ControlSession<"masterTargetPlan"> } = {};
  const refusals = new RefusalReports(
    world.clock,
    (event) => late.control?.report(event),
    (refusal) => context.metrics.refused(refusal),
  );
  const tls = tlsNetwork({ keyStore, onRefused: (refused) => refusals.tellConnection(refused) });
  const network = countingNetwork(tls, context.metrics);
  const target = await MasterTarget.open({
    world,
    network,
    listen: { host: listen, port: targetPort },
    home,
    ...(store && { store }),
    softwareVersion: SOFTWARE_VERSION,
    unwrap: (jwe, keyId) => keyStore.unwrap(jwe, keyId),
    id: keyStore.identity?.id ?? "",
    reserveBytes,
    hosts: {
      open: (kind) => openRecoveryHost({ kind, above: `${home}/hosts`, folder: `${home}/hosts/${kind}` }),
      used: async () => {
        const folders = await world.files.list(`${home}/hosts`);
        return HOST_KINDS.filter((kind) => folders.includes(kind));
      },
    },
    onEvent: (event) => late.control?.report(event),
    onRefused: (refusal) => refusals.tell(refusal),
    onPointStored: () => late.control?.statusChanged(),
    trace,
    onFault: (fault) => trace.warn("A session or an opened point ended.", { fault }),
  });
  const health = hostHealth();
  let told: MasterTargetStatus | undefined;
  gauge(context.metrics, () => told);
  const sender = ownSender(world.random);
  const address = advertisedEndpoint(advertise, { host: listen, port: target.endpoint.port });
  const control = await ControlSession.open({
    world,
    trace,
    network,
    keyStore,
    servers,
    renewByKey: (inner) => renewByKey({ keyStore, servers }, inner),
    home,
    planKind: "masterTargetPlan",
    softwareVersion: SOFTWARE_VERSION,
    sender: () => sender,
    apply: (plan, inner) => target.apply(plan, inner),
    status: async () => {
      told = { ...(await target.status()), targetAddress: address, health: health() };
      return { kind: "masterTargetStatus", value: told };
    },
    answer: (body, inner) => target.answer(body, inner),
  });
  late.control = control;
  await context.ready({ targetUrl: `https://${address.host}:${address.port}` });
  await Promise.all([target.run(signal), control.run(signal)]);
}

/** The object store of the settings; undefined when the journals lie in the home. @throws Fault as `openStore` */
async function storeOf(
  { store: url, storeCredentialsFile, storeCaFile }: Settings,
  world: World,
): Promise<ObjectStore | undefined> {
  if (url === "") return undefined;
  const credentials = storeCredentialsFile === "" ? {} : { credentialsFile: storeCredentialsFile };
  const store = await openStore({ url, ...credentials, ...(storeCaFile === "" ? {} : { caFile: storeCaFile }) }, world);
  return store.isConditional ? store : new LeasedStore({ ...world, store });
}
