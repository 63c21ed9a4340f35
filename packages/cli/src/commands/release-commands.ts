import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { ReleaseFile } from "@leeward/api";
import { allPages, RELEASE_PART_BYTES_MAX } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import type { FileHandle } from "@leeward/world";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainBytes, plainTime } from "../human-text.ts";
import { absolutePath, type ProgramState, serverCommand } from "../leaf-command.ts";
import { printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

const COLUMNS = {
  VERSION: (item: ReleaseFile) => item.version,
  FILE: (item: ReleaseFile) => item.file,
  SIZE: (item: ReleaseFile) => plainBytes(item.bytes),
  SHA256: (item: ReleaseFile) => item.sha256,
  ADDED: (item: ReleaseFile) => plainTime(item.addedAt),
};

/** `leeward release add|list|remove`: what agents are upgraded to. */
export function addReleaseCommands(program: Command, state: ProgramState): void {
  const release = program.command("release").description("releases that the config server has for agents");
  serverCommand(
    state,
    release
      .command("add <file...>")
      .description(
        "give the config server files of a release: leeward-VERSION-linux-x64.tar.gz, leeward-agent_VERSION-REVISION_amd64.deb",
      ),
    async (context, args) => {
      const items: ReleaseFile[] = [];
      for (const path of args) items.push(await added(context, absolutePath(context.host, path)));
      printList(context, { items }, COLUMNS);
    },
  );
  serverCommand(state, release.command("list").description("list the files of releases"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listReleases({ query: page })), COLUMNS);
  });
  serverCommand(
    state,
    release.command("remove <version>").description("remove the files of a release"),
    async (context, args) => {
      const client = await context.client();
      printList(context, await client.removeRelease({ params: { version: requireName(args, 0) } }), COLUMNS);
    },
  );
}

/** Brings one file, part by part, and answers with what the server made of it. */
async function added(context: CommandContext, path: string): Promise<ReleaseFile> {
  const { files, signal } = context.host;
  const client = await context.client();
  await using handle = await files.open(path, "read");
  const sizeBytes = await handle.sizeBytes();
  const sha256 = await sumOf(handle, sizeBytes);
  for (let offset = 0; ; ) {
    const body = await pieceAt(handle, offset, sizeBytes);
    const call = { params: { file: posix.basename(path) }, query: { offset, sizeBytes, sha256 }, body };
    const { receivedBytes, release } = await client.addReleasePart(call, { signal });
    if (release !== null) return release;
    if (receivedBytes !== offset + body.length) throw changed(path);
    offset = receivedBytes;
    if (context.host.stderr.isTerminal && !context.json)
      context.host.stderr.write(`\r\u001b[K${path}: ${plainBytes(offset)} of ${plainBytes(sizeBytes)}`);
    if (offset >= sizeBytes) throw changed(path);
  }
}

async function sumOf(handle: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash("sha256");
  for (let offset = 0; offset < sizeBytes; offset += RELEASE_PART_BYTES_MAX)
    hash.update(await pieceAt(handle, offset, sizeBytes));
  return hash.digest("hex");
}

async function pieceAt(handle: FileHandle, offset: number, sizeBytes: number): Promise<Uint8Array> {
  const piece = new Uint8Array(Math.min(RELEASE_PART_BYTES_MAX, sizeBytes - offset));
  return piece.subarray(0, await handle.read(piece, offset));
}

function changed(path: string): Fault {
  return new Fault({
    code: "release-file-changed",
    kind: "transient",
    message: `${path} was changed while it was being read.`,
    remedy: "Add it once it is whole.",
    detail: { path },
  });
}
