export { connectedPair } from "./connected-pair.ts";
export { type Peer, peer } from "./peer.ts";
