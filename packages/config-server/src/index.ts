export { CONFIG_SERVER_SETTINGS, type ConfigServerSettings, isStateInHome } from "./config.ts";
export { CONFIG_SERVER_ROLE, restoreConfigServer, type StartOptions, startConfigServer } from "./main.ts";
export { parseDatabaseUrl } from "./store/postgres/database-url.ts";
