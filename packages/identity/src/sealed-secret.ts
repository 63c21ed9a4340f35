// A secret for one holder of a key and one purpose, as data keys are wrapped (data-key.ts): compact JWE, ECDH-ES+A256KW on P-256, A256GCM. The header names
// the purpose, so that a secret of one purpose cannot be taken for another's; who seals cannot open.
import { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } from "jose";
import { sealedUnreadable } from "./identity-fault.ts";

const ALGORITHM = "ECDH-ES+A256KW";
const CIPHER = "A256GCM";
/** The longest sealed secret that is looked at, in characters. */
const SEALED_CHARACTERS_MAX = 65_536;

/** The secret for the holder of the private half of `publicKeyPem` (SubjectPublicKeyInfo). */
export async function sealSecret(
  secret: Uint8Array,
  to: { readonly publicKeyPem: string; readonly purpose: string },
): Promise<string> {
  const publicKey = await importSPKI(to.publicKeyPem, ALGORITHM);
  return await new CompactEncrypt(secret)
    .setProtectedHeader({ alg: ALGORITHM, enc: CIPHER, kid: to.purpose })
    .encrypt(publicKey);
}

/** @throws Fault `sealed-unreadable` */
export async function openSealed(
  sealed: string,
  { privatePem, purpose }: { readonly privatePem: string; readonly purpose: string },
): Promise<Uint8Array> {
  if (sealed.length > SEALED_CHARACTERS_MAX) throw sealedUnreadable(`it has ${sealed.length} characters`);
  const opened = await opening(sealed, privatePem);
  if (opened.protectedHeader.kid !== purpose) throw sealedUnreadable("it is for something else");
  return opened.plaintext;
}

async function opening(sealed: string, privatePem: string): ReturnType<typeof compactDecrypt> {
  try {
    const privateKey = await importPKCS8(privatePem, ALGORITHM);
    return await compactDecrypt(sealed, privateKey, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [CIPHER],
    });
  } catch (error) {
    throw sealedUnreadable("it is sealed to somebody else, or damaged", error);
  }
}
