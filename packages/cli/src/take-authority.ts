// Operators' side of a change of authority: an answer that names one which the CA file has not is followed by fetching it, over the connection that the
// present authority verifies, and putting it beside that one. The file is replaced whole; one that cannot be written stays, and the command goes on.
import type { Transport } from "@leeward/api";
import { isFault } from "@leeward/base";
import { fingerprintOf, joinPem, splitPem } from "@leeward/identity";
import { type Files, replaceFile } from "@leeward/world";

const ANSWER_BYTES_MAX = 1 << 16;

export interface CaFile {
  readonly files: Files;
  readonly path: string;
  readonly caPem: string;
  /** Told what an operator should know. */
  readonly warn: (text: string) => void;
}

/** The transport, which takes over each authority that the server names and `caFile` has not. */
export function takingAuthorities(transport: Transport, caFile: CaFile): Transport {
  const known = new Set(fingerprintsIn(caFile.caPem));
  return {
    ...transport,
    async exchange(request, signal) {
      const answer = await transport.exchange(request, signal);
      const { successor } = answer;
      if (successor !== undefined && !known.has(successor)) {
        known.add(successor);
        await take(transport, { ...caFile, successor }, signal);
      }
      return answer;
    },
  };
}

async function take(
  transport: Transport,
  { files, path, warn, successor }: CaFile & { readonly successor: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    const caPem = await fetchAuthorities(transport, signal);
    if (!fingerprintsIn(caPem).includes(successor)) return;
    const slash = path.lastIndexOf("/");
    await replaceFile(files, path.slice(0, slash) || "/", path.slice(slash + 1), new TextEncoder().encode(caPem));
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    const why = isFault(error) ? error.code : error.message;
    warn(
      `The server has another authority, which could not be written to ${path} (${why}). Put it there: \`leeward ca show --to FILE\`.\n`,
    );
  }
}

async function fetchAuthorities(transport: Transport, signal: AbortSignal): Promise<string> {
  const request = { method: "GET", path: "/v1/authorities", headers: {}, body: undefined };
  const { body } = await transport.exchange(request, signal);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) break;
  }
  const answer: unknown = JSON.parse(text);
  const caPem: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "caPem") : undefined;
  return typeof caPem === "string" ? joinPem(splitPem(caPem)) : "";
}

/** What does not decode is no certificate of an authority that is looked for. */
function fingerprintsIn(caPem: string): string[] {
  return splitPem(caPem).flatMap((pem) => {
    const base64 = pem.replaceAll(/-----[^-]+-----|\s/g, "");
    return base64 === "" ? [] : [fingerprintOf(new Uint8Array(Buffer.from(base64, "base64")))];
  });
}
