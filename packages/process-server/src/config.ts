import { MiB, TiB } from "@leeward/base";
import {
  METRICS_SETTINGS,
  numberSetting,
  pathSetting,
  portSetting,
  type SettingsOf,
  textSetting,
  textsSetting,
} from "@leeward/daemon";

/** Every setting of the process server. Which disks it forwards, and where to, is in its plan. */
export const PROCESS_SERVER_SETTINGS = {
  server: textSetting({
    fallback: "",
    why: "The config server, https://host or https://host:port; several addresses are separated by commas, and tried in turn.",
  }),
  tokenFile: pathSetting({
    fallback: "",
    why: "The file with a one-time token; needed until this process server is enrolled.",
  }),
  name: textSetting({
    fallback: "",
    max: 64,
    why: "What people call this process server; empty lets the config server choose.",
  }),
  listen: textSetting({ fallback: "0.0.0.0", why: "The address on which agents are awaited." }),
  dataPort: portSetting({ fallback: 9443, why: "The port on which agents are awaited." }),
  advertise: textsSetting({
    fallback: [],
    max: 32,
    why: "Names and addresses under which agents reach it; the first one is told to them.",
  }),
  reserveBytes: numberSetting({
    unit: "bytes",
    fallback: 512 * MiB,
    min: 64 * MiB,
    max: 1 * TiB,
    why: "Free space of the cache's file system below which intake waits: making room needs room.",
  }),
  leftCacheHours: numberSetting({
    unit: "hours",
    fallback: 24,
    min: 0,
    max: 720,
    why: "How long the cache of a disk that left the plan is kept when its target has not all of it; a wrong plan can be mended until then.",
  }),
  storeCredentialsFile: pathSetting({
    fallback: "",
    why: "The file with what the store of machines' cache accounts asks for, 0600; what the machine itself has been given when empty.",
  }),
  storeCaFile: pathSetting({
    fallback: "",
    why: "PEM of the authorities that vouch for that store; the public ones when empty.",
  }),
  ...METRICS_SETTINGS,
};

export type ProcessServerSettings = SettingsOf<typeof PROCESS_SERVER_SETTINGS>;
