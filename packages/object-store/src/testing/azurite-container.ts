import { ContainerClient, newPipeline, StorageSharedKeyCredential } from "@azure/storage-blob";
import { storeAgent } from "../node-store-agent.ts";
import type { TestCertificate } from "./node-test-certificate.ts";

export interface AzuriteContainer {
  readonly name: string;
  readonly port: number;
  readonly certificate: TestCertificate;
  readonly account: string;
  readonly accountKey: string;
}

/** The service's own library on a container, as its users use it. */
export interface AzuriteLibrary extends Disposable {
  readonly container: ContainerClient;
}

export function azuriteLibrary({ name, port, certificate, account, accountKey }: AzuriteContainer): AzuriteLibrary {
  const agent = storeAgent(certificate.ca);
  const pipeline = newPipeline(new StorageSharedKeyCredential(account, accountKey));
  pipeline.factories.push({
    create: (next) => ({ sendRequest: (request) => next.sendRequest(Object.assign(request, { agent })) }),
  });
  const container = new ContainerClient(`https://127.0.0.1:${port}/${account}/${name}`, pipeline);
  return { container, [Symbol.dispose]: () => agent.destroy() };
}

/** Makes a container, which no store of ours does by itself. */
export async function makeAzuriteContainer(of: AzuriteContainer): Promise<void> {
  using library = azuriteLibrary(of);
  await library.container.create();
}
