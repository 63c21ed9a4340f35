import { Fault, orAborted } from "@leeward/base";
import { linkPurpose, openCacheContainer } from "@leeward/cache-account";
import {
  advertisedEndpoint,
  bandwidthGauges,
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
  serverUnreachable,
  systemZone,
  together,
} from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import type { StoredReleases } from "@leeward/push-install";
import { tlsNetwork } from "@leeward/wire";
import type { Network, World } from "@leeward/world";
import { PROCESS_SERVER_SETTINGS } from "./config.ts";
import { gauge } from "./gauges.ts";
import { ProcessServer } from "./process-server.ts";
import { PushAnswers } from "./push/push-answer.ts";
import { SOFTWARE_VERSION } from "./version.ts";

const HOME_VERSION = 1;
const MS_PER_HOUR = 3_600_000;

export interface ProcessServerStart {
  /** Absolute. */
  readonly home: string;
  readonly world: World;
  /** Settings of the command line, by key; those of config.yaml hold where none is given. */
  readonly overrides: RawSettings["overrides"];
}

type Context = DaemonContext<typeof PROCESS_SERVER_SETTINGS>;
type Control = ControlSession<"processServerPlan">;

/** Runs the process server of a home until it is told to stop; the process ends with it. */
export function start(options: ProcessServerStart): Promise<never> {
  const { home, world, overrides } = options;
  return runDaemon({
    role: "process-server",
    home,
    homeVersion: HOME_VERSION,
    settings: PROCESS_SERVER_SETTINGS,
    overrides,
    world,
    run: runProcessServer,
  });
}

async function runProcessServer(context: Context): Promise<void> {
  const { world, home, config, signal } = context;
  const { server, tokenFile, name } = config.value;
  await world.files.makeFolder(`${home}/identity`);
  const keyStore = await KeyStore.open(world, `${home}/identity`);
  const servers = serverEndpoints(server);
  await enrol({ files: world.files, keyStore, servers, tokenFile, ...(name !== "" && { name }) }, signal);
  const ready = Promise.withResolvers<string>();
  // The server speaks to the control session, and the control session of the server: the one that is made later is put in here.
  const link: { control?: Control } = {};
  const refusals = new RefusalReports(
    world.clock,
    (event) => link.control?.report(event),
    (refusal) => context.metrics.refused(refusal),
  );
  const tls = tlsNetwork({ keyStore, onRefused: (refused) => refusals.tellConnection(refused) });
  const network = countingNetwork(tls, context.metrics);
  const processServer = makeServer(context, { keyStore, network, link, refusals, onListening: ready.resolve });
  gauge(context.metrics, () => processServer.status());
  bandwidthGauges(context.metrics, () => processServer.bandwidth());
  const control = await openControl(context, { keyStore, network, servers, processServer, link });
  link.control = control;
  await together(signal, [
    (inner) => processServer.run(inner),
    (inner) => control.run(inner),
    async (inner) => context.ready({ dataUrl: await orAborted(ready.promise, inner) }),
  ]);
}

interface Parts {
  readonly keyStore: KeyStore;
  readonly network: Network;
}

function makeServer(
  { world, home, config, trace }: Context,
  parts: Parts & {
    readonly link: { readonly control?: Control };
    readonly refusals: RefusalReports;
    readonly onListening: (url: string) => void;
  },
): ProcessServer {
  const { listen, dataPort, advertise, reserveBytes, leftCacheHours } = config.value;
  return new ProcessServer({
    world,
    network: parts.network,
    home,
    listen: { host: listen, port: dataPort },
    dataAddress: ({ port }) => advertisedEndpoint(advertise, { host: listen, port }),
    softwareVersion: SOFTWARE_VERSION,
    reserveBytes,
    leftCacheKeptMs: leftCacheHours * MS_PER_HOUR,
    unwrapKey: (jwe, keyId) => parts.keyStore.unwrap(jwe, keyId),
    openContainer: async ({ storeUrl: url, machine }) => {
      const { storeCredentialsFile, storeCaFile } = config.value;
      const { keyStore } = parts;
      const ends = { machineId: machine.peerId, processServerId: keyStore.identity?.id ?? "" };
      const key = keyStore.agreedSecret(machine.publicKey, linkPurpose(ends));
      const place = { url, ...(storeCredentialsFile !== "" && { credentialsFile: storeCredentialsFile }) };
      return openCacheContainer(
        { ...place, ...(storeCaFile !== "" && { caFile: storeCaFile }) },
        { ...ends, key },
        world,
      );
    },
    health: hostHealth(),
    timeZone: systemZone(),
    onStatus: () => parts.link.control?.statusChanged(),
    onRefused: (refusal) => parts.refusals.tell(refusal),
    onEvent: (event) => parts.link.control?.report(event),
    onListening: ({ host, port }) => parts.onListening(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    trace,
  });
}

function openControl(
  { world, home, trace }: Context,
  parts: Parts & {
    readonly servers: ReturnType<typeof serverEndpoints>;
    readonly processServer: ProcessServer;
    readonly link: { readonly control?: Control };
  },
): Promise<Control> {
  const { keyStore, network, servers, processServer } = parts;
  const pushes = new PushAnswers({
    world,
    home,
    keyStore,
    trace,
    stored: (signal) => storedReleases(parts.link, signal),
  });
  const sender = ownSender(world.random);
  return ControlSession.open({
    world,
    trace,
    network,
    keyStore,
    servers,
    renewByKey: (signal) => renewByKey({ keyStore, servers }, signal),
    home,
    planKind: "processServerPlan",
    softwareVersion: SOFTWARE_VERSION,
    sender: () => sender,
    apply: async (plan) => processServer.apply(plan),
    status: () => ({ kind: "processServerStatus", value: processServer.status() }),
    answer: async (body, signal) => {
      const { kind } = body;
      if (kind === "pushAgent") {
        return { kind: "pushReport", value: await pushes.answer(body.value, signal) };
      }
      if (kind === "listMoments") return { kind: "momentList", value: processServer.momentsOf(body.value) };
      if (kind === "wrapKey") return { kind: "wrappedKey", value: await processServer.wrapKey(body.value) };
      throw new Fault({
        code: "request-unsupported",
        kind: "operator",
        message: `A process server does not answer ${kind}.`,
        remedy: "Bring both sides to the same release; upgrade the config server first.",
      });
    },
  });
}

/** The releases that the config server keeps, for as long as `signal` allows. */
function storedReleases(link: { readonly control?: Control }, signal: AbortSignal): StoredReleases {
  const control = (): Control => {
    if (link.control === undefined) throw serverUnreachable();
    return link.control;
  };
  return {
    list: async () => (await control().ask({ kind: "listReleases", value: {} }, signal)).items,
    read: async (value) => (await control().ask({ kind: "readRelease", value }, signal)).content,
  };
}
