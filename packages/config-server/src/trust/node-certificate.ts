import { X509Certificate } from "node:crypto";

const MICROS_PER_MS = 1_000;

/** When a certificate that we made ends, microseconds since 1970. */
export function certificateEndMicros(pem: string): number {
  return new X509Certificate(pem).validToDate.getTime() * MICROS_PER_MS;
}

/** Whether the certificate names all of `names`, each a DNS name or an IP address. */
export function namesAll(pem: string, names: readonly string[]): boolean {
  const certificate = new X509Certificate(pem);
  return names.every((name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined);
}
