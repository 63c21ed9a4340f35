/** The version that this process server tells its peers. */
export const SOFTWARE_VERSION = "0.1.0";
