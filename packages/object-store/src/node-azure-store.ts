// Azure Blob: block blobs in a container, by the REST API of the Storage services as @azure/storage-blob speaks it. Its own retries are switched off: RemoteStore is the one place of them.
import type { Agent } from "node:https";
import {
  AnonymousCredential,
  type BlobPrefix,
  type BlobRequestConditions,
  type BlockBlobClient,
  ContainerClient,
  isRestError,
  newPipeline,
  type Pipeline,
  type RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { MICROS_PER_MS, MiB } from "@leeward/base";
import { listedOf } from "./list-page.ts";
import { networkRefusal, passingRefusal, retryAfterMs } from "./network-refusal.ts";
import { storeAgent } from "./node-store-agent.ts";
import type { ObjectStatus, PutCondition, ReadObject } from "./object-store.ts";
import { RemoteStore, type RemoteStoreWorld } from "./remote-store.ts";
import type { AzureCredentials } from "./store-credentials.ts";
import {
  BodyLost,
  type ListPage,
  type ListRequest,
  type PartedPut,
  type PutFacts,
  type ReadRequest,
  type Refusal,
  type StoreRequests,
} from "./store-requests.ts";
import type { AzureAddress } from "./store-url.ts";

/** The name of the put's id among a blob's metadata. */
const PUT_ID = "leewardput";
const PAGE = 1_000;
const BLOCKS_MAX = 50_000;

export interface AzureStorePlace {
  readonly address: AzureAddress;
  readonly credentials: AzureCredentials;
  /** PEM of the authorities that vouch for the endpoint; the public ones without it. */
  readonly caPem: string | undefined;
}

/**
 * Opens the store in a container, which exists.
 * @throws Fault `store-missing`, `store-denied`, `store-untrusted`, `store-unreachable`
 */
export async function openAzureStore(place: AzureStorePlace, world: RemoteStoreWorld): Promise<RemoteStore> {
  const agent = storeAgent(place.caPem);
  const container = await containerClient(place, { agent, tries: 1 });
  const store = new RemoteStore(new AzureRequests({ container, agent, address: place.address, world }), world, true);
  try {
    for await (const _ of store.list("", { shallow: true })) break;
    await store.findHold();
    return store;
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** The container, reached by `agent`; each request is sent `tries` times where what hinders it may pass. */
export async function containerClient(
  { address, credentials }: AzureStorePlace,
  { agent, tries }: { readonly agent: Agent; readonly tries: number },
): Promise<ContainerClient> {
  const url = `${address.endpoint}/${address.container}`;
  const through = (pipeline: Pipeline): Pipeline => {
    pipeline.factories.push({
      create: (next) => ({
        sendRequest: (request) => {
          request.agent = agent;
          return next.sendRequest(request);
        },
      }),
    });
    return pipeline;
  };
  const options = { retryOptions: { maxTries: tries } };
  switch (credentials.kind) {
    case "account-key": {
      const credential = new StorageSharedKeyCredential(address.account, credentials.accountKey);
      return new ContainerClient(url, through(newPipeline(credential, options)));
    }
    case "sas":
      return new ContainerClient(`${url}?${credentials.sas}`, through(newPipeline(new AnonymousCredential(), options)));
    case "entra": {
      const { DefaultAzureCredential } = await import("@azure/identity");
      return new ContainerClient(url, through(newPipeline(new DefaultAzureCredential(), options)));
    }
  }
}

interface AzureRequestsOptions {
  readonly container: ContainerClient;
  readonly agent: Agent;
  readonly address: AzureAddress;
  readonly world: RemoteStoreWorld;
}

class AzureRequests implements StoreRequests {
  readonly kind = "azure";
  readonly place: string;
  readonly partedFromBytes = 8 * MiB;
  readonly partsMax = BLOCKS_MAX;
  readonly #options: AzureRequestsOptions;
  readonly #prefix: string;

  constructor(options: AzureRequestsOptions) {
    const { account, container, prefix } = options.address;
    this.#options = options;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.place = `azure://${account}/${container}/${this.#prefix}`.replace(/\/$/, "");
  }

  async put(key: string, bytes: Uint8Array, facts: PutFacts, abortSignal: AbortSignal): Promise<ObjectStatus> {
    const answer = await this.#blob(key).upload(bufferOf(bytes), bytes.length, { ...putOptions(facts), abortSignal });
    return statusOf(key, bytes.length, answer);
  }

  /** Blocks are staged without more ado; those that no list names, the service removes after a week. */
  beginParts(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async putPart(put: PartedPut, index: number, bytes: Uint8Array, abortSignal: AbortSignal): Promise<string> {
    const id = Buffer.from(`${put.putId}${String(index).padStart(6, "0")}`).toString("base64");
    await this.#blob(put.key).stageBlock(id, bufferOf(bytes), bytes.length, { abortSignal });
    return id;
  }

  async endParts(
    put: PartedPut,
    blocks: readonly string[],
    sizeBytes: number,
    abortSignal: AbortSignal,
  ): Promise<ObjectStatus> {
    const answer = await this.#blob(put.key).commitBlockList([...blocks], { ...putOptions(put), abortSignal });
    return statusOf(put.key, sizeBytes, answer);
  }

  dropParts(): Promise<void> {
    return Promise.resolve();
  }

  async read({ key, target, position, tag }: ReadRequest, abortSignal: AbortSignal): Promise<ReadObject> {
    const conditions = tag === undefined ? {} : conditionsOf({ kind: "unchanged", tag });
    const options = { conditions, abortSignal, maxRetryRequests: 0 };
    const answer = await this.#blob(key).download(position, target.length, options);
    const sizeBytes = Number(/\/(\d+)$/.exec(answer.contentRange ?? "")?.[1] ?? answer.contentLength ?? 0);
    let bytes = 0;
    try {
      for await (const chunk of answer.readableStreamBody ?? []) {
        const part = (typeof chunk === "string" ? Buffer.from(chunk) : chunk).subarray(0, target.length - bytes);
        target.set(part, bytes);
        bytes += part.length;
      }
    } catch (error) {
      throw new BodyLost(error);
    }
    if (bytes !== Math.min(target.length, sizeBytes - position)) throw new BodyLost(undefined);
    return { bytes, status: statusOf(key, sizeBytes, answer) };
  }

  async status(key: string, abortSignal: AbortSignal) {
    const answer = await this.#blob(key).getProperties({ abortSignal });
    const putId = answer.metadata?.[PUT_ID];
    const status = statusOf(key, answer.contentLength ?? 0, answer);
    return putId === undefined ? { status } : { status, putId };
  }

  async remove(key: string, abortSignal: AbortSignal): Promise<void> {
    await this.#blob(key).delete({ abortSignal });
  }

  async list({ prefix, shallow, from }: ListRequest, abortSignal: AbortSignal): Promise<ListPage> {
    const { container } = this.#options;
    const options = { prefix: `${this.#prefix}${prefix}`, abortSignal };
    const page = { maxPageSize: PAGE, ...(from === undefined ? {} : { continuationToken: from }) };
    const pages = shallow
      ? container.listBlobsByHierarchy("/", options).byPage(page)
      : container.listBlobsFlat(options).byPage(page);
    for await (const { segment, continuationToken } of pages) {
      const objects = segment.blobItems.map(({ name, properties }) =>
        statusOf(name, properties.contentLength ?? 0, properties),
      );
      const prefixes = prefixesOf(segment).map(({ name }) => name);
      return { listed: listedOf({ objects, prefixes }, this.#prefix), next: continuationToken || undefined };
    }
    return { listed: [], next: undefined };
  }

  /** Asked of the container: only where it has immutability of versions can single blobs be held. */
  async holds(abortSignal: AbortSignal): Promise<boolean> {
    const found = await this.#options.container.getProperties({ abortSignal });
    return found.isImmutableStorageWithVersioningEnabled === true;
  }

  /** A policy that is not locked can be taken off again. */
  async heldUntilMicros(key: string, abortSignal: AbortSignal): Promise<number> {
    const found = await this.#blob(key).getProperties({ abortSignal });
    const isLocked = found.immutabilityPolicyMode?.toLowerCase() === "locked";
    return isLocked ? (found.immutabilityPolicyExpiresOn?.getTime() ?? 0) * MICROS_PER_MS : 0;
  }

  async hold(key: string, untilMicros: number, abortSignal: AbortSignal): Promise<void> {
    const policy = { expiriesOn: new Date(untilMicros / MICROS_PER_MS), policyMode: "Locked" } as const;
    await this.#blob(key).setImmutabilityPolicy(policy, { abortSignal });
  }

  refusalOf(error: unknown): Refusal | undefined {
    return azureRefusal(error, this.#options.world.clock.wallMicros());
  }

  close(): void {
    this.#options.agent.destroy();
  }

  #blob(key: string): BlockBlobClient {
    return this.#options.container.getBlockBlobClient(`${this.#prefix}${key}`);
  }
}

/** What the service, or what lies before it, meant by an error; undefined where that is neither. */
export function azureRefusal(error: unknown, wallMicros: number): Refusal | undefined {
  if (error instanceof BodyLost) return { kind: "later", why: error.message };
  if (isRestError(error)) {
    return error.statusCode === undefined ? unanswered(error) : answered(error, error.statusCode, wallMicros);
  }
  // Of @azure/identity: CredentialUnavailableError, AuthenticationError and their like.
  if (error instanceof Error && /^(Aggregate)?(Authentication|Credential)\w*Error$/.test(error.name)) {
    return { kind: "denied", why: error.name };
  }
  return networkRefusal(error);
}

function unanswered(error: RestError): Refusal {
  return networkRefusal(error) ?? { kind: "later", why: error.code ?? "no answer" };
}

/** By the code of the Storage services, which stands in the header x-ms-error-code. */
function answered(error: RestError, status: number, wallMicros: number): Refusal {
  const code = error.code ?? error.response?.headers.get("x-ms-error-code") ?? String(status);
  if (/^Container(NotFound|BeingDeleted|Disabled)$/.test(code)) return { kind: "no-store" };
  if (code === "InvalidBlockList") return { kind: "parts-lost" };
  if (code === "BlobAlreadyExists" || code === "ConditionNotMet") return { kind: "conflict" };
  if (status === 404) return { kind: "no-object" };
  if (status === 416) return { kind: "past-end" };
  if (status === 401 || status === 403) return { kind: "denied", why: code };
  const afterMs = retryAfterMs(error.response?.headers.get("retry-after"), wallMicros);
  return passingRefusal(status, code, afterMs) ?? { kind: "failed", why: code };
}

function putOptions({ putId, condition }: PutFacts) {
  return { metadata: { [PUT_ID]: putId }, ...(condition === undefined ? {} : { conditions: conditionsOf(condition) }) };
}

function conditionsOf(condition: PutCondition): BlobRequestConditions {
  return condition.kind === "absent" ? { ifNoneMatch: "*" } : { ifMatch: `"${condition.tag}"` };
}

/** Listings tell an ETag without the quotation marks that headers have. */
function statusOf(
  key: string,
  sizeBytes: number,
  { etag = "", lastModified }: { readonly etag?: string; readonly lastModified?: Date },
): ObjectStatus {
  const modifiedMicros = (lastModified?.getTime() ?? 0) * MICROS_PER_MS;
  return { key, sizeBytes, modifiedMicros, tag: etag.replaceAll('"', "") };
}

/** The library sends all of the memory behind another view. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function prefixesOf(segment: object | { readonly blobPrefixes?: readonly BlobPrefix[] }): readonly BlobPrefix[] {
  return ("blobPrefixes" in segment ? segment.blobPrefixes : undefined) ?? [];
}
