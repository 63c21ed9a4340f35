export { LIMITS } from "./limits.ts";
export { ProcessServer, type ProcessServerOptions } from "./process-server.ts";
