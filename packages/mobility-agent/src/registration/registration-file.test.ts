import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "@leeward/base";
import { replaceFile } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { type RegistrationFile, readRegistrationFile } from "./registration-file.ts";

const HOME = "/agent";
const PATH = `${HOME}/registration.yaml`;
const TOKEN = "lw1.secret.certificate";

async function put(world: SimulatedWorld, path: string, text: string): Promise<void> {
  await world.files.makeFolder(HOME);
  await replaceFile(world.files, HOME, path.slice(HOME.length + 1), new TextEncoder().encode(text));
}

async function read(text: string): Promise<RegistrationFile> {
  const world = simulatedWorld({ seed: 1 });
  await put(world, PATH, text);
  return readRegistrationFile(world.files, PATH, "rack-1");
}

test("a file says server, token, and what may be left out", async () => {
  assert.deepEqual(await read(`server: https://dr.example.org/\ntoken: ${TOKEN}\n`), {
    registration: { server: "https://dr.example.org", token: TOKEN, name: "rack-1", protectable: [] },
    newIdentityOfCopy: false,
    secrets: [PATH],
  });
  const whole =
    "server: https://a:8443\ntokenFile: agent.token\nname: web\nprotectable: [/dev/sdb, x]\nnewIdentityOfCopy: true";
  assert.deepEqual(await read(whole), {
    registration: {
      server: "https://a:8443",
      tokenFile: `${HOME}/agent.token`,
      name: "web",
      protectable: ["/dev/sdb", `${HOME}/x`],
    },
    newIdentityOfCopy: true,
    secrets: [`${HOME}/agent.token`],
  });
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ["is empty", "", /not a config server's address/],
  ["is no map", "- a\n- b", /not a map/],
  ["is not YAML", `server: [\ntoken: ${TOKEN}`, /is not YAML/i],
  ["names a key twice", `server: https://a\nserver: https://b\ntoken: ${TOKEN}`, /is not YAML/i],
  ["has a key that there is not", `server: https://a\ntoken: ${TOKEN}\npasswort: x`, /no setting "passwort"/],
  ["has no server", `token: ${TOKEN}`, /not a config server's address/],
  ["has a server without encryption", `server: http://a\ntoken: ${TOKEN}`, /not a config server's address/],
  ["has no token", "server: https://a", /token or tokenFile/],
  ["has two tokens", `server: https://a\ntoken: ${TOKEN}\ntokenFile: /t`, /token or tokenFile/],
  ["has a number for a name", `server: https://a\ntoken: ${TOKEN}\nname: 7`, /name is not a text/],
];
for (const [what, text, why] of BAD) {
  test(`a file that ${what} is refused, and its token is not told`, async () => {
    await assert.rejects(read(text), (error) => {
      assert.ok(error instanceof Fault);
      assert.equal(error.code, "registration-invalid");
      assert.match(error.message, why);
      assert.match(error.message, /\/agent\/registration\.yaml .* Nothing was registered/s);
      for (let each: unknown = error; each instanceof Error; each = each.cause)
        assert.ok(!each.message.includes("secret"));
      return true;
    });
  });
}
