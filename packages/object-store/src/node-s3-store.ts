// S3, of Amazon and what is compatible with it, as @aws-sdk/client-s3 speaks it. Its own retries are switched off: RemoteStore is the one place of them.
import type { Agent } from "node:https";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { MICROS_PER_MS, MiB } from "@leeward/base";
import { listedOf } from "./list-page.ts";
import { networkRefusal, passingRefusal, retryAfterMs } from "./network-refusal.ts";
import { storeAgent } from "./node-store-agent.ts";
import type { ObjectStatus, PutCondition, ReadObject } from "./object-store.ts";
import { honoursConditions } from "./probe.ts";
import { RemoteStore, type RemoteStoreWorld } from "./remote-store.ts";
import type { S3Credentials } from "./store-credentials.ts";
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
import type { S3Address } from "./store-url.ts";

/** The name of the put's id among an object's metadata. */
const PUT_ID = "leeward-put";
const PAGE = 1_000;
const PARTS_MAX = 10_000;

export interface S3StorePlace {
  readonly address: S3Address;
  readonly credentials: S3Credentials;
  /** PEM of the authorities that vouch for the endpoint; the public ones without it. */
  readonly caPem: string | undefined;
}

/**
 * Opens the store in a bucket, which exists, and finds out whether it honours conditions.
 * @throws Fault `store-missing`, `store-denied`, `store-untrusted`, `store-unreachable`
 */
export async function openS3Store(place: S3StorePlace, world: RemoteStoreWorld): Promise<RemoteStore> {
  const agent = storeAgent(place.caPem);
  const requests = new S3Requests({ client: clientOf(place, agent), agent, address: place.address, world });
  try {
    const isConditional = await honoursConditions(new RemoteStore(requests, world, true), world);
    const store = new RemoteStore(requests, world, isConditional);
    await store.findHold();
    return store;
  } catch (error) {
    requests.close();
    throw error;
  }
}

function clientOf({ address, credentials }: S3StorePlace, agent: Agent): S3Client {
  return new S3Client({
    region: address.region,
    forcePathStyle: address.pathStyle,
    maxAttempts: 1,
    requestHandler: { httpsAgent: agent },
    // What is compatible with S3 mostly knows no other checksums than those of TLS and of the signature.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
    ...(credentials.kind === "keys" ? { credentials } : {}),
  });
}

interface S3RequestsOptions {
  readonly client: S3Client;
  readonly agent: Agent;
  readonly address: S3Address;
  readonly world: RemoteStoreWorld;
}

class S3Requests implements StoreRequests {
  readonly kind = "s3";
  readonly place: string;
  readonly partedFromBytes = 16 * MiB;
  readonly partsMax = PARTS_MAX;
  readonly #options: S3RequestsOptions;
  readonly #client: S3Client;
  readonly #prefix: string;

  constructor(options: S3RequestsOptions) {
    const { bucket, prefix } = options.address;
    this.#options = options;
    this.#client = options.client;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.place = `s3://${bucket}/${this.#prefix}`.replace(/\/$/, "");
  }

  async put(key: string, bytes: Uint8Array, facts: PutFacts, abortSignal: AbortSignal): Promise<ObjectStatus> {
    const input = { ...this.#at(key), Body: bytes, Metadata: { [PUT_ID]: facts.putId }, ...conditionOf(facts) };
    const { ETag } = await this.#client.send(new PutObjectCommand(input), { abortSignal });
    return this.#statusOfPut(key, bytes.length, ETag);
  }

  async beginParts(key: string, { putId }: PutFacts, abortSignal: AbortSignal): Promise<string | undefined> {
    const command = new CreateMultipartUploadCommand({ ...this.#at(key), Metadata: { [PUT_ID]: putId } });
    return (await this.#client.send(command, { abortSignal })).UploadId;
  }

  async putPart(put: PartedPut, index: number, bytes: Uint8Array, abortSignal: AbortSignal): Promise<string> {
    const input = { ...this.#at(put.key), UploadId: put.uploadId, PartNumber: index + 1, Body: bytes };
    return (await this.#client.send(new UploadPartCommand(input), { abortSignal })).ETag ?? "";
  }

  async endParts(
    put: PartedPut,
    parts: readonly string[],
    sizeBytes: number,
    abortSignal: AbortSignal,
  ): Promise<ObjectStatus> {
    const Parts = parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const upload = { ...this.#at(put.key), UploadId: put.uploadId, MultipartUpload: { Parts }, ...conditionOf(put) };
    const { ETag } = await this.#client.send(new CompleteMultipartUploadCommand(upload), { abortSignal });
    return this.#statusOfPut(put.key, sizeBytes, ETag);
  }

  async dropParts(put: PartedPut, abortSignal: AbortSignal): Promise<void> {
    const command = new AbortMultipartUploadCommand({ ...this.#at(put.key), UploadId: put.uploadId });
    await this.#client.send(command, { abortSignal });
  }

  async read({ key, target, position, tag }: ReadRequest, abortSignal: AbortSignal): Promise<ReadObject> {
    const Range = `bytes=${position}-${position + target.length - 1}`;
    const command = new GetObjectCommand({ ...this.#at(key), Range, ...(tag === undefined ? {} : matching(tag)) });
    const answer = await this.#client.send(command, { abortSignal });
    const sizeBytes = Number(/\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1] ?? answer.ContentLength ?? 0);
    let bytes = 0;
    try {
      for await (const chunk of chunksOf(answer.Body)) {
        const part = chunk.subarray(0, target.length - bytes);
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
    const answer = await this.#client.send(new HeadObjectCommand(this.#at(key)), { abortSignal });
    const putId = answer.Metadata?.[PUT_ID];
    const status = statusOf(key, answer.ContentLength ?? 0, answer);
    return putId === undefined ? { status } : { status, putId };
  }

  async remove(key: string, abortSignal: AbortSignal): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(key)), { abortSignal });
  }

  async list({ prefix, shallow, from }: ListRequest, abortSignal: AbortSignal): Promise<ListPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.#options.address.bucket,
      Prefix: `${this.#prefix}${prefix}`,
      MaxKeys: PAGE,
      ...(shallow ? { Delimiter: "/" } : {}),
      ...(from === undefined ? {} : { ContinuationToken: from }),
    });
    const answer = await this.#client.send(command, { abortSignal });
    const objects = (answer.Contents ?? []).map((each) => statusOf(each.Key ?? "", each.Size ?? 0, each));
    const prefixes = (answer.CommonPrefixes ?? []).map((each) => each.Prefix ?? "");
    const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    return { listed: listedOf({ objects, prefixes }, this.#prefix), next };
  }

  async holds(abortSignal: AbortSignal): Promise<boolean> {
    const command = new GetObjectLockConfigurationCommand({ Bucket: this.#options.address.bucket });
    const { ObjectLockConfiguration } = await this.#client.send(command, { abortSignal });
    return ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
  }

  /** Of the mode GOVERNANCE, which those with a right to can pass over, nothing is believed. */
  async heldUntilMicros(key: string, abortSignal: AbortSignal): Promise<number> {
    try {
      const { Retention } = await this.#client.send(new GetObjectRetentionCommand(this.#at(key)), { abortSignal });
      return Retention?.Mode === "COMPLIANCE" ? (Retention.RetainUntilDate?.getTime() ?? 0) * MICROS_PER_MS : 0;
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === "NoSuchObjectLockConfiguration") return 0;
      throw error;
    }
  }

  /** A retention and no legal hold: that one who has the credentials could take off again. */
  async hold(key: string, untilMicros: number, abortSignal: AbortSignal): Promise<void> {
    const RetainUntilDate = new Date(untilMicros / MICROS_PER_MS);
    const input = { ...this.#at(key), Retention: { Mode: "COMPLIANCE", RetainUntilDate } } as const;
    await this.#client.send(new PutObjectRetentionCommand(input), { abortSignal });
  }

  refusalOf(error: unknown): Refusal | undefined {
    if (error instanceof BodyLost) return { kind: "later", why: error.message };
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (error instanceof S3ServiceException && status !== undefined) {
      return answered(error, status, this.#options.world.clock.wallMicros());
    }
    if (!(error instanceof Error)) return undefined;
    if (/^(Credentials|Token)Provider\w*Error$/.test(error.name)) return { kind: "denied", why: error.name };
    const refusal = networkRefusal(error);
    if (refusal !== undefined) return refusal;
    // An answer that does not decode has the library's note of where it came from.
    const isOfAnswer = error.name === "TimeoutError" || "$metadata" in error;
    return isOfAnswer ? { kind: "later", why: error.name } : undefined;
  }

  close(): void {
    this.#client.destroy();
    this.#options.agent.destroy();
  }

  #at(key: string) {
    return { Bucket: this.#options.address.bucket, Key: `${this.#prefix}${key}` };
  }

  /** The answer to a put does not say when: this machine's clock does. */
  #statusOfPut(key: string, sizeBytes: number, ETag: string | undefined): ObjectStatus {
    const modifiedMicros = this.#options.world.clock.wallMicros();
    return { ...statusOf(key, sizeBytes, { ETag }), modifiedMicros };
  }
}

/** By the code that S3 puts into its answer; one to HEAD has none. */
function answered(error: S3ServiceException, status: number, wallMicros: number): Refusal {
  const code = error.name;
  if (code === "NoSuchBucket") return { kind: "no-store" };
  if (code === "NoSuchUpload" || code === "InvalidPart") return { kind: "parts-lost" };
  if (status === 404) return { kind: "no-object" };
  if (status === 412) return { kind: "conflict" };
  if (status === 416) return { kind: "past-end" };
  const isOfCredentials = status === 400 && /Token|Authorization|Credential|AccessKey/.test(code);
  if (status === 401 || status === 403 || isOfCredentials) return { kind: "denied", why: code };
  // Another put of the same key was under way: what came of it decides.
  if (code === "ConditionalRequestConflict" || code === "RequestTimeout") return { kind: "later", why: code };
  const afterMs = retryAfterMs(error.$response?.headers["retry-after"], wallMicros);
  return passingRefusal(status, code, afterMs) ?? { kind: "failed", why: code };
}

function conditionOf({ condition }: { readonly condition: PutCondition | undefined }) {
  if (condition === undefined) return {};
  return condition.kind === "absent" ? { IfNoneMatch: "*" } : matching(condition.tag);
}

function matching(tag: string) {
  return { IfMatch: `"${tag}"` };
}

function statusOf(
  key: string,
  sizeBytes: number,
  { ETag, LastModified }: { readonly ETag?: string | undefined; readonly LastModified?: Date | undefined },
): ObjectStatus {
  const modifiedMicros = (LastModified?.getTime() ?? 0) * MICROS_PER_MS;
  return { key, sizeBytes, modifiedMicros, tag: (ETag ?? "").replaceAll('"', "") };
}

/** In Node the library gives a stream. */
async function* chunksOf(body: unknown): AsyncIterable<Uint8Array> {
  if (!(body instanceof Readable)) throw new BodyLost(undefined);
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new BodyLost(undefined);
    yield chunk;
  }
}
