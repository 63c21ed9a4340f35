import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const oidcNotSet = (): Fault =>
  operator(
    "oidc-not-set",
    "There is no identity provider here to sign in over.",
    "Sign in with a name and a password, or set oidcIssuer and what goes with it.",
  );

export const oidcSettingInvalid = (setting: string, why: string): Fault =>
  operator(
    "oidc-setting-invalid",
    `The setting ${setting} does not fit: ${why}.`,
    "Correct it in the config server's config.yaml; it counts at once.",
  );

export const oidcFailed = (issuer: string, cause: unknown): Fault =>
  new Fault({
    code: "oidc-failed",
    kind: "transient",
    message: `The identity provider ${issuer} did not say what it is: ${cause instanceof Error ? cause.message : "no reason"}.`,
    remedy: "Check oidcIssuer, oidcCaFile and oidcClientSecretFile, and that this server reaches the provider.",
    detail: { issuer },
    cause,
  });

export const oidcRefused = (why: string, cause?: unknown): Fault =>
  new Fault({
    code: "sign-in-refused",
    kind: "operator",
    message: `The identity provider's word is not taken: ${why}.`,
    remedy:
      "Sign in again from the start; who has no role here asks an administrator of the provider for a group that has.",
    cause,
  });
