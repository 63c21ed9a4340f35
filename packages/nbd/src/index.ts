export { NbdClient, type NbdClientOptions } from "./client.ts";
export { NBD_CLIENT_LIMITS, type NbdClientLimits } from "./client-limits.ts";
export { type NbdExport, type NbdExports, singleExport } from "./exports.ts";
export { connectNbd } from "./node-connect.ts";
export { NbdListener, type NbdListenerOptions } from "./node-listener.ts";
export { type NbdClientTlsOptions, type NbdTlsOptions, nodeClientTls, nodeServerTls } from "./node-tls.ts";
export { type NbdConnectionReport, NbdServer, type NbdServerOptions } from "./server.ts";
export { NBD_SERVER_LIMITS, type NbdServerLimits } from "./server-limits.ts";
export { formatNbdUri, NBD_PORT, type NbdAddress, type NbdUri, parseNbdUri } from "./uri.ts";
