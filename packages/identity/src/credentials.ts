import type { PeerIdentity } from "@leeward/world";
import { identityOfCertificate, parseCertificate } from "./certificate.ts";
import { certificateInvalid } from "./identity-fault.ts";
import { type KeyPairPem, publicPemOf } from "./node-key-pair.ts";
import { parseRevocationList } from "./revocation-list.ts";
import type { X509Certificate, X509Crl } from "./x509.ts";

/** What the authority gave: all PEM. */
export interface Credentials {
  readonly certificatePem: string;
  readonly caPem: string;
  readonly crlPem: string;
}

/** Credentials that belong together and to this daemon's key. */
export interface Enrolled extends Credentials {
  readonly identity: PeerIdentity;
  readonly certificate: X509Certificate;
  readonly list: X509Crl;
}

/**
 * Whether key, certificate, authority and list belong together; not whether they hold now.
 * @throws Fault `certificate-invalid`, `revocation-list-invalid`
 */
export async function checkedCredentials(credentials: Credentials, pair: KeyPairPem): Promise<Enrolled> {
  const certificate = parseCertificate(credentials.certificatePem);
  const authority = parseCertificate(credentials.caPem);
  const identity = identityOfCertificate(new Uint8Array(certificate.rawData));
  if (publicPemOf(certificate.publicKey.toString("pem")) !== pair.publicPem)
    throw certificateInvalid("is for another key");
  const signed = await certificate.verify({ publicKey: authority.publicKey, signatureOnly: true });
  if (!signed || certificate.issuer !== authority.subject)
    throw certificateInvalid("is not signed by the authority given");
  const list = await parseRevocationList(credentials.crlPem, authority);
  return { ...credentials, identity, certificate, list };
}

/** Whether two PEM texts hold the same certificate. */
export function sameCertificate(left: string, right: string): boolean {
  return parseCertificate(left).equal(parseCertificate(right));
}
