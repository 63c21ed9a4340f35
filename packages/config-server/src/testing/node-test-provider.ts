// A whole OpenID provider over TLS, with an authority of its own, whose people need no pages: who is at the browser is said beforehand.
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { TestContext } from "node:test";
import { assert } from "@leeward/base";
import { testCertificate } from "@leeward/object-store/testing";
import { Provider } from "oidc-provider";
import { afterTest, temporaryFolder } from "./node-test-server.ts";

export interface TestAccount {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

export interface TestProvider {
  readonly issuer: string;
  readonly caFile: string;
  readonly secretFile: string;
  readonly clientId: string;
  /** Who is at the browser. */
  at: TestAccount;
  /** How long a code holds, seconds. */
  codeSeconds: number;
  /** Lets a client in that comes back there. */
  admit(redirectUri: string): Provider;
}

const CLIENT_SECRET = "a secret of the client, long enough";

export async function startProvider(t: TestContext): Promise<TestProvider> {
  const folder = await temporaryFolder(t);
  const { cert, key, ca } = await testCertificate(folder);
  const [caFile, secretFile] = [`${folder}/provider-ca.pem`, `${folder}/client.secret`];
  await writeFile(caFile, ca);
  await writeFile(secretFile, `${CLIENT_SECRET}\n`);
  let provider: Provider | undefined;
  const stage = { at: { id: "nobody", name: "nobody", groups: [] }, codeSeconds: 60 } as {
    at: TestAccount;
    codeSeconds: number;
  };
  const server = createServer({ cert, key }, (request, response) => {
    assert(provider !== undefined, "a client was let in");
    if (request.url?.startsWith("/interaction/") === true)
      void provider.interactionFinished(request, response, { login: { accountId: stage.at.id } });
    else void provider.callback()(request, response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  afterTest(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert(typeof address === "object" && address !== null, "a port");
  const issuer = `https://127.0.0.1:${address.port}`;
  const clientId = "leeward";
  return Object.assign(stage, {
    issuer,
    caFile,
    secretFile,
    clientId,
    admit: (redirectUri: string) => (provider = providerAt(issuer, redirectUri, stage)),
  });
}

function providerAt(issuer: string, redirectUri: string, stage: Pick<TestProvider, "at" | "codeSeconds">): Provider {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: [{ client_id: "leeward", client_secret: CLIENT_SECRET, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kty: "RSA", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a key for cookies"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
    ttl: {
      AuthorizationCode: () => stage.codeSeconds,
      Session: 600,
      Interaction: 600,
      Grant: 600,
      IdToken: 600,
      AccessToken: 600,
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => {
      const { name, groups } = stage.at;
      return { accountId: sub, claims: async () => ({ sub, preferred_username: name, groups: [...groups] }) };
    },
    // Everybody agrees to what is asked for.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session } = oidc;
      assert(client !== undefined && session?.accountId !== undefined, "somebody is signed in at the provider");
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
}
