import { request } from "node:http";

/** One figure that the daemon of a home counts, and when it was read: between the two moments, milliseconds of this process. */
export interface Reading {
  readonly value: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

export async function readMetric(home: string, name: string): Promise<Reading> {
  const beforeMs = performance.now();
  const text = await scrape(`${home}/metrics.sock`);
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${home} counts no ${name}`);
  return { value: Number(line.slice(name.length + 1)), beforeMs, afterMs: performance.now() };
}

/** All that the daemon counts, as Prometheus reads it. */
export async function scrape(socketPath: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A connection that was kept from an earlier look may be closed at the other end by now.
  const asking = request({ socketPath, path: "/", agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
    response.on("end", () => resolve(Buffer.concat(chunks).toString()));
  });
  asking.on("error", reject).end();
  return promise;
}
