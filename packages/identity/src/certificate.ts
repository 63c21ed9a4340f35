// Who a certificate speaks for. Role and id stand in one URI among its alternative names, leeward://<role>/<id>, which only the
// authority puts there: names that a requester chose are never looked at for that.
import { createHash } from "node:crypto";
import type { PeerIdentity, PeerRole } from "@leeward/world";
import { certificateInvalid } from "./identity-fault.ts";
import { type JsonGeneralNames, SubjectAlternativeNameExtension, X509Certificate } from "./x509.ts";

/** Whom a certificate is for. */
export interface Subject {
  readonly role: PeerRole;
  /** 1 to 64 of A-Z a-z 0-9 _ . - */
  readonly id: string;
  /** DNS names and IP addresses under which a server is found; none for who only connects. */
  readonly names?: readonly string[];
}

const ROLES: readonly PeerRole[] = ["agent", "process-server", "master-target", "config-server"];
const URI = /^leeward:\/\/([a-z-]+)\/([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})$/;
/** IPv4, or anything with a colon, which no host name has. */
const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|.*:.*)$/;

function subjectUri({ role, id }: Subject): string {
  return `leeward://${role}/${id}`;
}

/** The alternative names of a certificate for `subject`. @throws Fault `certificate-invalid` for a role, id or name that cannot stand there */
export function alternativeNames(subject: Subject): JsonGeneralNames {
  const uri = subjectUri(subject);
  if (parseUri(uri) === undefined) throw certificateInvalid(`cannot be for ${JSON.stringify(uri)}`);
  const names = (subject.names ?? []).map((name) => {
    if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(name)) throw certificateInvalid(`cannot name ${JSON.stringify(name)}`);
    return { type: ADDRESS.test(name) ? ("ip" as const) : ("dns" as const), value: name };
  });
  return [{ type: "url", value: uri }, ...names];
}

/** Whom the certificate (DER) speaks for; its chain is not looked at here. @throws Fault `certificate-invalid` */
export function identityOfCertificate(der: Uint8Array): PeerIdentity {
  const certificate = parseCertificate(der);
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const uris = names.filter((name) => name.type === "url" && name.value.startsWith("leeward:"));
  const [uri] = uris;
  const found = uris.length === 1 && uri !== undefined ? parseUri(uri.value) : undefined;
  if (found === undefined) throw certificateInvalid("names no one role and id");
  return { ...found, fingerprint: fingerprintOf(der) };
}

/** SHA-256 of the certificate, hex. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

/** A certificate in DER or PEM. @throws Fault `certificate-invalid` */
export function parseCertificate(encoded: Uint8Array | string): X509Certificate {
  try {
    return new X509Certificate(typeof encoded === "string" ? encoded : new Uint8Array(encoded));
  } catch (error) {
    throw certificateInvalid("does not decode", error);
  }
}

function parseUri(uri: string): { role: PeerRole; id: string } | undefined {
  const [, roleText, id] = URI.exec(uri) ?? [];
  const role = ROLES.find((each) => each === roleText);
  return role === undefined || id === undefined ? undefined : { role, id };
}
