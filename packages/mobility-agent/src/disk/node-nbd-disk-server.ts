import type { BlockDevice } from "@leeward/block";
import { formatNbdUri, NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import type { Clock } from "@leeward/world";
import type { DiskServer } from "./served-disk.ts";

/** Serves the disk over NBD on a Unix socket. */
export async function serveOverNbd(device: BlockDevice, socketPath: string, clock: Clock): Promise<DiskServer> {
  const server = new NbdServer({ exports: singleExport(device), clock });
  const listener = await NbdListener.open(server, { path: socketPath });
  return {
    uri: formatNbdUri({ address: { path: socketPath }, exportName: "", tls: false }),
    clients: () => server.connections,
    run: (signal) => listener.run(signal),
  };
}
