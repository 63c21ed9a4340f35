/** Where the files of the installation's trust lie in a config server's home. */

/** Of each authority that there is. */
export const AUTHORITY_FILES: readonly string[] = ["ca.key", "ca.pem", "crl.pem", "issued.json"];
export const AUTHORITY_FOLDER = /^authority(-[0-9]{1,6})?$/;
export const RECOVERY_PUBLIC_NAME = "recovery/recovery-public.pem";
/** What seals what servers share in their database; in no other place than homes and backups. */
export const SHARED_KEY_NAME = "shared.key";
