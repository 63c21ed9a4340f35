import type { Random } from "@leeward/base";
import { fileFault } from "../file-faults.ts";
import type { StoredFile, Survival } from "./stored-file.ts";

export interface FileNode {
  readonly kind: "file";
  readonly file: StoredFile;
  durablePlace: Place | undefined;
}

export interface FolderNode {
  readonly kind: "folder";
  /** What is in it, as the running system sees it. */
  readonly now: Map<string, Node>;
  /** What is in it on the disk. */
  readonly durable: Map<string, Node>;
  durablePlace: Place | undefined;
}

export type Node = FileNode | FolderNode;

interface Place {
  readonly folder: FolderNode;
  readonly name: string;
}

/** One step of the name space: `node` is at `place` afterwards, or nowhere. */
interface NameChange {
  readonly number: number;
  readonly node: Node;
  readonly place: Place | undefined;
  /** The folders that it alters; syncing one of them makes the whole step durable. */
  readonly folders: readonly FolderNode[];
}

function fileNode(file: StoredFile): FileNode {
  return { kind: "file", file, durablePlace: undefined };
}

function folderNode(): FolderNode {
  return { kind: "folder", now: new Map(), durable: new Map(), durablePlace: undefined };
}

/**
 * The names of a simulated disk: what the running system sees, what the disk holds, and the steps between that no syncFolder
 * has made durable. After a loss of power any subset of these steps may have happened, each whole: a rename is there or not.
 */
export class NameTree {
  readonly #root: FolderNode;
  #pending: NameChange[] = [];
  #changesMade = 0;

  constructor(root: FolderNode = folderNode()) {
    this.#root = root;
  }

  find(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of namesOf(path)) node = node?.kind === "folder" ? node.now.get(name) : undefined;
    return node;
  }

  file(path: string): FileNode {
    const node = this.find(path);
    if (node === undefined) throw fileFault("ENOENT", path);
    if (node.kind === "folder") throw fileFault("EISDIR", path);
    return node;
  }

  folder(path: string): FolderNode {
    const node = this.find(path);
    if (node === undefined) throw fileFault("ENOENT", path);
    if (node.kind === "file") throw fileFault("ENOTDIR", path);
    return node;
  }

  create(path: string, file: StoredFile): FileNode {
    const place = this.#placeOf(path);
    if (place.folder.now.has(place.name)) throw fileFault("EEXIST", path);
    const node = fileNode(file);
    this.#put(node, place, [place.folder]);
    return node;
  }

  makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of namesOf(path)) {
      let next = folder.now.get(name);
      if (next?.kind === "file") throw fileFault("EEXIST", path);
      if (next === undefined) {
        next = folderNode();
        this.#put(next, { folder, name }, [folder]);
      }
      folder = next;
    }
  }

  /** Returns the file that was replaced, if one was. */
  rename(from: string, to: string): Node | undefined {
    const source = this.#placeOf(from);
    const node = source.folder.now.get(source.name);
    if (node === undefined) throw fileFault("ENOENT", from);
    const target = this.#placeOf(to);
    const replaced = target.folder.now.get(target.name);
    if (replaced === node) return undefined;
    if (replaced !== undefined) assertReplaceable(node, replaced, to);
    source.folder.now.delete(source.name);
    this.#put(node, target, [source.folder, target.folder]);
    return replaced;
  }

  remove(path: string): Node {
    const node = this.file(path);
    this.#take(node, this.#placeOf(path));
    return node;
  }

  /** Removes what is below first, name by name, as a loss of power may interrupt it anywhere. Returns the files removed. */
  removeFolder(path: string): Node[] {
    const node = this.find(path);
    return node === undefined ? [] : this.#removeTree(node, this.#placeOf(path));
  }

  #removeTree(node: Node, place: Place): Node[] {
    const removed: Node[] = [node];
    if (node.kind === "folder") {
      for (const [name, child] of [...node.now]) removed.push(...this.#removeTree(child, { folder: node, name }));
    }
    this.#take(node, place);
    return removed;
  }

  get changesMade(): number {
    return this.#changesMade;
  }

  /** Makes the steps in the folder up to number `through` durable. */
  syncFolder(path: string, through: number): void {
    const folder = this.folder(path);
    for (const change of this.#pending) {
      if (change.number > through || !change.folders.includes(folder)) continue;
      makeDurable(change);
      // A step before this one that concerns the same node or the same name cannot come after it any more.
      this.#pending = this.#pending.filter((other) => other.number > change.number || !concernsSame(other, change));
    }
  }

  *files(folder: FolderNode = this.#root): Generator<StoredFile> {
    for (const node of folder.now.values()) {
      if (node.kind === "file") yield node.file;
      else yield* this.files(node);
    }
  }

  afterPowerLoss(survival: Survival, random: Random): NameTree {
    for (const change of chosen(this.#pending, survival, random)) makeDurable(change);
    return new NameTree(survivorOf(this.#root, survival, random));
  }

  #placeOf(path: string): Place {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw fileFault("EBUSY", path);
    return { folder: this.folder(`/${names.join("/")}`), name };
  }

  #put(node: Node, place: Place, folders: readonly FolderNode[]): void {
    place.folder.now.set(place.name, node);
    this.#note({ node, place, folders });
  }

  #take(node: Node, place: Place): void {
    place.folder.now.delete(place.name);
    this.#note({ node, place: undefined, folders: [place.folder] });
  }

  #note(change: Omit<NameChange, "number">): void {
    this.#changesMade += 1;
    this.#pending.push({ number: this.#changesMade, ...change });
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function assertReplaceable(node: Node, replaced: Node, to: string): void {
  if (node.kind === "file" && replaced.kind === "folder") throw fileFault("EISDIR", to);
  if (node.kind === "folder" && replaced.kind === "file") throw fileFault("ENOTDIR", to);
  if (replaced.kind === "folder" && replaced.now.size > 0) throw fileFault("ENOTEMPTY", to);
}

function makeDurable({ node, place }: NameChange): void {
  if (node.durablePlace !== undefined) node.durablePlace.folder.durable.delete(node.durablePlace.name);
  node.durablePlace = place;
  if (place === undefined) return;
  const replaced = place.folder.durable.get(place.name);
  if (replaced !== undefined) replaced.durablePlace = undefined;
  place.folder.durable.set(place.name, node);
}

function concernsSame(one: NameChange, other: NameChange): boolean {
  if (one.node === other.node) return true;
  return one.place !== undefined && one.place.folder === other.place?.folder && one.place.name === other.place.name;
}

function chosen(pending: readonly NameChange[], survival: Survival, random: Random): readonly NameChange[] {
  const way = survival === "random" ? (["none", "all", "moment", "subset"] as const)[random.below(4)] : survival;
  if (way === "none") return [];
  if (way === "all") return pending;
  if (way === "moment") return pending.slice(0, random.below(pending.length + 1));
  return pending.filter(() => random.below(2) === 0);
}

/** The tree as the disk holds it; everything in it is new, since what was open before is dead. */
function survivorOf(folder: FolderNode, survival: Survival, random: Random): FolderNode {
  const survivor = folderNode();
  for (const [name, node] of folder.durable) {
    const child =
      node.kind === "file"
        ? fileNode(node.file.afterPowerLoss({ survival, random }))
        : survivorOf(node, survival, random);
    child.durablePlace = { folder: survivor, name };
    survivor.durable.set(name, child);
    survivor.now.set(name, child);
  }
  return survivor;
}
