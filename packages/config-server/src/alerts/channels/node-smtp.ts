import { isIP } from "node:net";
import type { SmtpSettings } from "@leeward/api";
import { createTransport } from "nodemailer";
import { ALERT_SEND_MS_MAX } from "../../limits.ts";
import type { Parcel } from "../deliveries.ts";
import { mailOf } from "./message-text.ts";
import type { Reached } from "./node-reach.ts";

/**
 * One mail to all, which counts as taken when the server took it for any: sent again, those would have it twice.
 * @returns the addresses for which the server did not take it
 */
export async function sendMail(
  { port, security, user = null, from, to, caPem = null }: SmtpSettings,
  { document, secret }: Parcel,
  { reached, signal }: { readonly reached: Reached; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { subject, text, id } = mailOf(document);
  const transport = createTransport({
    host: reached.address,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    // Certificates are of the name, whatever address was connected to.
    ...(isIP(reached.host) === 0 && { servername: reached.host }),
    tls: { minVersion: "TLSv1.2", ...(caPem !== null && { ca: caPem }) },
    ...(user !== null && secret !== null && { auth: { user, pass: secret } }),
    connectionTimeout: ALERT_SEND_MS_MAX,
    greetingTimeout: ALERT_SEND_MS_MAX,
    socketTimeout: ALERT_SEND_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const close = (): void => transport.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const messageId = `<${id}@${from.split("@")[1] ?? "leeward"}>`;
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject,
      text,
      messageId,
      headers: { "auto-submitted": "auto-generated" },
    });
    return rejected;
  } finally {
    signal.removeEventListener("abort", close);
    transport.close();
  }
}
