import type { World } from "@leeward/world";
import { FolderStore } from "./node-folder-store.ts";
import { readAuthorities, readCredentials } from "./node-secret-file.ts";
import type { ObjectStore } from "./object-store.ts";
import type { AzureCredentials, S3Credentials } from "./store-credentials.ts";
import { storeCredentialsInvalid } from "./store-faults.ts";
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
 * Opens a store. The library of its kind is loaded with the first store of that kind.
 * @throws Fault `store-url-invalid`, `store-credentials-invalid`, `store-ca-invalid`, `store-missing`, `store-denied`, `store-untrusted`, `store-unreachable`
 */
export async function openStore(
  { url, credentialsFile, caFile }: StorePlace,
  world: Pick<World, "clock" | "random">,
): Promise<ObjectStore> {
  const address = parseStoreUrl(url);
  if (address.kind === "folder") {
    if (credentialsFile !== undefined) throw storeCredentialsInvalid(credentialsFile, "a folder takes none");
    return FolderStore.open(world, address.folder);
  }
  const caPem = caFile === undefined ? undefined : await readAuthorities(caFile);
  switch (address.kind) {
    case "azure": {
      const { openAzureStore } = await import("./node-azure-store.ts");
      const credentials = await azureCredentials(credentialsFile);
      return openAzureStore({ address, credentials, caPem }, world);
    }
    case "s3": {
      const { openS3Store } = await import("./node-s3-store.ts");
      const credentials = await s3Credentials(credentialsFile);
      return openS3Store({ address, credentials, caPem }, world);
    }
  }
}

/** Those of the file; without one, what the machine has been given itself. */
export async function azureCredentials(file: string | undefined): Promise<AzureCredentials> {
  if (file === undefined) return { kind: "entra" };
  const { parseAzureCredentials } = await import("./store-credentials.ts");
  return parseAzureCredentials(file, await readCredentials(file));
}

async function s3Credentials(file: string | undefined): Promise<S3Credentials> {
  if (file === undefined) return { kind: "chain" };
  const { parseS3Credentials } = await import("./store-credentials.ts");
  return parseS3Credentials(file, await readCredentials(file));
}
