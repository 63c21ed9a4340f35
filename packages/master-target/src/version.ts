/** The version that this master target tells its peers. */
export const SOFTWARE_VERSION = "0.1.0";
