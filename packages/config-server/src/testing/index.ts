export { TRANSITIONS } from "../failover/transitions.ts";
export type { Database } from "../store/database.ts";
export type { FailoverRow } from "../store/failover-rows.ts";
export { openSqlite } from "../store/node-sqlite-database.ts";
export type { Store } from "../store/store.ts";
export { FailoverServer, type FailoverServerOptions } from "./failover-server.ts";
export { PostgresServer, postgres } from "./node-postgres-server.ts";
export { type Visitor, visit, visitorOf } from "./node-visitor.ts";
