/** The version that this agent tells its peers. */
export const AGENT_VERSION = "0.1.0";
