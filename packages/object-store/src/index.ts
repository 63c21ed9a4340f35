export { LeasedStore } from "./leased-store.ts";
export { openStore, type StorePlace } from "./node-open-store.ts";
export {
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
export { requestsPerGb } from "./request-counts.ts";
export { parseStoreUrl, type StoreAddress } from "./store-url.ts";
