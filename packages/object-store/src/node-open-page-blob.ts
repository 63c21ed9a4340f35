import type { World } from "@leeward/world";
import { azureCredentials, type StorePlace } from "./node-open-store.ts";
import { readAuthorities } from "./node-secret-file.ts";
import type { ObjectStore } from "./object-store.ts";
import type { PageBlob } from "./page-blob.ts";
import { storeUrlInvalid } from "./store-faults.ts";
import { parseStoreUrl } from "./store-url.ts";

/** A page blob, and what lies beside it. */
export interface PublishedPlace extends AsyncDisposable {
  readonly blob: PageBlob;
  /** The blob's last segment. */
  readonly name: string;
  /** The objects beside the blob, by keys that are names. */
  readonly beside: ObjectStore;
}

/**
 * Opens the page blob that the URL names, `azure://ACCOUNT/CONTAINER/[PREFIX/]NAME`, whether there is one or not yet. The library is loaded with the first.
 * @throws Fault as `openStore`
 */
export async function openPageBlob(
  { url, credentialsFile, caFile }: StorePlace,
  world: Pick<World, "clock" | "random">,
): Promise<PublishedPlace> {
  const address = parseStoreUrl(url);
  if (address.kind !== "azure")
    throw storeUrlInvalid("a disk is published to azure://ACCOUNT/CONTAINER/NAME.vhd alone");
  const segments = address.prefix.split("/");
  const name = segments.pop() ?? "";
  if (name === "") throw storeUrlInvalid("behind the container it has no name for the blob");
  const caPem = caFile === undefined ? undefined : await readAuthorities(caFile);
  const credentials = await azureCredentials(credentialsFile);
  const { openAzureStore } = await import("./node-azure-store.ts");
  const { azurePageBlob } = await import("./node-azure-page-blob.ts");
  const place = { address, credentials, caPem };
  await using opened = new AsyncDisposableStack();
  const beside = opened.use(
    await openAzureStore({ ...place, address: { ...address, prefix: segments.join("/") } }, world),
  );
  const blob = opened.use(await azurePageBlob(place, world));
  const kept = opened.move();
  return { blob, name, beside, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
