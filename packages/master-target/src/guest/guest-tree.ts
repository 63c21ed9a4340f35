import type { FileTree, Node } from "@leeward/file-system";

const LINKS_MAX = 32;
const TEXT_BYTES_MAX = 256 * 1_024;

/** Looks names up in a guest's root file system, as its kernel would: links lead on inside of it, and never out. */
export class GuestTree {
  readonly #tree: FileTree;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** What the path stands for; with a link at its end, what that leads to. undefined when there is nothing. */
  async find(path: string): Promise<Node | undefined> {
    const root = await this.#tree.root();
    let trail: Node[] = [root];
    const steps = stepsOf(path);
    for (let links = 0; ; ) {
      const step = steps.shift();
      const here = trail.at(-1) ?? root;
      if (step === undefined) return here;
      if (step === "..") {
        trail = trail.length > 1 ? trail.slice(0, -1) : trail;
        continue;
      }
      const node = await this.#named(here, step);
      if (node === undefined) return undefined;
      if (node.kind !== "symlink") {
        trail.push(node);
        continue;
      }
      links += 1;
      if (links > LINKS_MAX) return undefined;
      const target = new TextDecoder().decode(await this.#tree.linkTarget(node));
      if (target.startsWith("/")) trail = [root];
      steps.unshift(...stepsOf(target));
    }
  }

  /** Whether there is such a name, also of a link that leads nowhere. */
  async hasName(folder: string, name: string): Promise<boolean> {
    const node = await this.find(folder);
    return node !== undefined && (await this.#named(node, name)) !== undefined;
  }

  /** The names in a folder; none where there is no such folder. */
  async names(folder: string): Promise<string[]> {
    const node = await this.find(folder);
    if (node?.kind !== "folder") return [];
    return (await this.#tree.list(node)).map(({ name }) => new TextDecoder().decode(name));
  }

  /** A file's content, the first 256 KiB of it; undefined where there is no such file. */
  async text(path: string): Promise<string | undefined> {
    const node = await this.find(path);
    return node?.kind === "file" ? new TextDecoder().decode(await this.#bytes(node)) : undefined;
  }

  async #named(folder: Node, name: string): Promise<Node | undefined> {
    if (folder.kind !== "folder") return undefined;
    const wanted = new TextEncoder().encode(name);
    return (await this.#tree.list(folder)).find((entry) => this.#tree.isNamed(entry, wanted))?.node;
  }

  async #bytes(file: Node): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.min(file.sizeBytes, TEXT_BYTES_MAX));
    let at = 0;
    for await (const piece of this.#tree.content(file)) {
      if (at === bytes.length) break;
      if ("data" in piece) bytes.set(piece.data.subarray(0, bytes.length - at), at);
      at = Math.min(bytes.length, at + ("data" in piece ? piece.data.length : piece.holeBytes));
    }
    return bytes;
  }
}

function stepsOf(path: string): string[] {
  return path.split("/").filter((step) => step !== "" && step !== ".");
}
