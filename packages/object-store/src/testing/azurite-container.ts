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

/** Makes a container, which no store of ours does by itself. */
export async function makeAzuriteContainer(container: AzuriteContainer): Promise<void> {
  const { name, port, certificate, account, accountKey } = container;
  const agent = storeAgent(certificate.ca);
  const pipeline = newPipeline(new StorageSharedKeyCredential(account, accountKey));
  pipeline.factories.push({
    create: (next) => ({ sendRequest: (request) => next.sendRequest(Object.assign(request, { agent })) }),
  });
  try {
    await new ContainerClient(`https://127.0.0.1:${port}/${account}/${name}`, pipeline).create();
  } finally {
    agent.destroy();
  }
}
