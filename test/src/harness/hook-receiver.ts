// A receiver of webhooks as people run them: over TLS on loopback. It may keep who posts without an answer.
import { createServer, type Server } from "node:https";
import { testCertificate } from "@leeward/object-store/testing";

export interface HookMessage {
  readonly id: string;
  readonly notices: readonly HookNotice[];
}

export interface HookNotice {
  readonly id: string;
  readonly change: string;
  readonly alert: { readonly id: string; readonly rule: string; readonly subject: string | null };
}

export class HookReceiver implements AsyncDisposable {
  /** Bodies of what came, in order, answered or not. */
  readonly got: string[] = [];
  /** Whether who posts is answered that it was taken. */
  answers = true;
  readonly caPem: string;
  readonly #server: Server;

  private constructor(certificate: { readonly cert: string; readonly key: string; readonly ca: string }) {
    this.caPem = certificate.ca;
    this.#server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      // Who is killed while it waits ends its request so.
      request.on("error", () => undefined);
      request.on("end", () => {
        this.got.push(body);
        if (this.answers) response.writeHead(204).end();
      });
    });
  }

  /** `folder` holds what making its certificate needs. */
  static async open(folder: string): Promise<HookReceiver> {
    const receiver = new HookReceiver(await testCertificate(folder));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    receiver.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    await promise;
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return `https://127.0.0.1:${address.port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

/** A webhook's body, by docs/manual/alerts.md. */
export function hookMessage(body: string): HookMessage {
  const document: unknown = JSON.parse(body);
  if (!isMessage(document)) throw new TypeError(`no message of alerts: ${body}`);
  return document;
}

function isMessage(document: unknown): document is HookMessage {
  if (typeof document !== "object" || document === null) return false;
  return "id" in document && "notices" in document && Array.isArray(document.notices);
}
