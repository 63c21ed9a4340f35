// Messages of RFC 5424: <PRI>1 TIME HOST APP PROCID MSGID [SD] MSG, and how they follow one another in a stream (RFC 6587, octet counting).

/** What one message of syslog says. */
export interface SyslogLine {
  /** 0–23. */
  readonly facility: number;
  /** 0–7, 0 the worst. */
  readonly severity: number;
  /** RFC 3339. */
  readonly time: string;
  readonly host: string;
  /** MSGID. */
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
}

/** 32473 is the enterprise number that RFC 5612 keeps for whoever has none. */
const ELEMENT = "leeward@32473";
const TEXT_BYTES_MAX = 4_096;
const DATAGRAM_TEXT_BYTES_MAX = 1_024;

/** As bytes. A text that is longer than receivers have to take is cut; a datagram sooner (RFC 5426). */
export function syslogBytes(line: SyslogLine, { isDatagram }: { readonly isDatagram: boolean }): Uint8Array {
  const { facility, severity, time, host, kind, data, text } = line;
  const parameters = Object.entries(data).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const head = `<${facility * 8 + severity}>1 ${time} ${plain(host)} leeward - ${plain(kind)} [${ELEMENT}${parameters.join("")}] `;
  const max = isDatagram ? DATAGRAM_TEXT_BYTES_MAX : TEXT_BYTES_MAX;
  return Buffer.concat([Buffer.from(head), BOM, clipped(Buffer.from(text.replaceAll(/\p{Cc}/gu, " ")), max)]);
}

/** With the count of its octets before it. */
export function counted(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** `"`, `\` and `]` are escaped in values (RFC 5424, 6.3.3); control characters are left out. */
function escaped(value: string): string {
  return value
    .replaceAll(/\p{Cc}/gu, " ")
    .slice(0, 255)
    .replaceAll(/["\\\]]/g, (each) => `\\${each}`);
}

/** What a header's field may hold: printable ASCII. */
function plain(text: string): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, "_").slice(0, 255) || "-";
}

/** Never in the middle of a character of UTF-8. */
function clipped(bytes: Uint8Array, max: number): Uint8Array {
  if (bytes.length <= max) return bytes;
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
