import { assert } from "@leeward/base";
import type { FileHandle, FileStatus, OpenMode, SpaceStatus } from "../files.ts";
import type { NameTree, Node } from "./name-tree.ts";
import type { FileOperationKind, OperationHook, SimulatedDisk } from "./simulated-disk.ts";
import type { SimulatedFiles } from "./simulated-files.ts";
import { SimulatedHandle } from "./simulated-handle.ts";
import { StoredFile, type Survival } from "./stored-file.ts";

/** What an operation does: all of it at one moment, or what is left of it when its process dies or the disk refuses. */
export interface Effect<T> {
  readonly whole: () => T;
  readonly cutOff?: () => void;
  readonly failed?: () => void;
}

/** One process's view of a simulated disk. */
export class SimulatedView implements SimulatedFiles {
  readonly disk: SimulatedDisk;
  readonly #names: NameTree;
  readonly #boot: number;
  #killed = false;

  constructor(disk: SimulatedDisk, names: NameTree) {
    this.disk = disk;
    this.#names = names;
    this.#boot = disk.boot;
  }

  get onOperation(): OperationHook | undefined {
    return this.disk.onOperation;
  }

  set onOperation(hook: OperationHook | undefined) {
    this.disk.onOperation = hook;
  }

  get capacityBytes(): number {
    return this.disk.capacityBytes;
  }

  set capacityBytes(bytes: number) {
    this.disk.capacityBytes = bytes;
  }

  get operations(): number {
    return this.disk.operations;
  }

  share(): SimulatedFiles {
    assert(this.#boot === this.disk.boot, "this view lost its power");
    return new SimulatedView(this.disk, this.#names);
  }

  kill(): SimulatedFiles {
    assert(this.#alive(), "a dead process is killed again");
    this.#killed = true;
    this.disk.cutOff(this);
    return this.share();
  }

  crash(survival: Survival = "random"): SimulatedFiles {
    assert(this.#boot === this.disk.boot, "this view lost its power already");
    this.disk.cutOff();
    this.disk.boot += 1;
    const names = this.#names.afterPowerLoss(survival, this.disk.random);
    this.disk.recount(names.files());
    return new SimulatedView(this.disk, names);
  }

  rot(path: string, position: number): void {
    this.#names.file(path).file.flipBit(position, this.disk.random.below(8));
  }

  open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.operate("open", path, {
      whole: () => {
        const node =
          mode === "create" ? this.#names.create(path, new StoredFile(this.disk.nowMicros())) : this.#names.file(path);
        return new SimulatedHandle(this, node.file, { path, mode });
      },
    });
  }

  list(folder: string): Promise<string[]> {
    return this.operate("list", folder, { whole: () => [...this.#names.folder(folder).now.keys()].sort() });
  }

  makeFolder(path: string): Promise<void> {
    return this.operate("makeFolder", path, { whole: () => this.#names.makeFolder(path) });
  }

  rename(from: string, to: string): Promise<void> {
    return this.operate("rename", from, { whole: () => this.#forget(this.#names.rename(from, to)) });
  }

  remove(path: string): Promise<void> {
    return this.operate("remove", path, { whole: () => this.#forget(this.#names.remove(path)) });
  }

  removeFolder(path: string): Promise<void> {
    return this.operate("removeFolder", path, { whole: () => this.#forget(...this.#names.removeFolder(path)) });
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.operate("status", path, { whole: () => statusOf(this.#names.find(path)) });
  }

  space(folder: string): Promise<SpaceStatus> {
    return this.operate("space", folder, {
      whole: () => {
        this.#names.folder(folder);
        return { totalBytes: this.disk.capacityBytes, freeBytes: this.disk.freeBytes };
      },
    });
  }

  syncFolder(path: string): Promise<void> {
    const through = this.#names.changesMade;
    return this.operate("syncFolder", path, { whole: () => this.#names.syncFolder(path, through) });
  }

  /** Every operation goes through here: counted, delayed, failed by the hook, and never settled once its process is dead. */
  async operate<T>(kind: FileOperationKind, path: string, effect: Effect<T>): Promise<T> {
    if (!this.#alive()) return await never();
    this.disk.operations += 1;
    const operation = { number: this.disk.operations, kind, path };
    const underWay = { view: this, doPart: effect.cutOff ?? ignored };
    this.disk.underWay.add(underWay);
    try {
      await this.disk.onOperation?.(operation);
      await this.disk.pause();
    } catch (error) {
      if (!this.#alive()) return await never();
      this.disk.underWay.delete(underWay);
      effect.failed?.();
      throw error;
    }
    if (!this.#alive()) return await never();
    this.disk.underWay.delete(underWay);
    const result = effect.whole();
    await this.disk.pause();
    return this.#alive() ? result : await never();
  }

  #alive(): boolean {
    return !this.#killed && this.#boot === this.disk.boot;
  }

  #forget(...nodes: readonly (Node | undefined)[]): void {
    this.disk.removed(nodes.flatMap((node) => (node?.kind === "file" ? [node.file] : [])));
  }
}

function statusOf(node: Node | undefined): FileStatus | undefined {
  if (node === undefined) return undefined;
  if (node.kind === "folder") return { kind: "folder", sizeBytes: 4096, modifiedMicros: 0 };
  return { kind: "file", sizeBytes: node.file.now.sizeBytes, modifiedMicros: node.file.modifiedMicros };
}

/** Who waits for a dead process waits for ever. */
function never(): Promise<never> {
  return new Promise(() => {});
}

function ignored(): void {}
