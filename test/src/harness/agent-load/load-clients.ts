import { Agent } from "node:https";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";

/** Calls from one address are limited; there are enough addresses on loopback. */
const ADDRESSES = 100;

/** Clients of a server on this machine, each from an address of its own. */
export class LoadClients implements Disposable {
  readonly #clients: readonly ApiClient[];

  constructor(at: { readonly url: string; readonly caPem: string; readonly token: string }) {
    const { url, caPem, token } = at;
    this.#clients = Array.from({ length: ADDRESSES }, (_, index) => {
      const makeAgent = (options: object): Agent => new Agent({ ...options, localAddress: `127.0.1.${index + 1}` });
      return new ApiClient({ transport: nodeTransport({ url, caPem, makeAgent }), token });
    });
  }

  /** The one that speaks for that agent. */
  of(agent: number): ApiClient {
    const client = this.#clients[agent % ADDRESSES];
    if (client === undefined) throw new Error(`${agent} is no agent's number`);
    return client;
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }
}
