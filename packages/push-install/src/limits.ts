/** From the first packet to a login, milliseconds. */
export const LOGIN_MS_MAX = 30_000;
/** A machine of which nothing was heard for three times so long is lost, milliseconds. */
export const ALIVE_EVERY_MS = 10_000;
/** Of what looks and changes nothing, milliseconds. */
export const LOOK_MS_MAX = 90_000;
/** Of bringing a package to a machine, milliseconds. */
export const COPY_MS_MAX = 30 * 60_000;
/** Of installing, registering and starting; of undoing and uninstalling; milliseconds. */
export const CHANGE_MS_MAX = 10 * 60_000;
/** What a command may say, characters; what is beyond is passed over. */
export const SAID_CHARACTERS_MAX = 64 * 1024;
/** The end of what a command said that a fault repeats, characters. */
export const TOLD_CHARACTERS_MAX = 600;
/** Bytes of credentials. */
export const CREDENTIALS_BYTES_MAX = 32 * 1024;
/** Bytes of a SHA256SUMS. */
export const SUMS_BYTES_MAX = 64 * 1024;
/** Bytes of a package that are read at a time. */
export const PIECE_BYTES = 256 * 1024;
/** How far a machine's clock may be off: certificates hold from when they were made, milliseconds. */
export const CLOCK_MS_MAX = 5 * 60_000;
/** Room that the program takes, KiB; and that is left free beside. */
export const PROGRAM_KIB = 200 * 1024;
export const SPARE_KIB = 32 * 1024;
/** Room for the agent's state at the beginning, KiB. */
export const STATE_KIB = 64 * 1024;
/** The oldest C library that the runtime works with. */
export const GLIBC_MIN = [2, 28] as const;
