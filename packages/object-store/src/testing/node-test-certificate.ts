import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a server on loopback proves itself by, and the authority that vouches for it; PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] as const;

/** Makes an authority, and a certificate of it for 127.0.0.1 and store.example, by the program openssl; `folder` holds what it needs meanwhile. */
export async function testCertificate(folder: string): Promise<TestCertificate> {
  const at = (name: string): string => join(folder, name);
  const request = ["-keyout", at("made.key"), "-out", at("made.csr"), "-subj", "/CN=store"];
  const names = "subjectAltName=DNS:localhost,DNS:store.example,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n";
  await writeFile(at("made.cnf"), names);
  const authority = ["-keyout", at("ca.key"), "-out", at("ca.crt"), "-subj", "/CN=test authority", "-days", "2"];
  await openssl(["req", "-x509", ...NEW_KEY, ...authority]);
  await openssl(["req", ...NEW_KEY, ...request]);
  const signing = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("made.cnf")];
  await openssl(["x509", "-req", "-in", at("made.csr"), "-out", at("made.crt"), "-days", "2", ...signing]);
  const read = (name: string): Promise<string> => readFile(at(name), "utf8");
  return { cert: await read("made.crt"), key: await read("made.key"), ca: await read("ca.crt") };
}

async function openssl(args: readonly string[]): Promise<void> {
  const child = spawn("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  if ((await promise) !== 0) throw new Error(`openssl ${args.join(" ")}: ${said}`);
}
