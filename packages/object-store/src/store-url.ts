import { isPlainSegment } from "./object-key.ts";
import { storeUrlInvalid } from "./store-faults.ts";

/** Where a store is, as its URL says it. */
export type StoreAddress = FolderAddress | AzureAddress | S3Address;

export interface FolderAddress {
  readonly kind: "folder";
  readonly folder: string;
}

export interface AzureAddress {
  readonly kind: "azure";
  readonly account: string;
  readonly container: string;
  /** Plain segments, or nothing; no slash at its ends. */
  readonly prefix: string;
  /** Of the account's blobs; https, no slash at its end. */
  readonly endpoint: string;
}

export interface S3Address {
  readonly kind: "s3";
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** undefined for that of AWS in the region. */
  readonly endpoint: string | undefined;
  /** Whether the bucket is told in the path instead of the host's name. */
  readonly pathStyle: boolean;
}

/** Longest prefix, in characters: with the longest key it stays below 1,024. */
const PREFIX_CHARACTERS_MAX = 256;
/** Where no region is told beside an endpoint; what is compatible with S3 mostly does not look at it. */
const REGION_OF_OTHERS = "us-east-1";
/** What a part of a URL that is a secret is called, in Azure's, Amazon's and others' words. */
const SECRET = /^(sig|se|sp|sv|st|key|token)$|secret|password|signature|credential|access.?key|account.?key|token/i;

/**
 * Reads the URL of a store: `file:///FOLDER`, `azure://ACCOUNT/CONTAINER[/PREFIX][?endpoint=URL]`, `https://ACCOUNT.blob.core.windows.net/CONTAINER[/PREFIX]`,
 * `s3://BUCKET[/PREFIX]?region=REGION[&endpoint=URL][&pathStyle=true]`.
 * @throws Fault `store-url-invalid`, which shows no secret that the URL may hold
 */
export function parseStoreUrl(text: string): StoreAddress {
  const url = URL.parse(text);
  if (url === null) throw storeUrlInvalid("it is no URL");
  if (url.username !== "" || url.password !== "") throw storeUrlInvalid("it holds a name or password");
  if (url.hash !== "") throw storeUrlInvalid("it has a fragment (#)");
  switch (url.protocol) {
    case "file:":
      return folderAddress(url);
    case "azure:":
      return azureAddress(url, { account: url.hostname });
    case "https:":
      return azureAddress(url, blobHost(url));
    case "s3:":
      return s3Address(url);
    default:
      throw storeUrlInvalid("it begins with none of file:, azure:, s3: and https:");
  }
}

function folderAddress(url: URL): FolderAddress {
  parametersOf(url, []);
  const folder = decoded(url.pathname).replace(/\/+$/, "");
  if (url.hostname !== "") throw storeUrlInvalid("the path of a folder begins with a third slash, file:///folder");
  if (folder === "" || folder.includes("\0")) throw storeUrlInvalid("it names no folder");
  return { kind: "folder", folder };
}

function blobHost(url: URL): { readonly account: string; readonly endpoint: string } {
  const account = /^([a-z0-9-]+)\.blob\.core\.[a-z.]+$/.exec(url.host)?.[1];
  if (account === undefined) {
    throw storeUrlInvalid("an https: address is one of Azure Blob alone, https://ACCOUNT.blob.core.windows.net");
  }
  return { account, endpoint: url.origin };
}

function azureAddress(url: URL, host: { readonly account: string; readonly endpoint?: string }): AzureAddress {
  const parameters = parametersOf(url, host.endpoint === undefined ? ["endpoint"] : []);
  const [container, prefix] = placeOf(decoded(url.pathname).replace(/^\//, ""));
  if (!/^[a-z0-9]{3,24}$/.test(host.account)) throw storeUrlInvalid("the account has 3 to 24 letters and digits");
  if (!/^[a-z0-9](-?[a-z0-9]){2,62}$/.test(container)) {
    throw storeUrlInvalid("after the account comes a container, of 3 to 63 small letters, digits and single hyphens");
  }
  const { account, endpoint } = host;
  const given = endpointOf(parameters);
  return {
    kind: "azure",
    account,
    container,
    prefix,
    endpoint: endpoint ?? given ?? `https://${account}.blob.core.windows.net`,
  };
}

function s3Address(url: URL): S3Address {
  const parameters = parametersOf(url, ["endpoint", "region", "pathStyle"]);
  const [bucket, prefix] = placeOf(`${url.hostname}${decoded(url.pathname)}`);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw storeUrlInvalid("a bucket has 3 to 63 small letters, digits, dots and hyphens");
  }
  const endpoint = endpointOf(parameters);
  const region = parameters.get("region") ?? (endpoint === undefined ? undefined : REGION_OF_OTHERS);
  if (region === undefined || !/^[a-z0-9-]{1,64}$/.test(region)) {
    throw storeUrlInvalid("it has no region; add ?region=REGION");
  }
  const pathStyle = parameters.get("pathStyle") ?? "false";
  if (pathStyle !== "true" && pathStyle !== "false") throw storeUrlInvalid("pathStyle is true or false");
  return { kind: "s3", bucket, prefix, region, endpoint, pathStyle: pathStyle === "true" };
}

function parametersOf(url: URL, known: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (SECRET.test(name)) {
      throw storeUrlInvalid(`it holds ${JSON.stringify(name)}, a secret; put that into the file of credentials`);
    }
    if (!known.includes(name))
      throw storeUrlInvalid(`it has ${JSON.stringify(name)}, which is not known of such a store`);
    if (parameters.has(name)) throw storeUrlInvalid(`it has ${name} twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function endpointOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const text = parameters.get("endpoint");
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:") throw storeUrlInvalid("its endpoint is no https: address");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw storeUrlInvalid("its endpoint holds more than a host, a port and a path");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** The first segment, and the rest as a prefix. */
function placeOf(path: string): readonly [string, string] {
  const [first = "", ...rest] = path.replace(/\/+$/, "").split("/");
  const prefix = rest.join("/");
  if (!rest.every(isPlainSegment) || prefix.length > PREFIX_CHARACTERS_MAX) {
    throw storeUrlInvalid(
      `its prefix has more than ${PREFIX_CHARACTERS_MAX} characters, or others than letters, digits, '.', '_' and '-'`,
    );
  }
  return [first, prefix];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw storeUrlInvalid("what follows a % in it is no character");
  }
}
