export { PROCESS_SERVER_SETTINGS, type ProcessServerSettings } from "./config.ts";
export { LIMITS } from "./limits.ts";
export { type ProcessServerStart, start } from "./main.ts";
export { ProcessServer, type ProcessServerOptions } from "./process-server.ts";
