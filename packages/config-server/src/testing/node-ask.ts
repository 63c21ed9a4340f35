// A caller that is no client of ours: it says whatever a test has it say, and shows what came back as it is.
import { request as httpsRequest } from "node:https";
import { ErrorBody } from "@leeward/api";
import { Check } from "typebox/value";
import type { TestServer } from "./node-test-server.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: NodeJS.Dict<string | string[]>;
}

export async function ask(server: Pick<TestServer, "url" | "caPem">, how: Asked): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = {
    ...(how.token !== undefined && { authorization: `Bearer ${how.token}` }),
    ...(how.body !== undefined && {
      "content-type": how.type ?? "application/json",
      "content-length": Buffer.byteLength(how.body),
    }),
    ...how.headers,
  };
  const url = new URL(server.url);
  // The path goes out as it is written, dots and all.
  const request = httpsRequest({
    host: url.hostname,
    port: url.port,
    path: how.path,
    method: how.method,
    headers,
    ca: server.caPem,
    agent: false,
    checkServerIdentity: () => undefined,
  });
  request.on("error", reject).on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
    response.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const isJson = /^application\/(problem\+)?json/.test(response.headers["content-type"] ?? "");
      const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
      resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
    });
  });
  request.end(how.body);
  return promise;
}

/** The code of a refusal. */
export const codeOf = (body: unknown): string => (Check(ErrorBody, body) ? body.error.code : "no error body");

/** The cookie that an answer sets, as it is sent back: `NAME=VALUE`. */
export function cookieOf({ headers }: Answer, name = "__Host-leeward"): string | undefined {
  const found = headers["set-cookie"];
  const all = Array.isArray(found) ? found : [];
  return all.map((each) => each.split(";")[0] ?? "").find((each) => each.startsWith(`${name}=`) && each !== `${name}=`);
}
