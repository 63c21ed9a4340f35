export { MemoryStore, type MemoryStoreHooks, type MemoryStoreOptions } from "./memory-store.ts";
export { type StoreSubject, type StoreSuite, storeSuite } from "./store-suite.ts";
