export { connectedPair } from "./connected-pair.ts";
export { type Peer, peer } from "./peer.ts";
export { type PeerRun, PeerServer, runPeer } from "./peer-process.ts";
