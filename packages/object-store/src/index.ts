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
