import { ContainerClient, newPipeline, StorageSharedKeyCredential } from "@azure/storage-blob";
import { storeAgent } from "../node-store-agent.ts";
import { AZURITE, type PeerStore } from "./node-peer-store.ts";

/** Makes a container: stores are given one that is there. */
export async function makeContainer(azurite: PeerStore, name: string): Promise<void> {
  const agent = storeAgent(azurite.certificate.ca);
  const pipeline = newPipeline(new StorageSharedKeyCredential(AZURITE.account, AZURITE.accountKey));
  pipeline.factories.push({
    create: (next) => ({ sendRequest: (request) => next.sendRequest(Object.assign(request, { agent })) }),
  });
  await new ContainerClient(`https://127.0.0.1:${azurite.port}/${AZURITE.account}/${name}`, pipeline).create();
  agent.destroy();
}
