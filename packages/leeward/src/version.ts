/** The version of this software. */
export const SOFTWARE_VERSION = "0.1.0";
