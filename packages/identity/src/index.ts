export { Authority } from "./authority.ts";
export { type AuthorityWorld, publicPemOfRequest } from "./authority-documents.ts";
export { fingerprintOf, identityOfCertificate, type Subject } from "./certificate.ts";
export type { Credentials, TrustedPem } from "./credentials.ts";
export {
  createDataKey,
  DATA_KEY_BYTES,
  openWithDataKey,
  sealWithDataKey,
  unwrapDataKey,
  wrapDataKey,
} from "./data-key.ts";
export {
  createToken,
  digestOfSecret,
  type EnrolmentToken,
  parseToken,
  secretMatches,
} from "./enrolment-token.ts";
export { KeyStore, type KeyStoreWorld } from "./key-store.ts";
export { publicPemOf } from "./node-key-pair.ts";
export { watchKeyStore } from "./node-key-store-watch.ts";
export {
  type CertificateOrigin,
  clientTlsOptions,
  enrolmentTlsOptions,
  peerIdentityOf,
  publicServerTlsOptions,
  secureContextOptions,
  serverTlsOptions,
  TLS_HANDSHAKE_MS_MAX,
} from "./node-tls-options.ts";
export { joinPem, splitPem } from "./pem-list.ts";
export { RecoveryKey, type RecoveryPrivateKey, readRecoveryKeyFile, writeRecoveryKeyFile } from "./recovery-key.ts";
export { sealSecret } from "./sealed-secret.ts";
export { type DocumentSigner, signDocument, verifyDocument } from "./signed-document.ts";
