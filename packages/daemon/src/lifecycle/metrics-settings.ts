import { pathSetting, textSetting } from "../config/setting.ts";

/** Of every daemon: where else than on HOME/metrics.sock it says what it counts. */
export const METRICS_SETTINGS = {
  metricsListen: textSetting({
    fallback: "",
    max: 300,
    why: "ADDRESS:PORT on which Prometheus reads what the daemon counts; none when empty. An address that others reach goes over TLS, with the daemon's certificate and metricsTokenFile.",
  }),
  metricsTokenFile: pathSetting({
    fallback: "",
    why: "The file with the bearer token that whoever reads metricsListen has to bring, 0600; needed but on loopback addresses.",
  }),
};
