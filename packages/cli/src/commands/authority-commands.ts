import type { Rotation } from "@leeward/api";
import { replaceFile } from "@leeward/world";
import type { Command } from "commander";
import { plainTime } from "../human-text.ts";
import { absolutePath, type ProgramState, serverCommand } from "../leaf-command.ts";
import { printDocument } from "../output.ts";

/** `leeward ca …`: the certificate authority, and how one follows another. Returns the command, for what needs a daemon's home. */
export function addAuthorityCommands(program: Command, state: ProgramState): Command {
  const ca = program.command("ca").description("the certificate authority, and how another one follows it");
  const show = ca
    .command("show")
    .description("show where a change of authority stands")
    .option("--to <file>", "also write the certificates of all that are trusted to this file");
  serverCommand(state, show, async (context, _args, options) => {
    const client = await context.client();
    const to = options.text("to");
    if (to !== undefined) {
      const { caPem } = await client.showAuthorities();
      const path = absolutePath(context.host, to);
      const slash = path.lastIndexOf("/");
      const bytes = new TextEncoder().encode(caPem);
      await replaceFile(context.host.files, path.slice(0, slash) || "/", path.slice(slash + 1), bytes);
    }
    printDocument(context, await client.showRotation(), rotationText);
  });
  const rotate = ca
    .command("rotate")
    .description("bring in another authority; daemons take it over by themselves, and the old one goes when all have")
    .option("--force", "let it issue now, also without those that were not reached");
  serverCommand(state, rotate, async (context, _args, options) => {
    const client = await context.client();
    const call = { body: { force: options.flag("force") } };
    printDocument(context, await client.rotateAuthority(call), rotationText);
  });
  const retire = ca
    .command("retire")
    .description("end the old authority now, once all daemons have certificates of the new one")
    .option("--force", "also when some have not: they are left out, and named");
  serverCommand(state, retire, async (context, _args, options) => {
    const client = await context.client();
    const call = { body: { force: options.flag("force") } };
    printDocument(context, await client.retireAuthority(call), rotationText);
  });
  return ca;
}

function rotationText({ phase, fingerprint, successor, retiresAt, members, behind }: Rotation): string {
  if (phase === "none") return `The authority is ${fingerprint}. No other one is being brought in.`;
  const what = phase === "introducing" ? "know it" : "have certificates of it";
  const left = behind.length === 0 ? "" : ` Not yet: ${behind.map(({ name }) => name).join(", ")}.`;
  return `${successor} follows ${fingerprint}, which goes at ${plainTime(retiresAt)} at the earliest.
${members - behind.length} of ${members} machines and servers ${what}.${left}`;
}
