import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peer } from "./peer.ts";
import { runPeer } from "./peer-process.ts";

export const openssl = peer("openssl");

/** What one side of TLS has: for node:tls, and as the files that libnbd and nbdkit want in one folder. */
export interface TestIdentity {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer;
}

/** Makes an authority in `folder` (ca-cert.pem), and identities that it vouches for. */
export async function testAuthority(
  folder: string,
): Promise<{ issue(name: "server" | "client"): Promise<TestIdentity> }> {
  const ca = { key: join(folder, "ca-key.pem"), cert: join(folder, "ca-cert.pem") };
  await make([
    "req",
    "-x509",
    ...NEW_KEY,
    "-keyout",
    ca.key,
    "-out",
    ca.cert,
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
  ]);
  return {
    async issue(name) {
      const [key, request, cert] = ["key", "request", "cert"].map((part) => join(folder, `${name}-${part}.pem`));
      if (key === undefined || request === undefined || cert === undefined) throw new Error("three paths were made");
      const extensions = join(folder, `${name}.cnf`);
      writeFileSync(
        extensions,
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n",
      );
      await make(["req", ...NEW_KEY, "-keyout", key, "-out", request, "-subj", `/CN=${name}`]);
      const signing = ["-CA", ca.cert, "-CAkey", ca.key, "-CAcreateserial", "-days", "2", "-extfile", extensions];
      await make(["x509", "-req", "-in", request, "-out", cert, ...signing]);
      return { key: readFileSync(key), cert: readFileSync(cert), ca: readFileSync(ca.cert) };
    },
  };
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] as const;

async function make(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runPeer(openssl, args);
  if (code !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
}
