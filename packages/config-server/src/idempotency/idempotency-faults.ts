import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const idempotencyKeyInvalid = (): Fault =>
  operator(
    "idempotency-key-invalid",
    "The header Idempotency-Key is not of 16 to 128 printable characters without spaces.",
    "Send a random one for each new call, a UUID say.",
  );

export const idempotencyKeyReused = (): Fault =>
  operator(
    "idempotency-key-reused",
    "The Idempotency-Key came before, with another call.",
    "Send a new key with each new call; the same one only to repeat a call whose answer was lost.",
  );

export const callUnderWay = (): Fault =>
  new Fault({
    code: "call-under-way",
    kind: "transient",
    message: "The same call, with the same Idempotency-Key, has not been answered yet.",
    remedy: "Repeat it with the same key a little later.",
  });

export const callInterrupted = (): Fault =>
  operator(
    "call-interrupted",
    "The same call, with the same Idempotency-Key, was cut off by the server's end or failed on its way; whether it took effect is not known.",
    "See by `leeward events` and the lists what there is, and call again with another key if it is still wanted.",
  );
