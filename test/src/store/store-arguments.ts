import type { StorePlace } from "@leeward/object-store";

/** A store, as commands are told of it. */
export function storeArguments({ url, credentialsFile, caFile }: Required<StorePlace>): string[] {
  return ["--store", url, "--store-credentials-file", credentialsFile, "--store-ca-file", caFile];
}
