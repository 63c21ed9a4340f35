export { TRANSITIONS } from "../failover/transitions.ts";
export type { FailoverRow } from "../store/failover-rows.ts";
export { type Database, openDatabase } from "../store/node-database.ts";
export type { Store } from "../store/store.ts";
export { FailoverServer, type FailoverServerOptions } from "./failover-server.ts";
