import { Fault } from "@leeward/base";

/** Where a PostgreSQL database is. */
export interface DatabaseAddress {
  /** A name or an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Whether the connection is TLS with the server's certificate checked; never over a Unix socket. */
  readonly tls: boolean;
  /** How it is named to people. */
  readonly name: string;
}

const PORT = 5_432;
const PARAMETERS: readonly string[] = ["host", "sslmode"];

/**
 * `postgres://USER@HOST[:PORT]/DATABASE`, or `postgres://USER@/DATABASE?host=/FOLDER` for a Unix socket. TLS is left out by `?sslmode=disable` alone.
 * @throws Fault `database-url-invalid`
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const refuse = (why: string): Fault => databaseUrlInvalid(why);
  if (!/^postgres(ql)?:\/\//.test(text)) throw refuse("it does not begin with postgres://");
  // A URL of a scheme that is not a browser's may lack its host, but not when it names a user.
  const socket = /^(postgres(?:ql)?:\/\/[^/@]*@)(\/.*)$/.exec(text);
  const url = URL.parse(socket === null ? text : `${socket[1]}localhost${socket[2]}`);
  if (url === null) throw refuse("it does not read as a URL");
  if (url.password !== "") throw refuse("it holds a password, which goes into a file (databasePasswordFile)");
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined)
    throw refuse(`it has the parameter ${unknown}, which is not one of ${PARAMETERS.join(", ")}`);
  const [user, database] = [decoded(url.username), decoded(url.pathname.slice(1))];
  if (user === undefined || database === undefined) throw refuse("it has a % that is none");
  if (user === "") throw refuse("it names no user");
  if (database === "" || database.includes("/")) throw refuse("it names no database");
  const folder = url.searchParams.get("host");
  if (socket !== null && !folder?.startsWith("/")) throw refuse("it names no host");
  if (socket === null && folder !== null) throw refuse("it names two hosts");
  const mode = url.searchParams.get("sslmode") ?? "verify-full";
  if (mode !== "verify-full" && mode !== "disable") throw refuse("sslmode is verify-full or disable");
  const host = folder ?? url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? PORT : Number(url.port);
  const name = `PostgreSQL database ${database} at ${folder === null ? `${url.hostname}:${port}` : host}`;
  return { host, port, user, database, tls: folder === null && mode !== "disable", name };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // What is no code of a sign is told by whoever asked.
    return undefined;
  }
}

function databaseUrlInvalid(why: string): Fault {
  return new Fault({
    code: "database-url-invalid",
    kind: "operator",
    message: `The setting database is refused: ${why}.`,
    remedy: "Write postgres://USER@HOST:PORT/DATABASE, or leave it empty for a file in the home.",
  });
}
