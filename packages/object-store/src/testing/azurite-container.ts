import type { ContainerClient } from "@azure/storage-blob";
import { AZURITE, type PeerStore } from "./node-peer-store.ts";
import type { TestCertificate } from "./node-test-certificate.ts";

export interface AzuriteContainer {
  readonly name: string;
  readonly port: number;
  readonly certificate: TestCertificate;
}

/** Makes a container, which no store of ours does by itself. */
export async function makeAzuriteContainer(container: AzuriteContainer): Promise<void> {
  await using client = await azuriteLibrary(container);
  await client.container.create();
}

/** Downloads a blob of the container that is there from the beginning, or a snapshot of it, as any client does. */
export async function downloadFromAzurite(
  { port, certificate }: Pick<PeerStore, "port" | "certificate">,
  { path, snapshot }: { readonly path: string; readonly snapshot: string | undefined },
  to: string,
): Promise<void> {
  await using client = await azuriteLibrary({ name: "journals", port, certificate });
  const blob = client.container.getBlobClient(path);
  await (snapshot === undefined ? blob : blob.withSnapshot(snapshot)).downloadToFile(to);
}

/** The service's own library on a container, as its users use it. */
export interface AzuriteLibrary extends AsyncDisposable {
  readonly container: ContainerClient;
}

/** The library is loaded with the first. */
export async function azuriteLibrary({ name, port, certificate }: AzuriteContainer): Promise<AzuriteLibrary> {
  const { ContainerClient, newPipeline, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const { storeAgent } = await import("../node-store-agent.ts");
  const { account, accountKey } = AZURITE;
  const agent = storeAgent(certificate.ca);
  const pipeline = newPipeline(new StorageSharedKeyCredential(account, accountKey));
  pipeline.factories.push({
    create: (next) => ({ sendRequest: (request) => next.sendRequest(Object.assign(request, { agent })) }),
  });
  const container = new ContainerClient(`https://127.0.0.1:${port}/${account}/${name}`, pipeline);
  return { container, [Symbol.asyncDispose]: async () => agent.destroy() };
}
