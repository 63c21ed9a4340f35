import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { FileTree, Node } from "../file-tree.ts";

const CONTENT_BYTES_MAX = 1 << 28;

/** What a test compares of one name: by path, as bytes in Latin-1. */
export type Walked = Readonly<Record<string, string>>;

/** Everything below a tree's root. */
export async function walkTree(tree: FileTree, { times = true } = {}): Promise<Walked> {
  const found: Record<string, string> = {};
  const walk = async (folder: Node, above: string): Promise<void> => {
    for (const { name, node } of await tree.list(folder)) {
      const path = `${above}/${Buffer.from(name).toString("latin1")}`;
      const facts = [node.kind, node.mode?.toString(8), times ? Math.floor(node.modifiedMicros / 1e6) : ""];
      found[path] = [...facts, await contentOf(tree, node)].join(" ");
      if (node.kind === "folder") await walk(node, path);
    }
  };
  await walk(await tree.root(), "");
  return found;
}

/** The same of a folder, as this machine's kernel reads it. */
export function walkFolder(root: string, { times = true } = {}): Walked {
  const found: Record<string, string> = {};
  const walk = (folder: Buffer, above: string): void => {
    for (const name of readdirSync(folder, { encoding: "buffer" })) {
      const path = Buffer.concat([folder, Buffer.from("/"), name]);
      const status = lstatSync(path);
      const kind = status.isFile()
        ? "file"
        : status.isDirectory()
          ? "folder"
          : status.isSymbolicLink()
            ? "symlink"
            : "other";
      const content =
        kind === "file"
          ? summary(readFileSync(path))
          : kind === "symlink"
            ? readlinkSync(path, { encoding: "buffer" }).toString("latin1")
            : "";
      const key = `${above}/${name.toString("latin1")}`;
      const seconds = times ? Math.floor(status.mtimeMs / 1_000) : "";
      found[key] = [kind, (status.mode & 0o7777).toString(8), seconds, content].join(" ");
      if (kind === "folder") walk(path, key);
    }
  };
  walk(Buffer.from(join(root)), "");
  return found;
}

async function contentOf(tree: FileTree, node: Node): Promise<string> {
  if (node.kind === "symlink") return Buffer.from(await tree.linkTarget(node)).toString("latin1");
  if (node.kind !== "file") return "";
  // Only a damaged one says so.
  if (node.sizeBytes > CONTENT_BYTES_MAX) return `${node.sizeBytes} not read`;
  const parts: Uint8Array[] = [];
  for await (const piece of tree.content(node))
    parts.push("data" in piece ? Uint8Array.from(piece.data) : new Uint8Array(piece.holeBytes));
  return summary(Buffer.concat(parts));
}

function summary(content: Uint8Array): string {
  return `${content.length} ${createHash("sha256").update(content).digest("hex")}`;
}
