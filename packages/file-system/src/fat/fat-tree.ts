import { assert } from "@leeward/base";
import { endOf } from "@leeward/block";
import { damaged } from "../faults.ts";
import type { Entry, FileTree, Node, Piece } from "../file-tree.ts";
import type { Volume } from "../volume.ts";
import { type FatGeometry, fatGeometry } from "./boot-sector.ts";
import { ClusterChain } from "./cluster-chain.ts";
import { type FolderEntry, folderEntries } from "./folder-entries.ts";

/** A folder may hold 65,536 entries. */
const FOLDER_BYTES_MAX = 65_536 * 32;
const ROOT_ID = 0;

/** The files of a FAT12, FAT16 or FAT32. */
export class FatTree implements FileTree {
  readonly fileSystem = "vfat";
  readonly replayedBlocks = null;
  readonly label: string;
  readonly #volume: Volume;
  readonly #geometry: FatGeometry;
  readonly #chain: ClusterChain;
  /** First clusters by node. A file without content has none, so nodes are numbered as they are met. */
  readonly #clusters = new Map<Node, number>();
  #met = 0;

  private constructor(volume: Volume, geometry: FatGeometry, label: string) {
    this.#volume = volume;
    this.#geometry = geometry;
    this.#chain = new ClusterChain(volume, geometry);
    this.label = label;
  }

  /** @throws Fault `file-system-damaged` */
  static async open(volume: Volume): Promise<FatTree> {
    const geometry = await fatGeometry(volume);
    if (geometry === undefined) throw damaged("FAT", "its boot sector contradicts itself");
    const bare = new FatTree(volume, geometry, "");
    const { label } = folderEntries(await bare.#folderBytes(await bare.root()));
    return new FatTree(volume, geometry, label);
  }

  async root(): Promise<Node> {
    const { rootCluster, rootBytes } = this.#geometry;
    const facts = { id: ROOT_ID, kind: "folder", mode: null, modifiedMicros: 0, owner: null } as const;
    const root: Node = { ...facts, sizeBytes: rootBytes };
    this.#clusters.set(root, rootCluster);
    return root;
  }

  async list(folder: Node): Promise<readonly Entry[]> {
    const { entries } = folderEntries(await this.#folderBytes(folder));
    return entries.map((entry) => ({ name: new TextEncoder().encode(entry.name), node: this.#nodeOf(entry) }));
  }

  async *content(file: Node): AsyncGenerator<Piece> {
    let left = file.sizeBytes;
    if (left === 0) return;
    const clustersMax = Math.ceil(left / this.#geometry.clusterBytes);
    for await (const { offset, length } of this.#chain.extents(this.#clusterOf(file), clustersMax)) {
      const data = new Uint8Array(length);
      await this.#volume.read(offset, data);
      yield { data: data.subarray(0, Math.min(left, length)) };
      left -= Math.min(left, length);
    }
    if (left > 0) throw damaged("FAT", `a file ends ${left} bytes before its size`);
  }

  async linkTarget(): Promise<Uint8Array> {
    throw damaged("FAT", "it has a link, which none can have");
  }

  /** As written, or by what differs in large and small letters alone. */
  isNamed(entry: Entry, name: Uint8Array): boolean {
    const folded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).toUpperCase();
    return folded(entry.name) === folded(name);
  }

  async #folderBytes(folder: Node): Promise<Uint8Array> {
    const { rootBytes, rootOffset, clusterBytes, bits } = this.#geometry;
    const cluster = this.#clusterOf(folder);
    // A folder in the root says 0 for its parent; of FAT32 no folder begins there.
    if (folder.id === ROOT_ID && bits !== 32) return this.#volume.peek(rootOffset, rootBytes);
    const parts: Uint8Array[] = [];
    const clustersMax = Math.ceil(FOLDER_BYTES_MAX / clusterBytes) + 1;
    for await (const extent of this.#chain.extents(cluster, clustersMax)) {
      assert(endOf(extent) <= this.#volume.sizeBytes, "clusters lie inside of the volume");
      parts.push(await this.#volume.peek(extent.offset, extent.length));
    }
    if (parts.reduce((total, part) => total + part.length, 0) > FOLDER_BYTES_MAX + clusterBytes)
      throw damaged("FAT", "a folder is longer than any can be");
    return new Uint8Array(Buffer.concat(parts));
  }

  #nodeOf(entry: FolderEntry): Node {
    const { folder, readOnly, sizeBytes, modifiedMicros } = entry;
    this.#met += 1;
    // A folder that is met again is seen to be the same: a damaged one may lead in a circle.
    const id = folder ? entry.cluster : this.#geometry.clusters + 2 + this.#met;
    const kind = folder ? "folder" : "file";
    const mode = (folder ? 0o777 : 0o666) & (readOnly ? 0o555 : 0o777);
    const node: Node = { id, kind, sizeBytes: folder ? 0 : sizeBytes, mode, modifiedMicros, owner: null };
    this.#clusters.set(node, entry.cluster);
    return node;
  }

  #clusterOf(node: Node): number {
    const cluster = this.#clusters.get(node);
    assert(cluster !== undefined, "nodes are of this tree");
    return cluster;
  }
}
