import { Fault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";

/** 0 takes a free one. */
export interface Ports {
  readonly api: number;
  readonly data: number;
  readonly target: number;
}

const FILE = "ports.json";

/** The ports to start with: what was asked for, and where that is 0, what the last start took. @throws Fault `ports-damaged` */
export async function readPorts(files: Files, home: string, asked: Ports): Promise<Ports> {
  const path = `${home}/${FILE}`;
  if ((await files.status(path)) === undefined) return asked;
  const bytes = await readFile(files, path, 4_096);
  const known = parsed(new TextDecoder().decode(bytes), path);
  return { api: asked.api || known.api, data: asked.data || known.data, target: asked.target || known.target };
}

export function writePorts(files: Files, home: string, ports: Ports): Promise<void> {
  return replaceFile(files, home, FILE, new TextEncoder().encode(`${JSON.stringify(ports)}\n`));
}

function parsed(text: string, path: string): Ports {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, cause);
  }
  const numberOf = (name: string): number => {
    const value: unknown = typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
    throw damaged(path, undefined);
  };
  return { api: numberOf("api"), data: numberOf("data"), target: numberOf("target") };
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault({
    code: "ports-damaged",
    kind: "operator",
    message: `${path} does not hold three ports.`,
    remedy: "Remove the file, or give the ports on the command line.",
    detail: { path },
    cause,
  });
}
