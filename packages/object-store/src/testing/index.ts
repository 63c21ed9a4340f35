export { MemoryStore, type MemoryStoreHooks, type MemoryStoreOptions } from "./memory-store.ts";
