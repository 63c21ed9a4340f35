import ssh2, { type AnyAuthMethod } from "ssh2";
import type { Login } from "../credentials.ts";
import { credentialsInvalid, keyInvalid } from "../push-faults.ts";

/** @throws Fault `push-key-invalid`, `push-credentials-invalid` */
export function requireKey({ password, privateKey, passphrase }: Login): void {
  if (password === undefined && privateKey === undefined) throw credentialsInvalid("there is neither password nor key");
  if (privateKey === undefined) return;
  const key = ssh2.utils.parseKey(privateKey, passphrase);
  // The library's words name the form, and never the key.
  if (key instanceof Error) throw keyInvalid(key.message);
  const keys: readonly { isPrivateKey(): boolean }[] = [key].flat();
  if (keys[0]?.isPrivateKey() !== true) throw keyInvalid("it is no private key");
}

/** The ways to log in, each once: key, password, and the password where it is asked for as an answer to a question. */
export function loginMethods(username: string, { password, privateKey, passphrase }: Login): AnyAuthMethod[] {
  const methods: AnyAuthMethod[] = [];
  if (privateKey !== undefined)
    methods.push({ type: "publickey", username, key: privateKey, ...(passphrase === undefined ? {} : { passphrase }) });
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      // One question is for the password; who asks for more is not understood, and gets nothing.
      prompt: (...[, , , prompts, finish]) => finish(prompts.length === 1 ? [password] : []),
    });
  }
  return methods;
}
