import type { ApiClient } from "@leeward/api";
import { Fault } from "@leeward/base";
import type { KeyStore } from "@leeward/identity";
import { readFile, type World } from "@leeward/world";

const CONFIG_BYTES_MAX = 1 << 20;

/** Calls the config server of a daemon's home by its certificate. @throws Fault `config-invalid`, and what the calls throw */
export async function callAsMember<T>(
  { world, home, store }: { readonly world: World; readonly home: string; readonly store: KeyStore },
  work: (client: ApiClient) => Promise<T>,
): Promise<T> {
  const { ApiClient } = await import("@leeward/api");
  const { nodeTransport } = await import("@leeward/api/node");
  const { atFirstServer, serverEndpoints } = await import("@leeward/daemon");
  const { outboundAgent } = await import("@leeward/world");
  const { certificatePem, keyPem, caPem } = store.credentials();
  return atFirstServer(serverEndpoints(await serverOf(world, home)), async ({ host, port }) => {
    const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const certificate = { certificatePem, keyPem };
    const client = new ApiClient({ transport: nodeTransport({ url, caPem, certificate, makeAgent: outboundAgent }) });
    try {
      return await work(client);
    } finally {
      client.close();
    }
  });
}

async function serverOf(world: World, home: string): Promise<string> {
  const path = `${home}/config.yaml`;
  const { parse } = await import("yaml");
  const document: unknown = parse(new TextDecoder().decode(await readFile(world.files, path, CONFIG_BYTES_MAX)));
  const server: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "server") : undefined;
  if (typeof server === "string") return server;
  throw new Fault({
    code: "config-invalid",
    kind: "operator",
    message: `${path} names no server.`,
    remedy: "Correct the line that the message names; `--help` of the daemon lists its settings.",
    detail: { path },
  });
}
