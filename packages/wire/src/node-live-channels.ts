import type { CertificateOrigin, KeyStore } from "@leeward/identity";
import type { WebSocketChannel } from "./node-web-socket-channel.ts";

interface Live {
  readonly channel: WebSocketChannel;
  readonly origin: CertificateOrigin;
}

/**
 * Every channel that is up. What it keeps true: a peer whose certificate was revoked, or whose authority is not trusted any more, loses its
 * channels when that comes in, not only at its next connection; the numbers of channels stay within their limits.
 */
export class LiveChannels {
  readonly #keyStore: KeyStore;
  readonly #limits: { readonly channelsMax: number; readonly channelsPerPeerMax: number };
  readonly #live = new Set<Live>();
  readonly #unsubscribe: () => void;

  constructor(keyStore: KeyStore, limits: { readonly channelsMax: number; readonly channelsPerPeerMax: number }) {
    this.#keyStore = keyStore;
    this.#limits = limits;
    this.#unsubscribe = keyStore.onChange(() => this.#dropWithdrawn());
  }

  get size(): number {
    return this.#live.size;
  }

  /** Whether `add` has room for one of a peer that is not here yet. */
  get full(): boolean {
    return this.#live.size >= this.#limits.channelsMax;
  }

  /** Keeps `channel` until it is gone. The peer's oldest makes room when it has too many. */
  add(channel: WebSocketChannel, origin: CertificateOrigin): void {
    const live = { channel, origin };
    const { role, id } = channel.peer;
    const ofPeer = [...this.#live].filter(({ channel: { peer } }) => peer.role === role && peer.id === id);
    const [oldest] = ofPeer;
    if (oldest !== undefined && ofPeer.length >= this.#limits.channelsPerPeerMax)
      oldest.channel.break("the same peer opened too many");
    this.#live.add(live);
    void channel.gone.then(() => this.#live.delete(live));
    this.#dropIfWithdrawn(live);
  }

  /** Watches the revocation list no longer. */
  close(): void {
    this.#unsubscribe();
  }

  #dropWithdrawn(): void {
    for (const live of this.#live) this.#dropIfWithdrawn(live);
  }

  #dropIfWithdrawn({ channel, origin: { serial, issuer } }: Live): void {
    if (this.#keyStore.isRevoked(serial)) channel.break("its certificate was revoked");
    else if (this.#keyStore.isForeign(issuer)) channel.break("its certificate's authority is not trusted any more");
  }
}
