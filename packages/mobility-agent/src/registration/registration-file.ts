// A registration that nobody types: a file that cloud-init, or a configuration tool, puts there. YAML, with the keys of the table below, of which none is passed over.
import { Fault, isFault } from "@leeward/base";
import {
  flagSetting,
  parseSettings,
  pathSetting,
  pathsSetting,
  serverEndpoints,
  type TokenSource,
  textSetting,
} from "@leeward/daemon";
import { type Files, readFile } from "@leeward/world";
import { parse } from "yaml";
import type { Registration } from "./registration.ts";

/** In the home; the agent registers by it when it starts, and removes it then. */
export const REGISTRATION_NAME = "registration.yaml";
const BYTES_MAX = 64 * 1024;
const TOKEN_CHARACTERS_MAX = 16 * 1024;

/** What a registration's file says. */
const REGISTRATION_SETTINGS = {
  server: textSetting({
    fallback: "",
    why: "The config server, https://host or https://host:port; several addresses are separated by commas.",
  }),
  token: textSetting({ fallback: "", max: TOKEN_CHARACTERS_MAX, why: "The one-time token; or tokenFile." }),
  tokenFile: pathSetting({ fallback: "", why: "The file that holds it, relative to this one's folder." }),
  name: textSetting({ fallback: "", why: "What to call the machine; its hostname by default." }),
  protectable: pathsSetting({ fallback: [], why: "What may be protected; none means everything." }),
  newIdentityOfCopy: flagSetting({
    fallback: false,
    why: "Whether a host that has a copy of another one's identity gives it up, and registers by this file.",
  }),
};

type UnattendedRegistration = TokenSource & Pick<Registration, "server" | "name" | "protectable">;

/** What was read. */
export interface RegistrationFile {
  readonly registration: UnattendedRegistration;
  readonly newIdentityOfCopy: boolean;
  /** The files that hold the token, which is of no use once it was used. */
  readonly secrets: readonly string[];
}

/**
 * Reads a registration, the whole of which is checked before anything is done by it.
 * @throws Fault `registration-invalid`, which names the file and what is wrong in it; `file-too-large`, and what reading throws
 */
export async function readRegistrationFile(files: Files, path: string, hostName: string): Promise<RegistrationFile> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const { server, token, tokenFile, name, protectable, newIdentityOfCopy } = parsed(
    path,
    folder,
    new TextDecoder().decode(await readFile(files, path, BYTES_MAX)),
  );
  if ((token === "") === (tokenFile === "")) throw invalid(path, "Either token or tokenFile belongs into it");
  const secret = token === "" ? { tokenFile } : { token };
  const secrets = tokenFile === "" ? [path] : [tokenFile];
  const registration = { server: server.replace(/\/+$/, ""), ...secret, name: name || hostName, protectable };
  return { registration, newIdentityOfCopy, secrets };
}

function parsed(
  path: string,
  home: string,
  text: string,
): ReturnType<typeof parseSettings<typeof REGISTRATION_SETTINGS>> {
  try {
    const document: unknown = parse(text, { maxAliasCount: 0, uniqueKeys: true, logLevel: "error" });
    const settings = parseSettings(REGISTRATION_SETTINGS, { document, overrides: {}, home });
    serverEndpoints(settings.server);
    return settings;
  } catch (error) {
    // What YAML says quotes the line, which may be the token's.
    const why = isFault(error) ? error.message.replace(/\.$/, "") : "It is not YAML";
    throw invalid(path, why, isFault(error) ? error : undefined);
  }
}

function invalid(path: string, why: string, cause?: Fault): Fault {
  return new Fault({
    code: "registration-invalid",
    kind: "operator",
    message: `${path} is no registration: ${why}. Nothing was registered.`,
    remedy: "Correct it; it has server, token or tokenFile, and if need be name, protectable, newIdentityOfCopy.",
    detail: { path },
    cause,
  });
}
