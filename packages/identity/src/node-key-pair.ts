// P-256 key pairs as PEM, made by the system's cryptography.
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  webcrypto,
} from "node:crypto";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

const AGREED_BYTES = 32;

export interface KeyPairPem {
  /** PKCS#8. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicPem: string;
}

export function generateKeyPair(): KeyPairPem {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privatePem: pemOfPrivate(privateKey), publicPem: pemOfPublic(publicKey) };
}

/** The pair that belongs to a private key; throws when it is none on P-256. */
export function keyPairOf(privatePem: string): KeyPairPem {
  const privateKey = createPrivateKey(privatePem);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("It is no key on P-256.");
  return { privatePem: pemOfPrivate(privateKey), publicPem: pemOfPublic(createPublicKey(privateKey)) };
}

/** A public key in any PEM form, or a certificate's, as SubjectPublicKeyInfo. */
export function publicPemOf(pem: string): string {
  return pemOfPublic(createPublicKey(pem));
}

/** Whether a public key is of the one kind that we use: on P-256. */
export function isKeyOfOurs(publicPem: string): boolean {
  return createPublicKey(publicPem).asymmetricKeyDetails?.namedCurve === "prime256v1";
}

/** The pair as the certificate library signs with it. */
export async function signingKeys(pair: KeyPairPem): Promise<webcrypto.CryptoKeyPair> {
  const pkcs8 = createPrivateKey(pair.privatePem).export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(pair.publicPem).export({ format: "der", type: "spki" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, CURVE, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, CURVE, true, ["verify"]),
  };
}

/** A secret that this private key makes with another's public key, and the other with this one's (ECDH): 32 bytes for one purpose. */
export function agreedSecret(privatePem: string, publicPem: string, purpose: string): Uint8Array {
  const secret = diffieHellman({ privateKey: createPrivateKey(privatePem), publicKey: createPublicKey(publicPem) });
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), purpose, AGREED_BYTES));
}

function pemOfPrivate(key: KeyObject): string {
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

function pemOfPublic(key: KeyObject): string {
  return key.export({ format: "pem", type: "spki" }).toString();
}
