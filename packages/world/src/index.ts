export type { Clock } from "./clock.ts";
export { CODECS, type Codec, type Compute } from "./compute.ts";
export {
  type FileHandle,
  type FileStatus,
  type Files,
  type OpenMode,
  readFile,
  replaceFile,
  type SpaceStatus,
} from "./files.ts";
export {
  type Channel,
  type Endpoint,
  type Listener,
  MESSAGE_BYTES_MAX,
  type Network,
  type PeerIdentity,
  type PeerRole,
} from "./network.ts";
export { nodeClock } from "./node-clock.ts";
export { nodeCompute } from "./node-compute.ts";
export { type NodeFilesOptions, nodeFiles } from "./node-files.ts";
export { nodeRandom } from "./node-random.ts";
export type { World } from "./world.ts";
