/**
 * The version of the messages and of their order that this software speaks. It rises with every change of session.proto or
 * control.proto that an older peer would take wrongly; the session's handshake settles the highest that both ends know.
 */
export const WIRE_VERSION = 4;
/** The oldest version that this software still speaks. */
export const WIRE_VERSION_MIN = 1;
