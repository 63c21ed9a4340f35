// A document that the config server answers for, long after it was made: a detached JWS (RFC 7515, appendix F; ES256) over its canonical JSON, with the
// certificates of who signed it in the header (x5c: the config server's own, and its authority's).
//
// What holds when `verifyDocument` settles: whoever has the authority's certificate knows that the document says what it said when it was signed, and that a
// key signed it which the authority gave to a config server. The certificates of machines, process servers and targets are of the same authority, and sign
// nothing here. Worst outcome if broken: a report of a drill that nobody made.
import { isFault } from "@leeward/base";
import { CompactSign, compactVerify, importPKCS8, importX509 } from "jose";
import { canonicalJson } from "./canonical-json.ts";
import { fingerprintOf, identityOfCertificate, parseCertificate } from "./certificate.ts";
import type { Credentials } from "./credentials.ts";
import { signatureInvalid } from "./identity-fault.ts";
import { splitPem } from "./pem-list.ts";
import type { X509Certificate } from "./x509.ts";

const ALGORITHM = "ES256";
const JWS_CHARACTERS_MAX = 32_768;
const CERTIFICATES_MAX = 4;

/** Who signed a document. */
export interface DocumentSigner {
  /** The config server's id. */
  readonly id: string;
  /** SHA-256 of the certificates, hex. */
  readonly fingerprint: string;
  readonly caFingerprint: string;
}

/** The signature; the document is not in it. */
export async function signDocument(
  document: unknown,
  { keyPem, certificatePem, caPem }: Credentials & { readonly keyPem: string },
): Promise<string> {
  const certificate = parseCertificate(certificatePem);
  const authority = splitPem(caPem).find((pem) => parseCertificate(pem).subject === certificate.issuer);
  const x5c = [certificatePem, authority ?? caPem].map((pem) =>
    Buffer.from(parseCertificate(pem).rawData).toString("base64"),
  );
  const signed = await new CompactSign(bytesOf(document))
    .setProtectedHeader({ alg: ALGORITHM, x5c })
    .sign(await importPKCS8(keyPem, ALGORITHM));
  const [header, , signature] = signed.split(".");
  return `${header}..${signature}`;
}

/**
 * Who signed the document, by one of the authorities that are known from elsewhere. `atMicros` is when it says that it was signed: a certificate is asked for that
 * held then, since it lasts for days and a document for years.
 * @throws Fault `signature-invalid`
 */
export async function verifyDocument(
  document: unknown,
  signature: string,
  { caPem, atMicros }: { readonly caPem: string; readonly atMicros: number },
): Promise<DocumentSigner> {
  const [header = "", between, proof = "", ...more] = signature.split(".");
  if (signature.length > JWS_CHARACTERS_MAX || between !== "" || more.length > 0)
    throw signatureInvalid("it is no detached signature");
  const certificate = certificateOf(header);
  const authorities = splitPem(caPem).map(parseCertificate);
  const authority = authorities.find(({ subject }) => subject === certificate.issuer) ?? authorities[0];
  if (authority === undefined) throw signatureInvalid("no authority is given");
  await requireSigner(certificate, { authority, atMicros });
  try {
    const key = await importX509(certificate.toString("pem"), ALGORITHM);
    const payload = Buffer.from(bytesOf(document)).toString("base64url");
    await compactVerify(`${header}.${payload}.${proof}`, key, { algorithms: [ALGORITHM] });
  } catch (error) {
    throw signatureInvalid("what it was made for is not what is there", error);
  }
  const der = new Uint8Array(certificate.rawData);
  const { id, fingerprint } = identityOfCertificate(der);
  return { id, fingerprint, caFingerprint: fingerprintOf(new Uint8Array(authority.rawData)) };
}

async function requireSigner(
  certificate: X509Certificate,
  { authority, atMicros }: { readonly authority: X509Certificate; readonly atMicros: number },
): Promise<void> {
  const isOfAuthority =
    certificate.issuer === authority.subject &&
    (await certificate.verify({ publicKey: authority.publicKey, signatureOnly: true }).catch(() => false));
  if (!isOfAuthority) throw signatureInvalid("who made it has no certificate of the authority that is given");
  const { role } = identityOfCertificate(new Uint8Array(certificate.rawData));
  if (role !== "config-server") throw signatureInvalid(`a ${role} made it, which answers for no document`);
  const atMs = atMicros / 1_000;
  if (!(atMs >= certificate.notBefore.getTime() && atMs <= certificate.notAfter.getTime()))
    throw signatureInvalid("the certificate of who made it did not hold at that time");
}

/** Of who signed, as the header has it. */
function certificateOf(header: string): X509Certificate {
  try {
    const fields: unknown = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    const chain: unknown = typeof fields === "object" && fields !== null ? Reflect.get(fields, "x5c") : undefined;
    const first: unknown = Array.isArray(chain) && chain.length <= CERTIFICATES_MAX ? chain.at(0) : undefined;
    if (typeof first !== "string") throw signatureInvalid("it does not say who made it");
    return parseCertificate(new Uint8Array(Buffer.from(first, "base64")));
  } catch (error) {
    if (isFault(error, "signature-invalid")) throw error;
    throw signatureInvalid("its header does not decode", error);
  }
}

function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(document));
}
