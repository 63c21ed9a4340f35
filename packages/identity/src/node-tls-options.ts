// TLS contexts: 1.3 alone, both ends verified against our authority and its revocation list. No option turns that off.
import { constants } from "node:crypto";
import type { ConnectionOptions, SecureContextOptions, TLSSocket, TlsOptions } from "node:tls";
import type { PeerIdentity, PeerRole } from "@leeward/world";
import { identityOfCertificate, parseCertificate } from "./certificate.ts";
import { certificateInvalid } from "./identity-fault.ts";
import type { KeyStore } from "./key-store.ts";
import { splitPem } from "./pem-list.ts";

/** A TLS handshake that takes longer is given up, in milliseconds. */
export const TLS_HANDSHAKE_MS_MAX = 10_000;

const VERSION = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" } as const;

/** Key, certificate, authority and revocation list as they are now. @throws Fault `not-enrolled` */
export function secureContextOptions(keyStore: KeyStore): SecureContextOptions {
  const { keyPem, certificatePem, caPem, crlPem } = keyStore.credentials();
  // A resumed session would skip the look at the certificate and at the revocation list: no tickets.
  return {
    ...VERSION,
    key: keyPem,
    cert: certificatePem,
    ca: splitPem(caPem),
    // Of a list that is one text with others, only the first would be read.
    crl: splitPem(crlPem),
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** For a port where only daemons connect: who has no valid certificate does not get past the handshake. */
export function serverTlsOptions(keyStore: KeyStore): TlsOptions {
  return {
    ...secureContextOptions(keyStore),
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: TLS_HANDSHAKE_MS_MAX,
  };
}

/**
 * For the config server's public port, and that alone: browsers and the CLI come there without a certificate and prove themselves by a
 * token or a password, daemons come with one. So a certificate is asked for and not demanded; who takes a session there must look at
 * `socket.authorized`, as `peerIdentityOf` does.
 */
export function publicServerTlsOptions(keyStore: KeyStore): TlsOptions {
  return { ...serverTlsOptions(keyStore), rejectUnauthorized: false };
}

/** To connect to a daemon that must prove the role `role`. Where it is found does not matter: its certificate says who it is. */
export function clientTlsOptions(keyStore: KeyStore, role: PeerRole): ConnectionOptions {
  return { ...secureContextOptions(keyStore), ...roleCheck(role) };
}

/** To connect to the config server before there is a certificate of our own, trusting the token's authority alone. */
export function enrolmentTlsOptions(caPem: string): ConnectionOptions {
  return { ...VERSION, ca: splitPem(caPem), ...roleCheck("config-server") };
}

/** Runs after the chain is verified, in place of the comparison of host names. */
function roleCheck(role: PeerRole): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (_host, { raw }) => {
      try {
        const identity = identityOfCertificate(raw);
        return identity.role === role ? undefined : certificateInvalid(`is for the role ${identity.role}, not ${role}`);
      } catch (error) {
        return error instanceof Error ? error : certificateInvalid("does not decode", error);
      }
    },
  };
}

/** What of a peer's certificate says whether it holds any longer. */
export interface CertificateOrigin {
  /** Hex. */
  readonly serial: string;
  /** The name of the authority. */
  readonly issuer: string;
}

/** Who is at the other end of a verified connection, and where its certificate is from. @throws Fault `certificate-invalid` */
export function peerIdentityOf(socket: TLSSocket): { readonly peer: PeerIdentity; readonly origin: CertificateOrigin } {
  if (!socket.authorized) throw certificateInvalid(`was not verified: ${String(socket.authorizationError)}`);
  if (socket.isSessionReused()) throw certificateInvalid("was not verified");
  const { raw } = socket.getPeerCertificate();
  if (raw === undefined) throw certificateInvalid("is missing");
  const { serialNumber: serial, issuer } = parseCertificate(raw);
  return { peer: identityOfCertificate(raw), origin: { serial, issuer } };
}
