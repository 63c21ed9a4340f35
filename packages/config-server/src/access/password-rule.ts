import { PASSWORD_CHARACTERS_MIN } from "../limits.ts";
import { foldedName } from "../store/user-rows.ts";
import { passwordUnfit } from "./access-faults.ts";

/** NIST SP 800-63B: long enough, and nothing said of which characters. @throws Fault `password-invalid` */
export function requireFit(password: string, name: string): void {
  const { length } = Array.from(password.normalize("NFKC"));
  if (length < PASSWORD_CHARACTERS_MIN) throw passwordUnfit(`it has fewer than ${PASSWORD_CHARACTERS_MIN} characters`);
  if (foldedName(password) === foldedName(name)) throw passwordUnfit("it is the user's name");
  if (new Set(password).size === 1) throw passwordUnfit("it is one character again and again");
}
