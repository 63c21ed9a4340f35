// The checks of single message fields. What they are given was said by a peer, or is about to be said to one: what breaks a rule is
// a Fault `message-invalid`, and what they return keeps every rule of the .proto file.
import { Fault, NUMBER_MAX } from "@leeward/base";

interface Range {
  readonly where: string;
  readonly min: number;
  readonly max: number;
}

interface ItemsRule {
  readonly where: string;
  readonly itemsMax: number;
}

/** A 64-bit integer as the decoder gives it: a number when it is small, else two halves. */
export type Integer = number | { readonly low: number; readonly high: number };

const ID128 = /^[0-9a-f]{32}$/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const MAP_KEY_CHARACTERS_MAX = 128;

/** A fact about a peer's message: the peer is dropped. */
export function messageInvalid(where: string, why: string): Fault {
  return new Fault({
    code: "message-invalid",
    kind: "protocol",
    message: `${where} ${why}.`,
    detail: { field: where },
  });
}

export function unsigned(value: Integer | null | undefined, { where, min, max }: Range): number {
  const number = integer(value, where);
  if (number < min || number > max) throw messageInvalid(where, `is ${number}, outside of ${min} to ${max}`);
  return number;
}

export function signed(value: Integer | null | undefined, where: string): number {
  return integer(value, where);
}

function integer(value: Integer | null | undefined, where: string): number {
  const number = typeof value === "object" && value !== null ? value.high * 2 ** 32 + (value.low >>> 0) : (value ?? 0);
  if (!Number.isInteger(number) || Math.abs(number) > NUMBER_MAX) {
    throw messageInvalid(where, "is no whole number up to 2^53 - 1");
  }
  return number;
}

export function double(value: number | null | undefined, where: string): number {
  const number = value ?? 0;
  if (!Number.isFinite(number)) throw messageInvalid(where, "is no finite number");
  return number;
}

export function bool(value: boolean | null | undefined, where: string): boolean {
  if (typeof (value ?? false) !== "boolean") throw messageInvalid(where, "is neither true nor false");
  return value ?? false;
}

export function text(value: string | null | undefined, { where, min, max }: Range): string {
  const string = value ?? "";
  if (string.length < min || string.length > max) {
    throw messageInvalid(where, `has ${string.length} characters, outside of ${min} to ${max}`);
  }
  return string;
}

export function id128(value: string | null | undefined, where: string): string {
  if (!ID128.test(value ?? "")) throw messageInvalid(where, "is no id of 32 hex digits");
  return value ?? "";
}

export function name(value: string | null | undefined, where: string): string {
  if (!NAME.test(value ?? "")) throw messageInvalid(where, "is no name of 1 to 64 of A-Z a-z 0-9 _ . -");
  return value ?? "";
}

export function maybeEmpty(
  value: string | null | undefined,
  where: string,
  form: (value: string, where: string) => string,
): string {
  return value === undefined || value === null || value === "" ? "" : form(value, where);
}

export function oneOf<const Value extends string>(
  value: string | null | undefined,
  where: string,
  values: readonly Value[],
): Value {
  const found = values.find((each) => each === (value ?? ""));
  if (found === undefined) throw messageInvalid(where, `is none of ${values.join(", ")}`);
  return found;
}

/** A copy: what the decoder gives may lie in the receive buffer. */
export function binary(value: Uint8Array | null | undefined, { where, min, max }: Range): Uint8Array {
  const length = value?.length ?? 0;
  if (length < min || length > max) throw messageInvalid(where, `has ${length} bytes, outside of ${min} to ${max}`);
  return new Uint8Array(value ?? []);
}

export function list<Raw, Item>(
  values: readonly Raw[] | null | undefined,
  { where, itemsMax }: ItemsRule,
  read: (raw: Raw) => Item,
): Item[] {
  if ((values?.length ?? 0) > itemsMax) throw messageInvalid(where, `has more than ${itemsMax} items`);
  return (values ?? []).map((value) => read(value));
}

export function map(
  values: Readonly<Record<string, string>> | null | undefined,
  { where, itemsMax }: ItemsRule,
  read: (raw: string) => string,
): Record<string, string> {
  const entries = Object.entries(values ?? {});
  if (entries.length > itemsMax) throw messageInvalid(where, `has more than ${itemsMax} items`);
  for (const [key] of entries) {
    if (key === "__proto__" || key.length > MAP_KEY_CHARACTERS_MAX)
      throw messageInvalid(where, "has a key that is not taken");
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, read(value)]));
}

export function required<Value>(value: Value | null | undefined, where: string): Value {
  if (value === undefined || value === null) throw messageInvalid(where, "is missing");
  return value;
}

export function only<Value>(found: readonly Value[], where: string): Value {
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw messageInvalid(where, `holds ${found.length} known alternatives, not one`);
  return first;
}
