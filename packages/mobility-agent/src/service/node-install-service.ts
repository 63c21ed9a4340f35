// `leeward agent install-service`: everything of an installation on Windows that can go wrong. install.ps1 copies files, writes down what it was told, and calls it.
import { Fault } from "@leeward/base";
import {
  hostName,
  limitAccess,
  lockHome,
  parseSettings,
  pathSetting,
  pathsSetting,
  READY_NAME,
  textSetting,
} from "@leeward/daemon";
import { type Files, isWindows, readFile, rootedPath, type World } from "@leeward/world";
import { parse } from "yaml";
import { registerAgent } from "../registration/registration.ts";
import { winswIn } from "./node-winsw.ts";
import { installService, removeService } from "./service-installation.ts";
import { winswDefinition } from "./winsw-definition.ts";

const CONFIG_BYTES_MAX = 64 * 1024;
const READY_BYTES_MAX = 64 * 1024;
const TOKEN_CHARACTERS_MAX = 16 * 1024;

/** What install.ps1 writes down. Relative paths are from the file's folder. */
const SETTINGS = {
  home: pathSetting({ fallback: "", why: "The agent's home." }),
  folder: pathSetting({ fallback: "", why: "Where everything is installed; WinSW goes into its folder `service`." }),
  program: pathSetting({ fallback: "", why: "The folder of this version of the program, below it." }),
  winsw: pathSetting({ fallback: "", why: "WinSW's executable, as it was fetched." }),
  winswSha256: textSetting({ fallback: "", why: "The SHA-256 that it must have, hexadecimal." }),
  server: textSetting({ fallback: "", why: "The config server; for a home that is not registered." }),
  token: textSetting({ fallback: "", max: TOKEN_CHARACTERS_MAX, why: "The one-time token; or tokenFile." }),
  tokenFile: pathSetting({ fallback: "", why: "The file that holds it." }),
  name: textSetting({ fallback: "", why: "What to call the machine; its hostname by default." }),
  protectable: pathsSetting({ fallback: [], why: "What may be protected; none means everything." }),
};

export interface InstalledService {
  readonly home: string;
  readonly program: string;
}

/** Where WinSW and its definition lie, of whichever version of the program: what was there is put back with its own. */
function serviceFolder(folder: string): string {
  return `${folder}/service`;
}

/** The definition that an installation there gets. */
export function serviceDefinition(places: InstalledService): string {
  return winswDefinition({ ...places, script: mainScript() });
}

/**
 * Registers the home unless it is, keeps it from other users, and puts the agent's service in place by what the file `config` says; the agent is up when it settles. As
 * often as anybody likes.
 * @throws Fault `windows-needed`, `installation-invalid`, and as registerAgent and installService
 */
export async function installAgentService(
  world: World,
  config: string,
  signal: AbortSignal,
): Promise<InstalledService> {
  requireWindows();
  const { files, clock } = world;
  const said = await readInstallation(files, config);
  const { home, program } = said;
  const definition = serviceDefinition({ home, program });
  if ((await files.status(`${home}/identity/certificate.pem`)) === undefined) await register(world, said, signal);
  await limitAccess(home);
  const winsw = { path: said.winsw, sha256: said.winswSha256 };
  const folder = serviceFolder(said.folder);
  const wrapper = winswIn(folder);
  await installService({ files, clock, wrapper, folder, winsw, definition, isUp: () => isUp(files, home) }, signal);
  return { home, program };
}

/** Takes the service that was installed in a folder away; the agent's home stays. @throws Fault `windows-needed`, `service-refused` */
export async function removeAgentService({ files }: Pick<World, "files">, installed: string): Promise<void> {
  requireWindows();
  const folder = serviceFolder(installed);
  if ((await files.status(folder)) !== undefined) await removeService({ files, folder, wrapper: winswIn(folder) });
}

type Installation = Awaited<ReturnType<typeof readInstallation>>;

async function readInstallation(files: Files, path: string) {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const text = new TextDecoder().decode(await readFile(files, path, CONFIG_BYTES_MAX));
  let document: unknown;
  try {
    // Windows' PowerShell begins what it writes with a mark of its encoding.
    document = parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw invalid(path, "is not YAML or JSON", cause);
  }
  const said = parseSettings(SETTINGS, { document, overrides: {}, home: folder });
  for (const key of ["home", "folder", "program", "winsw", "winswSha256"] as const) {
    if (said[key] === "") throw invalid(path, `does not say ${key}`);
  }
  const rooted = (each: string): string => (each === "" ? "" : rootedPath(process.cwd(), each));
  return {
    ...said,
    path,
    home: rooted(said.home),
    folder: rooted(said.folder),
    program: rooted(said.program),
    winsw: rooted(said.winsw),
    tokenFile: rooted(said.tokenFile),
  };
}

async function register(world: World, said: Installation, signal: AbortSignal): Promise<void> {
  const { path, home, server, token, tokenFile, name, protectable } = said;
  if (server === "" || (token === "") === (tokenFile === ""))
    throw invalid(path, "does not say server, and either token or tokenFile, while the home is not registered");
  const secret = token === "" ? { tokenFile } : { token };
  const registration = {
    server: server.replace(/\/+$/, ""),
    name: name || hostName(),
    protectable,
    newIdentity: false,
    ...secret,
  };
  using _lock = await lockHome(home);
  await registerAgent(world, { home, registration }, signal);
}

async function isUp(files: Files, home: string): Promise<boolean> {
  const path = `${home}/${READY_NAME}`;
  if ((await files.status(path)) === undefined) return false;
  // It is exchanged, never half written; what is left of an agent that was killed names no process that is there.
  const facts: unknown = JSON.parse(new TextDecoder().decode(await readFile(files, path, READY_BYTES_MAX)));
  const pid: unknown = typeof facts === "object" && facts !== null ? Reflect.get(facts, "pid") : undefined;
  try {
    return typeof pid === "number" && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function mainScript(): string {
  return rootedPath(process.cwd(), process.argv[1] ?? "");
}

function requireWindows(): void {
  if (isWindows) return;
  throw new Fault({
    code: "windows-needed",
    kind: "operator",
    message: "Services of this kind are Windows' own.",
    remedy: "On Linux, the packages and install.sh set the agent's service up.",
  });
}

function invalid(path: string, what: string, cause?: unknown): Fault {
  return new Fault({
    code: "installation-invalid",
    kind: "operator",
    message: `${path} ${what}.`,
    remedy: "Let install.ps1 write it, or see the manual's page about Windows for what belongs into it.",
    detail: { path },
    cause,
  });
}
