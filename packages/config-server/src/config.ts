import { numberSetting, pathSetting, portSetting, textSetting, textsSetting } from "@leeward/daemon";

/** Whether the setting `database` means a file in the home: it is left out, or says so in the place of another one that would count. */
export function isStateInHome(database: string): boolean {
  return database === "" || database === "home";
}

/** Every setting of the config server. */
export const CONFIG_SERVER_SETTINGS = {
  listen: textSetting({ fallback: "0.0.0.0", why: "Address to listen on" }),
  apiPort: portSetting({ fallback: 443, why: "Port of the API and of the daemons' sessions; 0 takes a free one" }),
  advertise: textsSetting({
    fallback: [],
    max: 32,
    why: "Names and addresses, with or without a port, under which others find this server; they stand in its certificate",
  }),
  database: textSetting({
    fallback: "",
    max: 2_048,
    why: "PostgreSQL database of the state, postgres://USER@HOST/DATABASE, which several servers may share; `home`, or nothing, for a file in the home",
  }),
  databasePasswordFile: pathSetting({ fallback: "", why: "File that holds the password of the database's user" }),
  databaseCaFile: pathSetting({
    fallback: "",
    why: "PEM of the authorities that vouch for the database's server; the public ones when left out",
  }),
  handoverFolder: pathSetting({
    fallback: "",
    why: "Folder that gets operator.token and ca.pem; the home when left out",
  }),
  offlineAfterSeconds: numberSetting({
    unit: "seconds",
    fallback: 15,
    min: 0,
    max: 86_400,
    live: true,
    why: "How long a machine or server may be away before it needs a person",
  }),
  renewalGraceDays: numberSetting({
    unit: "days",
    fallback: 365,
    min: 0,
    max: 36_500,
    live: true,
    why: "How long after its certificate ended a machine or server gets another one by its key alone",
  }),
  caOverlapDays: numberSetting({
    unit: "days",
    fallback: 7,
    min: 0,
    max: 3_650,
    live: true,
    why: "How long after another authority was begun the old one is trusted at least, for operators to take the new one over",
  }),
  requestsPerMinuteMax: numberSetting({
    unit: "requests",
    fallback: 6_000,
    min: 10,
    max: 1_000_000,
    why: "Requests that one address may make in a minute",
  }),
  eventsKept: numberSetting({
    unit: "events",
    fallback: 200_000,
    min: 1_000,
    max: 10_000_000,
    live: true,
    why: "How many events are kept",
  }),
  webhookUrl: textSetting({
    fallback: "",
    max: 2_048,
    live: true,
    why: "Where events of severity warning and critical are posted as JSON",
  }),
};

export type ConfigServerSettings = typeof CONFIG_SERVER_SETTINGS;
