import { posix } from "node:path";
import { randomId } from "@leeward/base";
import { formatNbdUri, NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import type { CliHost, CommandContext } from "../command-context.ts";
import { printDocument } from "../output.ts";
import { type OfflinePlace, openPointOffline } from "./offline-machines.ts";

export interface ServeWanted {
  readonly at: string;
  /** Absolute; undefined makes a private folder and a socket in it. */
  readonly socket: string | undefined;
}

/**
 * Serves a point of one disk over NBD, read-only, until SIGINT or SIGTERM. Prints the ready document once clients are taken.
 * @throws Fault as `openPointOffline`, `nbd-listen-failed`
 */
export async function servePointOffline(
  context: CommandContext,
  place: OfflinePlace,
  wanted: ServeWanted,
): Promise<void> {
  const { host } = context;
  const { world, signal } = host;
  await using open = await openPointOffline(place, wanted.at);
  await using device = open.journal.openPoint(open.point.id);
  await using cleanup = new AsyncDisposableStack();
  const path = wanted.socket ?? (await privateSocket(host, cleanup));
  const { diskName, machineName } = open.disk;
  const server = new NbdServer({ clock: world.clock, exports: singleExport(device) });
  await using listener = await NbdListener.open(server, { path });
  const document = {
    event: "ready",
    pid: host.processId,
    id: randomId(world.random),
    point: open.point.id,
    machine: open.journal.machineId,
    disk: open.journal.diskId,
    nbdUri: formatNbdUri({ address: listener.address, exportName: "", tls: false }),
    readOnly: true,
    sizeBytes: device.sizeBytes,
  };
  printDocument(
    context,
    document,
    ({ nbdUri }) => `${machineName}/${diskName} is served at ${nbdUri}, read-only, until Ctrl-C.`,
  );
  await listener.run(signal);
}

async function privateSocket({ world, environment }: CliHost, cleanup: AsyncDisposableStack): Promise<string> {
  const above = environment["XDG_RUNTIME_DIR"] ?? environment["TMPDIR"] ?? "/tmp";
  const folder = posix.resolve("/", above, `leeward-${randomId(world.random).slice(0, 12)}`);
  await world.files.makeFolder(folder);
  cleanup.defer(() => world.files.removeFolder(folder));
  return `${folder}/point.sock`;
}
