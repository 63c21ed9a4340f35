import { parse } from "yaml";
import { storeCredentialsInvalid } from "./store-faults.ts";

/** What proves to a store of Azure Blob who asks. `entra`: what the machine has been given itself (environment, managed identity, `az login`). */
export type AzureCredentials =
  | { readonly kind: "account-key"; readonly accountKey: string }
  | { readonly kind: "sas"; readonly sas: string }
  | { readonly kind: "entra" };

/** What proves to a store of S3 who asks. `chain`: what the machine has been given itself (environment, profile, role of the instance). */
export type S3Credentials =
  | {
      readonly kind: "keys";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    }
  | { readonly kind: "chain" };

/**
 * Reads the file of credentials of a store of Azure Blob: `accountKey`, `sas` or `entra: default`, in YAML.
 * @throws Fault `store-credentials-invalid`, which names the file at `path` and shows nothing of what is in it
 */
export function parseAzureCredentials(path: string, text: string): AzureCredentials {
  const found = textsOf(path, text, ["accountKey", "sas", "entra"]);
  const { accountKey, sas, entra } = found;
  if (Object.keys(found).length !== 1)
    throw storeCredentialsInvalid(path, "one of accountKey, sas and entra belongs into it");
  if (accountKey !== undefined) {
    if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(accountKey)) throw storeCredentialsInvalid(path, "accountKey is not base64");
    return { kind: "account-key", accountKey };
  }
  if (sas !== undefined) {
    const query = sas.replace(/^\?/, "");
    if (!new URLSearchParams(query).has("sig")) throw storeCredentialsInvalid(path, "sas has no signature (sig=)");
    return { kind: "sas", sas: query };
  }
  if (entra !== "default") throw storeCredentialsInvalid(path, "entra is `default`");
  return { kind: "entra" };
}

/**
 * Reads the file of credentials of a store of S3: `accessKeyId` and `secretAccessKey`, with `sessionToken` where there is one, or `chain: default`, in YAML.
 * @throws Fault `store-credentials-invalid`, which names the file at `path` and shows nothing of what is in it
 */
export function parseS3Credentials(path: string, text: string): S3Credentials {
  const found = textsOf(path, text, ["accessKeyId", "secretAccessKey", "sessionToken", "chain"]);
  const { accessKeyId, secretAccessKey, sessionToken, chain } = found;
  if (chain !== undefined) {
    if (Object.keys(found).length !== 1) throw storeCredentialsInvalid(path, "beside chain there is nothing else");
    if (chain !== "default") throw storeCredentialsInvalid(path, "chain is `default`");
    return { kind: "chain" };
  }
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw storeCredentialsInvalid(path, "accessKeyId and secretAccessKey, or chain, belong into it");
  }
  return { kind: "keys", accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function textsOf<Name extends string>(
  path: string,
  text: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const document = documentOf(path, text);
  const found: Partial<Record<Name, string>> = {};
  for (const [key, value] of Object.entries(document)) {
    const name = names.find((each) => each === key);
    if (name === undefined) throw storeCredentialsInvalid(path, `it may hold ${names.join(", ")} and nothing else`);
    if (typeof value !== "string" || value.trim() === "") throw storeCredentialsInvalid(path, `${name} is no text`);
    found[name] = value.trim();
  }
  return found;
}

function documentOf(path: string, text: string): object {
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0, uniqueKeys: true, logLevel: "error" });
  } catch {
    // What YAML says quotes the line, which may be a secret.
    throw storeCredentialsInvalid(path, "it is not YAML");
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw storeCredentialsInvalid(path, "it is no list of settings");
  }
  return document;
}
