// How far the clock of this machine is from that of the config server whose home, or the home of whose daemon, is named.
import { isFault, MICROS_PER_MS, MICROS_PER_SECOND, parseTime } from "@leeward/base";
import { type Files, outboundAgent, readFile } from "@leeward/world";
import type { CliHost } from "../command-context.ts";
import { type Finding, ok, warning } from "./finding.ts";

const FILE_BYTES_MAX = 1 << 20;
/** The quickest answer of so many tells the time best. */
const ROUNDS = 5;
/** Beyond this, times of recovery points mislead whoever looks for a moment. */
const OFFSET_MICROS_CONCERN = MICROS_PER_SECOND;

interface ServerPlace {
  readonly url: string;
  readonly caPem: string;
}

type Host = Pick<CliHost, "files" | "clock" | "signal">;

/** Nothing is found of a home that knows no server, as one has that was never started. */
export async function clockBesideServer(host: Host, home: string): Promise<Finding[]> {
  const check = `clock-offset ${home}`;
  try {
    const place = await placeOf(host.files, home);
    return place === undefined ? [] : [findingOf(check, await measured(host, place))];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [warning(check, `It cannot be compared with the config server's clock: ${error.message}`, error.remedy)];
  }
}

interface Offset {
  /** This machine's clock minus the server's. */
  readonly micros: number;
  readonly roundTripMicros: number;
}

async function measured({ clock, signal }: Host, { url, caPem }: ServerPlace): Promise<Offset> {
  const { ApiClient } = await import("@leeward/api");
  const { nodeTransport } = await import("@leeward/api/node");
  const client = new ApiClient({ transport: nodeTransport({ url, caPem, makeAgent: outboundAgent }) });
  let best: Offset | undefined;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [sentMicros, begunMicros] = [clock.wallMicros(), clock.monotonicMicros()];
      const { time } = await client.live({}, { signal });
      const roundTripMicros = clock.monotonicMicros() - begunMicros;
      const micros = Math.round(sentMicros + roundTripMicros / 2 - parseTime(time));
      if (best === undefined || roundTripMicros < best.roundTripMicros) best = { micros, roundTripMicros };
    }
  } finally {
    client.close();
  }
  return best ?? { micros: 0, roundTripMicros: 0 };
}

function findingOf(check: string, { micros, roundTripMicros }: Offset): Finding {
  const distance = `${milliseconds(Math.abs(micros))} ${micros < 0 ? "behind" : "ahead of"} the config server's`;
  const text = `The clock is ${distance}, give or take ${milliseconds(roundTripMicros / 2)}.`;
  if (Math.abs(micros) <= OFFSET_MICROS_CONCERN) return ok(check, text);
  return warning(check, text, "Keep the clocks of both machines with chrony or systemd-timesyncd.");
}

function milliseconds(micros: number): string {
  return `${(micros / MICROS_PER_MS).toFixed(1)} ms`;
}

/** A server's home says where it is while it runs; a daemon's names the server in its settings. */
async function placeOf(files: Files, home: string): Promise<ServerPlace | undefined> {
  const ready = await textAt(files, `${home}/ready.json`);
  const own = /"apiUrl":"([^"]+)"/.exec(ready ?? "")?.[1];
  const configured = /^server:\s*["']?([^\s"'#,]+)/m.exec((await textAt(files, `${home}/config.yaml`)) ?? "")?.[1];
  const url = own ?? configured;
  const caPem = await textAt(files, own === undefined ? `${home}/identity/ca.pem` : `${home}/ca.pem`);
  return url === undefined || caPem === undefined ? undefined : { url, caPem };
}

async function textAt(files: Files, path: string): Promise<string | undefined> {
  if ((await files.status(path)) === undefined) return undefined;
  return new TextDecoder().decode(await readFile(files, path, FILE_BYTES_MAX));
}
