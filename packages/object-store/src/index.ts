export { endedBy } from "./ended-store.ts";
export { LeasedStore } from "./leased-store.ts";
export { openPageBlob, type PublishedPlace } from "./node-open-page-blob.ts";
export { openStore, type StorePlace } from "./node-open-store.ts";
export {
  type HoldObject,
  type Listed,
  type ObjectSource,
  type ObjectStatus,
  type ObjectStore,
  type PutCondition,
  type PutOptions,
  type ReadObject,
  type RequestCounts,
  type StoreKind,
  sourceOfBytes,
} from "./object-store.ts";
export {
  type BlobMetadata,
  type BlobSnapshot,
  PAGE_BYTES,
  PAGES_WRITE_BYTES_MAX,
  type PageBlob,
  type PageBlobStatus,
  type PageExtent,
} from "./page-blob.ts";
export { pageBlobBusy, pageBlobUnsuitable } from "./page-blob-faults.ts";
export { requestsPerGb } from "./request-counts.ts";
export { isStoreFault } from "./store-faults.ts";
export { parseStoreUrl, type StoreAddress } from "./store-url.ts";
