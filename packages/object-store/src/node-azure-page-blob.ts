// Page blobs by the REST API of the Storage services. Every call may be sent again without harm, so the library's own retries do: what was written or cleared twice is the same, and a snapshot
// that was taken twice is only one more.
import type { BlobLeaseClient, ContainerClient, PageBlobClient } from "@azure/storage-blob";
import { isRestError } from "@azure/storage-blob";
import { type AzureStorePlace, azureRefusal, bufferOf, containerClient } from "./node-azure-store.ts";
import { storeAgent } from "./node-store-agent.ts";
import type { BlobMetadata, BlobSnapshot, PageBlob, PageBlobStatus, PageExtent } from "./page-blob.ts";
import { pageBlobBusy, pageBlobUnsuitable } from "./page-blob-faults.ts";
import { faultOfRefusal, type RemoteStoreWorld } from "./remote-store.ts";
import { storeFailed, storeUnreachable } from "./store-faults.ts";

/** With the library's waits between them, which double, they take about a minute. */
const TRIES = 5;
/** Seconds; the service takes 15 to 60. */
const LEASE_SECONDS = 60;

/** The page blob whose name is the address's prefix; nothing is asked yet. */
export async function azurePageBlob(place: AzureStorePlace, world: RemoteStoreWorld): Promise<PageBlob> {
  const agent = storeAgent(place.caPem);
  const container = await containerClient(place, { agent, tries: TRIES });
  const { account, container: name, prefix } = place.address;
  return new AzurePageBlob({
    container,
    blob: container.getPageBlobClient(prefix),
    place: `azure://${account}/${name}/${prefix}`,
    world,
    close: () => agent.destroy(),
  });
}

interface Parts {
  readonly container: ContainerClient;
  readonly blob: PageBlobClient;
  readonly place: string;
  readonly world: RemoteStoreWorld;
  readonly close: () => void;
}

class AzurePageBlob implements PageBlob {
  readonly place: string;
  readonly #blob: PageBlobClient;
  readonly #parts: Parts;
  #lease: BlobLeaseClient | undefined;

  constructor(parts: Parts) {
    this.place = parts.place;
    this.#blob = parts.blob;
    this.#parts = parts;
  }

  async status(abortSignal: AbortSignal): Promise<PageBlobStatus | undefined> {
    const found = await this.#asked(abortSignal, async () => {
      try {
        return await this.#blob.getProperties({ abortSignal });
      } catch (error) {
        // A container that is not there answers 404 as well, without a body that says so; `create` tells it then.
        if (isRestError(error) && error.statusCode === 404) return undefined;
        throw error;
      }
    });
    if (found === undefined) return undefined;
    if (found.blobType !== "PageBlob") {
      throw pageBlobUnsuitable(this.place, `a ${String(found.blobType)} lies there, and no page blob`);
    }
    return { sizeBytes: found.contentLength ?? 0, tag: tagOf(found.etag), metadata: { ...found.metadata } };
  }

  async create(sizeBytes: number, metadata: BlobMetadata, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () =>
      this.#blob.create(sizeBytes, { metadata: { ...metadata }, conditions: { ifNoneMatch: "*" }, abortSignal }),
    );
  }

  async lease(abortSignal: AbortSignal): Promise<void> {
    const lease = this.#blob.getBlobLeaseClient();
    await this.#asked(abortSignal, () => lease.acquireLease(LEASE_SECONDS, { abortSignal }));
    this.#lease = lease;
  }

  async renewLease(abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, async () => this.#lease?.renewLease({ abortSignal }));
  }

  async releaseLease(abortSignal: AbortSignal): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await this.#asked(abortSignal, async () => lease?.releaseLease({ abortSignal }));
  }

  async resize(sizeBytes: number, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () => this.#blob.resize(sizeBytes, this.#options(abortSignal)));
  }

  async write(offset: number, bytes: Uint8Array, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () =>
      this.#blob.uploadPages(bufferOf(bytes), offset, bytes.length, this.#options(abortSignal)),
    );
  }

  async clear({ offset, length }: PageExtent, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () => this.#blob.clearPages(offset, length, this.#options(abortSignal)));
  }

  async describe(metadata: BlobMetadata, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () => this.#blob.setMetadata({ ...metadata }, this.#options(abortSignal)));
  }

  async snapshot(metadata: BlobMetadata, abortSignal: AbortSignal): Promise<string> {
    const options = { ...this.#options(abortSignal), metadata: { ...metadata } };
    const { snapshot } = await this.#asked(abortSignal, () => this.#blob.createSnapshot(options));
    if (snapshot === undefined) throw storeFailed(this.place, "a snapshot without an id");
    return snapshot;
  }

  async snapshots(abortSignal: AbortSignal): Promise<readonly BlobSnapshot[]> {
    const found: BlobSnapshot[] = [];
    await this.#asked(abortSignal, async () => {
      const { name } = this.#blob;
      const listed = this.#parts.container.listBlobsFlat({
        prefix: name,
        includeSnapshots: true,
        includeMetadata: true,
        abortSignal,
      });
      found.length = 0;
      for await (const item of listed) {
        if (item.name === name && item.snapshot !== undefined && item.snapshot !== "") {
          found.push({ id: item.snapshot, metadata: { ...item.metadata } });
        }
      }
    });
    return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async removeSnapshot(id: string, abortSignal: AbortSignal): Promise<void> {
    await this.#asked(abortSignal, () => this.#blob.withSnapshot(id).deleteIfExists({ abortSignal }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#parts.close();
    await Promise.resolve();
  }

  #options(abortSignal: AbortSignal) {
    const leaseId = this.#lease?.leaseId;
    return { abortSignal, conditions: leaseId === undefined ? {} : { leaseId } };
  }

  async #asked<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      signal.throwIfAborted();
      if (isRestError(error) && error.code?.startsWith("Lease") === true) throw pageBlobBusy(this.place, error);
      if (isRestError(error) && error.code === "InvalidBlobType") {
        throw pageBlobUnsuitable(this.place, "a blob of another kind lies there", error);
      }
      const refusal = azureRefusal(error, this.#parts.world.clock.wallMicros());
      if (refusal === undefined) throw error;
      if (refusal.kind === "later") throw storeUnreachable(this.place, refusal.why, error);
      throw faultOfRefusal(refusal, { key: this.#blob.name, place: this.place }, error);
    }
  }
}

function tagOf(etag: string | undefined): string {
  return (etag ?? "").replaceAll('"', "");
}
