import { revocationListInvalid } from "./identity-fault.ts";
import { PEM_CHARACTERS_MAX } from "./identity-limits.ts";
import { type X509Certificate, X509Crl } from "./x509.ts";

/**
 * The library labels a list `CRL`; OpenSSL, and so Node, takes `X509 CRL` alone.
 */
export function pemOfRevocationList(list: X509Crl): string {
  return `${list.toString("pem").replaceAll(/(BEGIN|END) CRL/g, "$1 X509 CRL")}\n`;
}

/** Decodes a list and checks that one of `authorities` signed it. @throws Fault `revocation-list-invalid` */
export async function parseRevocationList(pem: string, authorities: readonly X509Certificate[]): Promise<X509Crl> {
  if (pem.length > PEM_CHARACTERS_MAX) throw revocationListInvalid(`has ${pem.length} characters`);
  let list: X509Crl;
  let signed = false;
  try {
    list = new X509Crl(pem.replaceAll("X509 CRL", "CRL"));
    const authority = authorities.find(({ subject }) => subject === list.issuer);
    signed = authority !== undefined && (await list.verify({ publicKey: authority.publicKey }));
  } catch (error) {
    throw revocationListInvalid("does not decode", error);
  }
  if (!signed) throw revocationListInvalid("is not signed by our authority");
  return list;
}

/** Whose list it says that it is; undefined when it does not decode. */
export function issuerOfList(pem: string): string | undefined {
  try {
    return new X509Crl(pem.replaceAll("X509 CRL", "CRL")).issuer;
  } catch {
    return undefined;
  }
}
