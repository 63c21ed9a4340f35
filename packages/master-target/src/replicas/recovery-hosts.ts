import { Mutex } from "@leeward/base";
import type { HostKind, Recovered, RecoveryHost } from "@leeward/recovery-host";

/** The recovery hosts of this target, each in a folder of its own. */
export interface HostFolders {
  open(kind: HostKind): Promise<RecoveryHost>;
  /** The kinds of which something was ever used here. */
  used(): Promise<readonly HostKind[]>;
}

/** The recovery hosts that something runs on, or did: each is opened when it is first needed, and has recovered before it is used. */
export class RecoveryHosts {
  readonly #folders: HostFolders;
  readonly #onRecovered: (recovered: Recovered) => void;
  readonly #alone = new Mutex();
  readonly #hosts = new Map<HostKind, RecoveryHost>();

  constructor(folders: HostFolders, onRecovered: (recovered: Recovered) => void) {
    this.#folders = folders;
    this.#onRecovered = onRecovered;
  }

  of(kind: HostKind): Promise<RecoveryHost> {
    return this.#alone.hold(async () => {
      const known = this.#hosts.get(kind);
      if (known !== undefined) return known;
      const host = await this.#folders.open(kind);
      this.#onRecovered(await host.recover());
      this.#hosts.set(kind, host);
      return host;
    });
  }

  /** All of which something may be here. */
  async used(): Promise<readonly RecoveryHost[]> {
    return Promise.all((await this.#folders.used()).map((kind) => this.of(kind)));
  }

  /** Those that were needed until now. */
  opened(): readonly RecoveryHost[] {
    return [...this.#hosts.values()];
  }
}
