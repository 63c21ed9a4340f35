/** Longest wait of one long poll, seconds. */
export const WAIT_SECONDS_MAX = 30;
/** Longest wait for a new recovery point, seconds. */
export const POINT_TIMEOUT_SECONDS_MAX = 3_600;
/** Most items of one page of a list, and as many as it has unless less are asked for. */
export const PAGE_ITEMS_MAX = 1_000;
/** Bytes of a file of a release that come in one call. */
export const RELEASE_PART_BYTES_MAX = 4 * 1024 * 1024;
