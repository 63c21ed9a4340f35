export { CONFIG_NAME, type ConfigSource, readConfig } from "./config/config-file.ts";
export { LiveConfig } from "./config/live-config.ts";
export { watchConfig } from "./config/node-config-watch.ts";
export { invalidDocument, parseSettings, type RawSettings } from "./config/parse-settings.ts";
export {
  flagSetting,
  numberSetting,
  pathSetting,
  pathsSetting,
  portSetting,
  type Setting,
  type SettingsOf,
  type SettingTable,
  textSetting,
  textsSetting,
} from "./config/setting.ts";
export { flagOf, sampleFile, settingsHelp, settingsManual } from "./config/setting-text.ts";
export {
  type CertificateKeeper,
  type ControlLink,
  ControlSession,
  type ControlSessionOptions,
  type PlanKind,
  type Plans,
  serverUnreachable,
} from "./control/control-session.ts";
export { type EnrolOptions, enrol, renewByKey, type TokenSource } from "./control/node-enrolment.ts";
export { type Refusal, RefusalReports } from "./control/refusal-reports.ts";
export {
  advertisedEndpoint,
  advertisedName,
  atFirstServer,
  serverEndpoint,
  serverEndpoints,
} from "./control/server-address.ts";
export { countingChannels, countingNetwork } from "./counting-network.ts";
export { adoptHome, type HomeFormat, type HomeOptions, type Migration, readFormat } from "./home/home-format.ts";
export { lockHome } from "./home/node-home-lock.ts";
export { limitAccess, makePrivateFolder } from "./home/node-private-folder.ts";
export { accessOf } from "./home/node-windows-access.ts";
export { METRICS_SETTINGS } from "./lifecycle/metrics-settings.ts";
export { bootId } from "./lifecycle/node-boot-id.ts";
export { type HostHealthFacts, hostHealth } from "./lifecycle/node-host-health.ts";
export { type DaemonContext, type DaemonOptions, runDaemon } from "./lifecycle/node-run-daemon.ts";
export { hostName, ownSender } from "./lifecycle/node-sender.ts";
export { type ServiceNotice, serviceNotice } from "./lifecycle/node-service-notice.ts";
export { askToStop } from "./lifecycle/node-stop-pipe.ts";
export { isUefi, registryText, smbiosTable } from "./lifecycle/node-windows-host.ts";
export { READY_NAME, type ReadyFacts, readyLine, removeReady, writeReady } from "./lifecycle/ready.ts";
export { together, type Work } from "./lifecycle/together.ts";
export { type MetricBrief, Metrics } from "./metrics.ts";
export { bandwidthGauges } from "./schedule/bandwidth-gauges.ts";
export {
  type BandwidthSchedule,
  type BandwidthWindow,
  limitAt,
  NO_LIMIT,
  nextLimitChange,
} from "./schedule/bandwidth-schedule.ts";
export { formatBandwidth, formatLimit, parseBandwidth } from "./schedule/bandwidth-text.ts";
export { systemZone } from "./schedule/node-system-zone.ts";
export { type PayloadQuestion, Throttle, type ThrottlePlace, type ThrottleStatus } from "./schedule/throttle.ts";
export {
  ALWAYS,
  formatWorkingHours,
  isInWindow,
  nextWindowChange,
  normalTimeWindow,
  OUTSIDE_WORKING_HOURS,
  parseTimeWindow,
  parseWorkingHours,
  type TimeWindow,
} from "./schedule/time-window.ts";
export { type TimeZone, timeZone, UTC } from "./schedule/time-zone.ts";
export type { WeekHours } from "./schedule/week-hours.ts";
export { type NodeTraceOptions, nodeTrace } from "./trace/node-trace.ts";
export { fieldsOfThrown } from "./trace/thrown-fields.ts";
export { silentTrace, TRACE_LEVELS, type Trace, type TraceFields, type TraceLevel } from "./trace/trace.ts";
export { type Moment, type Passage, Passages } from "./way/passages.ts";
export { PointMoments } from "./way/point-moments.ts";
export { tracePoint } from "./way/trace-point.ts";
