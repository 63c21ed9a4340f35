import { absolutePath, type ProgramState, plainCommand, printDocument } from "@leeward/cli";
import { readFile } from "@leeward/world";
import type { Command } from "commander";
import { HOME_FLAG, homeOf } from "./home-option.ts";

const CA_BYTES_MAX = 1 << 20;

/** `leeward ca trust`: tells a daemon that was left out of the authority that there is now, by the word of whoever may write its home. */
export function addTrustCommand(program: Command, state: ProgramState): void {
  const ca = program.commands.find((command) => command.name() === "ca");
  const trust = (ca ?? program.command("ca"))
    .command("trust")
    .description(
      "have a daemon that was left out of a change of authority trust the new one; it then renews by its key",
    )
    .requiredOption(HOME_FLAG, "the daemon's home")
    .requiredOption("--ca-file <file>", "the config server's ca.pem");
  plainCommand(state, trust, async (context, _args, options) => {
    const { host } = context;
    const home = homeOf(host, options);
    const path = absolutePath(host, options.text("caFile") ?? "");
    const { requireEnrolled } = await import("../enrolment.ts");
    const keyStore = await requireEnrolled(host.world, home);
    const caPem = new TextDecoder().decode(await readFile(host.files, path, CA_BYTES_MAX));
    await keyStore.addAuthority(caPem);
    const document = { home, authorities: keyStore.trusted.authorities };
    printDocument(context, document, (item) => `${item.home} trusts ${item.authorities.join(" and ")}.`);
  });
}
