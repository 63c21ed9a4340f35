// A disk's data key, wrapped to whoever may use it: compact JWE (RFC 7516), ECDH-ES+A256KW on P-256, A256GCM. The header names the data
// key (`kid`), so that a key cannot be taken for another.

import { hkdfSync } from "node:crypto";
import { type Random } from "@leeward/base";
import { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } from "jose";
import { keyUnwrapFailed } from "./identity-fault.ts";

const ALGORITHM = "ECDH-ES+A256KW";
const CIPHER = "A256GCM";

/** Bytes of a data key. */
export const DATA_KEY_BYTES = 32;
/** The longest wrapped key that is looked at, in characters; ours have about 400. */
const JWE_CHARACTERS_MAX = 4_096;

/** A fresh data key. `random` must be the system's, but in simulation. */
export function createDataKey(random: Random): Uint8Array {
  return random.bytes(DATA_KEY_BYTES);
}

/** The data key for the holder of the private half of `publicKeyPem` (SubjectPublicKeyInfo). */
export async function wrapDataKey(
  dataKey: Uint8Array,
  to: { readonly publicKeyPem: string; readonly keyId: string },
): Promise<string> {
  const publicKey = await importSPKI(to.publicKeyPem, ALGORITHM);
  return await new CompactEncrypt(dataKey)
    .setProtectedHeader({ alg: ALGORITHM, enc: CIPHER, kid: to.keyId })
    .encrypt(publicKey);
}

/** The data key `keyId` from its wrapping. @throws Fault `key-unwrap-failed` */
export async function unwrapDataKey(
  jwe: string,
  { privatePem, keyId }: { readonly privatePem: string; readonly keyId: string },
): Promise<Uint8Array> {
  if (jwe.length > JWE_CHARACTERS_MAX) throw keyUnwrapFailed(keyId, `its wrapping has ${jwe.length} characters`);
  const opened = await open(jwe, { privatePem, keyId });
  if (opened.protectedHeader.kid !== keyId) throw keyUnwrapFailed(keyId, "its wrapping holds another key");
  if (opened.plaintext.length !== DATA_KEY_BYTES)
    throw keyUnwrapFailed(keyId, `it has ${opened.plaintext.length} bytes`);
  return opened.plaintext;
}

async function open(
  jwe: string,
  { privatePem, keyId }: { privatePem: string; keyId: string },
): ReturnType<typeof compactDecrypt> {
  try {
    const privateKey = await importPKCS8(privatePem, ALGORITHM);
    return await compactDecrypt(jwe, privateKey, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [CIPHER],
    });
  } catch (error) {
    throw keyUnwrapFailed(keyId, "it is wrapped to somebody else, or damaged", error);
  }
}

/** A text that only the holders of the data key read: compact JWE, A256GCM, under a key of its own that follows from the data key. */
export async function sealWithDataKey(
  text: string,
  { dataKey, keyId }: { readonly dataKey: Uint8Array; readonly keyId: string },
): Promise<string> {
  return await new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "dir", enc: CIPHER, kid: keyId })
    .encrypt(textKeyOf(dataKey));
}

/** @throws Fault `key-unwrap-failed` */
export async function openWithDataKey(
  jwe: string,
  { dataKey, keyId }: { readonly dataKey: Uint8Array; readonly keyId: string },
): Promise<string> {
  try {
    const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: [CIPHER] };
    const { plaintext } = await compactDecrypt(jwe, textKeyOf(dataKey), options);
    return new TextDecoder().decode(plaintext);
  } catch (error) {
    throw keyUnwrapFailed(keyId, "what is sealed with it was sealed with another one, or is damaged", error);
  }
}

function textKeyOf(dataKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", dataKey, new Uint8Array(0), "leeward text", DATA_KEY_BYTES));
}
