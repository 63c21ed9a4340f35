import { classOf, type Fault, type FaultClass } from "@leeward/base";

const HTTP_STATUSES = {
  failed: 500,
  usage: 400,
  "not-found": 404,
  refused: 409,
  unreachable: 503,
  "timed-out": 504,
  corrupt: 500,
} as const satisfies Record<FaultClass, number>;

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  "token-required": 401,
  "token-refused": 401,
  "role-insufficient": 403,
  "scope-insufficient": 403,
  "csrf-refused": 403,
  "sign-in-refused": 401,
  "sign-in-ended": 401,
  "sign-in-locked": 429,
  "certificate-required": 401,
  "body-too-large": 413,
  "media-type-invalid": 415,
  "head-too-large": 431,
  "request-incomplete": 408,
  "too-many-requests": 429,
  "precondition-failed": 412,
  "idempotency-key-reused": 422,
  "call-under-way": 409,
};

/** The HTTP status that carries the fault. */
export function httpStatusOf(fault: Pick<Fault, "code" | "kind">): number {
  return STATUS_BY_CODE[fault.code] ?? HTTP_STATUSES[classOf(fault)];
}
