export { downloadFromAzurite } from "./azurite-container.ts";
export { MemoryPageBlob, type PageBlobHook } from "./memory-page-blob.ts";
export { MemoryStore, type MemoryStoreHooks, type MemoryStoreOptions } from "./memory-store.ts";
export { PeerStore, peerStoreSkip } from "./node-peer-store.ts";
export { type TestCertificate, testCertificate } from "./node-test-certificate.ts";
export { type Misbehaviour, UnrulyProxy } from "./node-unruly-proxy.ts";
export { type StoreSubject, type StoreSuite, storeSuite } from "./store-suite.ts";
