import type { World } from "@leeward/world";
import { FolderStore } from "./node-folder-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { storeCredentialsInvalid, storeUrlInvalid } from "./store-faults.ts";
import { parseStoreUrl } from "./store-url.ts";

export interface StorePlace {
  /** As parseStoreUrl takes it. */
  readonly url: string;
  /** The file of credentials; without it, what the machine has been given itself. A folder has none. */
  readonly credentialsFile?: string;
  /** PEM of the authorities that vouch for the store; the public ones without it. */
  readonly caFile?: string;
}

/**
 * Opens a store.
 * @throws Fault `store-url-invalid`, `store-credentials-invalid`, `store-ca-invalid`, `store-missing`, `store-denied`, `store-unreachable`
 */
export async function openStore(
  { url, credentialsFile }: StorePlace,
  world: Pick<World, "clock" | "random">,
): Promise<ObjectStore> {
  const address = parseStoreUrl(url);
  if (address.kind !== "folder") throw storeUrlInvalid(`this release does not open stores of ${address.kind}`);
  if (credentialsFile !== undefined) throw storeCredentialsInvalid(credentialsFile, "a folder takes none");
  return FolderStore.open(world, address.folder);
}
