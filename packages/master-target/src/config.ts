import { METRICS_SETTINGS, numberSetting, pathSetting, portSetting, textSetting, textsSetting } from "@leeward/daemon";

/** Every setting of the master target. What the config server decides (disks, retention, keys) is in its plan, not here. */
export const MASTER_TARGET_SETTINGS = {
  server: textSetting({
    fallback: "",
    why: "The config server, https://host or https://host:port; several addresses are separated by commas, and tried in turn.",
  }),
  tokenFile: pathSetting({ fallback: "", why: "The file with the one-time token; needed at the first start only." }),
  name: textSetting({ fallback: "", why: "What people call it; the hostname when empty.", max: 64 }),
  listen: textSetting({ fallback: "0.0.0.0", why: "The address on which process servers are taken." }),
  advertise: textsSetting({
    fallback: [],
    why: "Names and addresses under which process servers reach it, in order of preference.",
  }),
  targetPort: portSetting({ fallback: 9444, why: "The port on which process servers are taken." }),
  store: textSetting({
    fallback: "",
    why: "The object store in which the journals lie: azure://ACCOUNT/CONTAINER/PREFIX, s3://BUCKET/PREFIX or file:///FOLDER; the home's own folder when empty. A home stays with what it began with.",
  }),
  storeCredentialsFile: pathSetting({
    fallback: "",
    why: "The file with what the store asks for, 0600; what the machine itself has been given when empty.",
  }),
  storeCaFile: pathSetting({
    fallback: "",
    why: "PEM of the authorities that vouch for the store; the public ones when empty.",
  }),
  reserveBytes: numberSetting({
    fallback: 768 * 1024 * 1024,
    min: 0,
    max: 2 ** 50,
    unit: "bytes",
    why: "Space that stays free: intake stops before it is touched, so that retention and recovery can go on.",
  }),
  ...METRICS_SETTINGS,
};
