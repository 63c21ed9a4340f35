import { numberSetting, pathsSetting, type SettingsOf, textSetting } from "@leeward/daemon";

/** Every setting of the mobility agent. What the server decides (policies, process servers) is in its plan, not here. */
export const AGENT_SETTINGS = {
  server: textSetting({
    fallback: "",
    why: "The config server, https://host or https://host:port; agents only ever connect outwards.",
  }),
  protectable: pathsSetting({
    fallback: [],
    live: true,
    why: "Disks, image files or folders that may be protected; none means every disk and image file. The server cannot widen it.",
  }),
  statusSeconds: numberSetting({
    fallback: 5,
    min: 0.5,
    max: 600,
    unit: "seconds",
    why: "How often the agent looks for disk offers that were dropped in.",
  }),
};

export type AgentSettings = SettingsOf<typeof AGENT_SETTINGS>;
