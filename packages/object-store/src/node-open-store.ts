import type { World } from "@leeward/world";
import { FolderStore } from "./node-folder-store.ts";
import { readAuthorities, readCredentials } from "./node-secret-file.ts";
import type { ObjectStore } from "./object-store.ts";
import { parseAzureCredentials, parseS3Credentials } from "./store-credentials.ts";
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
  const text = credentialsFile === undefined ? undefined : await readCredentials(credentialsFile);
  const caPem = caFile === undefined ? undefined : await readAuthorities(caFile);
  switch (address.kind) {
    case "azure": {
      const { openAzureStore } = await import("./node-azure-store.ts");
      const credentials =
        text === undefined ? ({ kind: "entra" } as const) : parseAzureCredentials(credentialsFile ?? "", text);
      return openAzureStore({ address, credentials, caPem }, world);
    }
    case "s3": {
      const { openS3Store } = await import("./node-s3-store.ts");
      const credentials =
        text === undefined ? ({ kind: "chain" } as const) : parseS3Credentials(credentialsFile ?? "", text);
      return openS3Store({ address, credentials, caPem }, world);
    }
  }
}
