/** Keys whose values are never written, wherever they stand. */
const SECRET_KEY = /token|private|keyPem|dataKey|authorization|password|secret|jwe|cookie/i;
/** Names of files and ids are no secrets, though their keys sound like them. */
const HARMLESS_KEY = /(File|Id|Path|Count)$/;
const DEPTH_MAX = 8;

/** The same object with the values of secret keys replaced. A second lock: nobody should give a secret to a trace at all. */
export function withoutSecrets(fields: object, depth = 1): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (SECRET_KEY.test(key) && !HARMLESS_KEY.test(key)) return [key, "[secret]"];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [key, value];
    return [key, depth < DEPTH_MAX ? withoutSecrets(value, depth + 1) : "[deep]"];
  });
  return Object.fromEntries<unknown>(entries);
}
