import type { BlockDevice } from "@leeward/block";
import { COMMAND, COMMAND_FLAG, ERROR } from "./protocol.ts";

/** One request as it came; its magic and the length of its payload were checked. */
export interface ServerRequest {
  readonly flags: number;
  readonly kind: number;
  /** The cookie's two halves, given back as they came. */
  readonly cookieHigh: number;
  readonly cookieLow: number;
  readonly offset: number;
  readonly length: number;
}

const OFFSET_HIGH_MAX = 2 ** 21;
const KNOWN_FLAGS: Readonly<Record<number, number>> = {
  [COMMAND.read]: COMMAND_FLAG.fua | COMMAND_FLAG.doNotFragment,
  [COMMAND.write]: COMMAND_FLAG.fua,
  [COMMAND.flush]: COMMAND_FLAG.fua,
  [COMMAND.trim]: COMMAND_FLAG.fua,
  [COMMAND.writeZeroes]: COMMAND_FLAG.fua | COMMAND_FLAG.noHole,
  [COMMAND.blockStatus]: COMMAND_FLAG.fua | COMMAND_FLAG.requestOne,
};

/** magic 4, flags 2, kind 2, cookie 8, offset 8, length 4, from `at` on. */
export function decodeRequest(bytes: Buffer, at: number): ServerRequest {
  const offsetHigh = bytes.readUInt32BE(at + 16);
  return {
    flags: bytes.readUInt16BE(at + 4),
    kind: bytes.readUInt16BE(at + 6),
    cookieHigh: bytes.readUInt32BE(at + 8),
    cookieLow: bytes.readUInt32BE(at + 12),
    // What is past 2^53 is past every disk: this is exact enough to be refused.
    offset:
      offsetHigh >= OFFSET_HIGH_MAX ? Number.MAX_SAFE_INTEGER : offsetHigh * 2 ** 32 + bytes.readUInt32BE(at + 20),
    length: bytes.readUInt32BE(at + 24),
  };
}

/** What decides whether a request may reach the device. */
export interface RequestRules {
  readonly device: BlockDevice;
  readonly structured: boolean;
  readonly allocation: boolean;
  readonly readBytesMax: number;
}

/** The NBD error for a request that must not reach the device, or undefined when it may. */
export function refusalOf(request: ServerRequest, rules: RequestRules): number | undefined {
  const { kind, flags, offset, length } = request;
  const known = KNOWN_FLAGS[kind];
  if (known === undefined || (flags & ~known) !== 0) return ERROR.invalid;
  if ((flags & COMMAND_FLAG.doNotFragment) !== 0 && !rules.structured) return ERROR.invalid;
  if (kind === COMMAND.blockStatus && !rules.allocation) return ERROR.invalid;
  if (kind === COMMAND.flush) return undefined;
  const { sizeBytes, blockBytes, readOnly } = rules.device;
  const changes = kind === COMMAND.write || kind === COMMAND.trim || kind === COMMAND.writeZeroes;
  if (changes && readOnly) return ERROR.permission;
  if (offset + length > sizeBytes)
    return kind === COMMAND.write || kind === COMMAND.writeZeroes ? ERROR.noSpace : ERROR.invalid;
  if (length === 0 || offset % blockBytes !== 0 || length % blockBytes !== 0) return ERROR.invalid;
  return kind === COMMAND.read && length > rules.readBytesMax ? ERROR.overflow : undefined;
}
