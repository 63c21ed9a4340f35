const SECONDS_PER_DAY = 86_400;

/** How long a certificate holds, in seconds. */
export const CERTIFICATE_SECONDS = 90 * SECONDS_PER_DAY;
/** How long the authority's own certificate holds, in seconds. */
export const AUTHORITY_SECONDS = 20 * 365 * SECONDS_PER_DAY;
/** How long a revocation list holds, in seconds: longer than daemons go on without the config server. */
export const REVOCATION_LIST_SECONDS = 90 * SECONDS_PER_DAY;
/** A revocation list is made anew when it is older than this, in seconds. */
export const REVOCATION_LIST_REFRESH_SECONDS = SECONDS_PER_DAY;
/** What was issued is remembered for so long after it expired, in seconds. */
export const HISTORY_SECONDS = 365 * SECONDS_PER_DAY;
/**
 * Certificates and lists hold from this much before now, in seconds: a clock that is wrong by a day, at either end or a day each, keeps nobody out.
 */
export const BACKDATE_SECONDS = 2 * SECONDS_PER_DAY;
/** What ends sooner than this, in seconds, has ended for a peer whose clock is ahead by a day. */
export const ENDING_SECONDS = 2 * SECONDS_PER_DAY;
/** Authorities that are trusted at a time: the one that issues, the one before it or after it, and for a moment that of a certificate which is replaced. */
export const AUTHORITIES_MAX = 3;
/** The longest file of an identity that is read, in bytes. */
export const IDENTITY_FILE_BYTES_MAX = 16 * 1024 * 1024;
/** The longest certificate, request or revocation list that is taken from outside, in characters. */
export const PEM_CHARACTERS_MAX = 524_288;
