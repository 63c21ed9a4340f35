export { BufferPool, type BufferPoolOptions } from "./buffer-pool.ts";
export type { Clock } from "./clock.ts";
export { CODECS, COMPUTE_BYTES_MAX, type Codec, type Compute, frameUndecodable } from "./compute.ts";
export { fileFault } from "./file-faults.ts";
export {
  type BegunRename,
  type FileHandle,
  type FileStatus,
  type Files,
  LARGE_IO_BYTES,
  makeDurableFolder,
  type OpenMode,
  type OpenOptions,
  pastPageCache,
  readFile,
  removeReplaced,
  replaceFile,
  type SpaceStatus,
} from "./files.ts";
export {
  type Channel,
  type Endpoint,
  type Listener,
  messageBytesMax,
  type Network,
  type PeerIdentity,
  type PeerRole,
} from "./network.ts";
export { peerLost, peerRefused, peerSuperseded, peerUnreachable, portTaken } from "./network-faults.ts";
export { AlignedBuffers, alignedBytes, isAligned } from "./node-aligned-bytes.ts";
export { nodeClock } from "./node-clock.ts";
export { type NodeComputeOptions, nodeCompute } from "./node-compute.ts";
export { type NodeFilesOptions, nodeFiles } from "./node-files.ts";
export { outboundAgent } from "./node-outbound-agent.ts";
export { isWindows } from "./node-platform.ts";
export { nodeRandom } from "./node-random.ts";
export { isRooted, rootedPath } from "./rooted-path.ts";
export { WorkMeter, type WorkRates } from "./work-meter.ts";
export type { World } from "./world.ts";
