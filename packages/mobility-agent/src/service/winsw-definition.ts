// The agent as a service of Windows, in the words of WinSW 2 (its doc/xmlConfigFile.md): it starts the process below, restarts one that failed, and ends it by Ctrl+C.
import { Fault } from "@leeward/base";
import { commandLine } from "./command-line.ts";

/** The service's name, and that of WinSW's files. */
export const SERVICE_ID = "leeward-agent";
/** Under which name the agent is in Windows' event log. */
const EVENT_SOURCE = "Leeward";
/** Longer than an agent may drain, seconds. */
const STOP_SECONDS = 45;
const RESTART_SECONDS = [5, 30, 120];

export interface ServicePlaces {
  /** The installed program: node.exe, main.js and all. */
  readonly program: string;
  /** main.js itself, below it. */
  readonly script: string;
  /** Of the agent. */
  readonly home: string;
}

/** What WinSW reads; ends with a line's end. @throws Fault `service-path-invalid` for a path that cannot stand there */
export function winswDefinition({ program, script, home }: ServicePlaces): string {
  const [programPath, scriptPath, homePath] = [program, script, home].map(windowsPath);
  const args = commandLine([
    "--scavenger-max-new-space-capacity-mb=4",
    "--initial-old-space-size=512",
    scriptPath ?? "",
    "agent",
    "start",
    "--home",
    homePath ?? "",
  ]);
  const lines = [
    element("id", SERVICE_ID),
    element("name", "Leeward mobility agent"),
    element("description", "Keeps ready-to-boot copies of this machine's disks elsewhere (Leeward)."),
    element("executable", `${programPath}\\node.exe`),
    element("arguments", args),
    element("workingdirectory", programPath ?? ""),
    element("startmode", "Automatic"),
    element("delayedAutoStart", "true"),
    element("stoptimeout", `${STOP_SECONDS} sec`),
    element("stopparentprocessfirst", "true"),
    ...RESTART_SECONDS.map((seconds) => `<onfailure action="restart" delay="${seconds} sec"/>`),
    element("resetfailure", "1 hour"),
    element("logpath", `${homePath}\\trace`),
    '<log mode="roll-by-size"><sizeThreshold>10240</sizeThreshold><keepFiles>8</keepFiles></log>',
    `<env name="LEEWARD_EVENT_LOG" value="${EVENT_SOURCE}"/>`,
  ];
  return `<?xml version="1.0" encoding="utf-8"?>\n<service>\n${lines.map((line) => `  ${line}\n`).join("")}</service>\n`;
}

/** With backslashes. WinSW puts variables of the environment in the place of %NAME%, and knows no way to write a plain %. */
function windowsPath(path: string): string {
  const isControl = (character: string): boolean => character < " ";
  if (/[%"<>|?*]/.test(path) || path.split("").some(isControl)) throw pathInvalid(path);
  return path.replaceAll("/", "\\").replace(/(?<!:)\\+$/, "");
}

function element(name: string, text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}

function pathInvalid(path: string): Fault {
  return new Fault({
    code: "service-path-invalid",
    kind: "operator",
    message: `The path ${JSON.stringify(path)} cannot stand in the definition of a service.`,
    remedy: 'Choose a folder without % " < > | ? * in its name.',
    detail: { path },
  });
}
