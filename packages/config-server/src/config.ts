import { METRICS_SETTINGS, numberSetting, pathSetting, portSetting, textSetting, textsSetting } from "@leeward/daemon";

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
  signInIdleMinutes: numberSetting({
    unit: "minutes",
    fallback: 30,
    min: 1,
    max: 1_440,
    live: true,
    why: "After how long without a call somebody who is signed in has to do so again",
  }),
  signInHours: numberSetting({
    unit: "hours",
    fallback: 12,
    min: 1,
    max: 720,
    live: true,
    why: "How long somebody is signed in at most",
  }),
  oidcIssuer: textSetting({
    fallback: "",
    max: 2_048,
    live: true,
    why: "Address of an identity provider (OpenID Connect) over which people sign in; none when left out",
  }),
  oidcClientId: textSetting({ fallback: "", max: 256, live: true, why: "Id that the provider gave this server" }),
  oidcClientSecretFile: pathSetting({
    fallback: "",
    live: true,
    why: "File that holds the secret that the provider gave this server; left out where it gave none",
  }),
  oidcName: textSetting({
    fallback: "",
    max: 64,
    live: true,
    why: "Name by which people know the provider; its host when left out",
  }),
  oidcScopes: textSetting({
    fallback: "openid profile email",
    max: 256,
    live: true,
    why: "What the provider is asked for; some need one more for groups",
  }),
  oidcRoleClaim: textSetting({
    fallback: "groups",
    max: 256,
    live: true,
    why: "Claim that holds a person's groups; one inside another as realm_access.roles",
  }),
  oidcRoles: textsSetting({
    fallback: [],
    max: 256,
    live: true,
    why: "Which group has which role, each as GROUP=viewer, GROUP=operator or GROUP=administrator; others do not get in",
  }),
  oidcCaFile: pathSetting({
    fallback: "",
    live: true,
    why: "PEM of the authorities that vouch for the provider; the public ones when left out",
  }),
  webhookUrl: textSetting({
    fallback: "",
    max: 2_048,
    why: "Taken over once as the alert channel `webhook`, for who had it set; use `leeward alert channel set`",
  }),
  channelsMayReach: textsSetting({
    fallback: [],
    max: 64,
    why: "Names, addresses and networks (10.0.0.0/8) that alert channels may reach although they are this machine's own, link-local or otherwise refused",
  }),
  ...METRICS_SETTINGS,
};

export type ConfigServerSettings = typeof CONFIG_SERVER_SETTINGS;
