import {
  METRICS_SETTINGS,
  numberSetting,
  pathSetting,
  pathsSetting,
  portSetting,
  type SettingsOf,
  textSetting,
  textsSetting,
} from "@leeward/daemon";

/** Every setting of the mobility agent. What the server decides (policies, process servers) is in its plan, not here. */
export const AGENT_SETTINGS = {
  server: textSetting({
    fallback: "",
    why: "The config server, https://host or https://host:port, or several addresses separated by commas, which are tried in turn; agents only ever connect outwards.",
  }),
  protectable: pathsSetting({
    fallback: [],
    live: true,
    why: "Disks, image files or folders that may be protected; none means every disk and image file. The server cannot widen it.",
  }),
  groupListen: textSetting({
    fallback: "0.0.0.0",
    why: "The address on which other members of the machine's consistency group are awaited, while it is in one.",
  }),
  groupPort: portSetting({
    fallback: 20_004,
    why: "The port on which other members of the machine's consistency group are awaited, while it is in one.",
  }),
  groupAdvertise: textsSetting({
    fallback: [],
    max: 32,
    why: "Names and addresses under which other members of the group reach the machine; the first one is told to them.",
  }),
  trackerBackend: textSetting({
    fallback: "auto",
    values: ["auto", "ebpf", "tracefs"],
    why: "What notes the changes of disks that are protected as they are: the best that the kernel allows, or one by name.",
  }),
  trackerBufferKib: numberSetting({
    fallback: 4_096,
    min: 64,
    max: 262_144,
    unit: "KiB",
    why: "Room for changes that tracefs noted and that were not read yet, per processor and disk; what finds none costs a rescan.",
  }),
  statusSeconds: numberSetting({
    fallback: 5,
    min: 0.5,
    max: 600,
    unit: "seconds",
    why: "How often the agent looks for disk offers and hooks that were dropped in.",
  }),
  serveAtStart: textSetting({
    fallback: "at-once",
    values: ["at-once", "ask"],
    why: "Whether disks take writes as soon as the agent has started, or not before the config server has said that no other copy of the machine has taken over.",
  }),
  whenTakenOver: textSetting({
    fallback: "tell",
    values: ["tell", "power-off"],
    why: "What is done when another copy of the machine has taken over and disks are written past the agent: that is told, or a minute later the machine is switched off too.",
  }),
  powerOffCommand: textsSetting({
    fallback: ["systemctl", "poweroff"],
    max: 64,
    why: "The command and its arguments that switch the machine off, for whenTakenOver.",
  }),
  upgrades: textSetting({
    fallback: "accept",
    values: ["accept", "refuse"],
    live: true,
    why: "Whether the config server may have the agent upgrade itself: what it is upgraded to runs as root, as the agent does.",
  }),
  hookSeconds: numberSetting({
    fallback: 30,
    min: 1,
    max: 600,
    unit: "seconds",
    live: true,
    why: "How long one call of a hook (--pre or --post) may take before it is ended and the point is a crash-consistent one.",
  }),
  snapshotHookSeconds: numberSetting({
    fallback: 120,
    min: 1,
    max: 86_400,
    unit: "seconds",
    why: "How long one call of a snapshot hook (--make or --remove) may take before it is ended and the rescan of its disk is given up.",
  }),
  storeCredentialsFile: pathSetting({
    fallback: "",
    why: "The file with what the store of the machine's cache account asks for, 0600; what the machine itself has been given when empty.",
  }),
  storeCaFile: pathSetting({
    fallback: "",
    why: "PEM of the authorities that vouch for that store; the public ones when empty.",
  }),
  ...METRICS_SETTINGS,
};

export type AgentSettings = SettingsOf<typeof AGENT_SETTINGS>;
