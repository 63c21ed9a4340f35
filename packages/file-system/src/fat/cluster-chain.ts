import type { Extent } from "@leeward/block";
import { damaged } from "../faults.ts";
import type { Volume } from "../volume.ts";
import type { FatGeometry } from "./boot-sector.ts";

/** Adjoining clusters are read together, up to so many bytes. */
const RUN_BYTES_MAX = 1 << 20;

/** The file allocation table: for each cluster the next one of its file. */
export class ClusterChain {
  readonly #volume: Volume;
  readonly #geometry: FatGeometry;

  constructor(volume: Volume, geometry: FatGeometry) {
    this.#volume = volume;
    this.#geometry = geometry;
  }

  /**
   * The places of a chain in order, until it ends or has given `clustersMax` clusters.
   * @throws Fault `file-system-damaged` when it leads outside, to a free or bad cluster, or to one that it has been at
   */
  async *extents(first: number, clustersMax: number): AsyncGenerator<Extent> {
    const { clusterBytes, dataOffset } = this.#geometry;
    let run: { offset: number; length: number } | undefined;
    let cluster: number | undefined = first;
    const met = new Uint8Array(Math.ceil((this.#geometry.clusters + 2) / 8));
    for (let count = 0; cluster !== undefined && count < clustersMax; count += 1) {
      this.#requireInside(cluster);
      requireNew(met, cluster);
      const offset = dataOffset + (cluster - 2) * clusterBytes;
      if (run !== undefined && offset === run.offset + run.length && run.length + clusterBytes <= RUN_BYTES_MAX)
        run.length += clusterBytes;
      else {
        if (run !== undefined) yield run;
        run = { offset, length: clusterBytes };
      }
      cluster = await this.#next(cluster);
    }
    if (run !== undefined) yield run;
  }

  async #next(cluster: number): Promise<number | undefined> {
    const { bits, fatOffset } = this.#geometry;
    const at = fatOffset + Math.floor((cluster * bits) / 8);
    const bytes = new Uint8Array(bits === 32 ? 4 : 2);
    await this.#volume.read(at, bytes);
    const raw = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
    const value = bits === 12 ? (cluster % 2 === 0 ? raw & 0xfff : raw >> 4) : bits === 16 ? raw : raw % 2 ** 28;
    return value >= 2 ** Math.min(bits, 28) - 8 ? undefined : value;
  }

  #requireInside(cluster: number): void {
    if (cluster < 2 || cluster > this.#geometry.clusters + 1)
      throw damaged("FAT", `a chain leads to cluster ${cluster}, which holds no data`);
  }
}

/** One bit for each cluster: a circle would give out the same bytes again and again as if they were the file's. */
function requireNew(met: Uint8Array, cluster: number): void {
  const [at, bit] = [cluster >> 3, 1 << (cluster & 7)];
  if (((met[at] ?? 0) & bit) !== 0) throw damaged("FAT", "a chain of clusters is a circle");
  met[at] = (met[at] ?? 0) | bit;
}
