export { MemoryStore, type MemoryStoreHooks, type MemoryStoreOptions } from "./memory-store.ts";
export { makeContainer } from "./node-azurite-container.ts";
export { AZURITE, PeerStore, peerStoreSkip, S3RVER } from "./node-peer-store.ts";
export { type StoreSubject, type StoreSuite, storeSuite } from "./store-suite.ts";
