import { ContainerClient, newPipeline, StorageSharedKeyCredential } from "@azure/storage-blob";
import { storeAgent } from "../node-store-agent.ts";
import { AZURITE, type PeerStore } from "./node-peer-store.ts";

/** Makes a container, which no store of ours does by itself. */
export async function makeAzuriteContainer({ port, certificate }: PeerStore, name: string): Promise<void> {
  const agent = storeAgent(certificate.ca);
  const pipeline = newPipeline(new StorageSharedKeyCredential(AZURITE.account, AZURITE.accountKey));
  pipeline.factories.push({
    create: (next) => ({ sendRequest: (request) => next.sendRequest(Object.assign(request, { agent })) }),
  });
  try {
    await new ContainerClient(`https://127.0.0.1:${port}/${AZURITE.account}/${name}`, pipeline).create();
  } finally {
    agent.destroy();
  }
}
