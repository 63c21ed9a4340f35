/**
 * A machine on which scripts run as root. They lie in a folder of a random name and mode 0700, which goes with it; the login shell sees fixed words and that
 * folder's name alone.
 *
 * Sudo: `-n` when it asks for nothing, else `-S -k`, which takes exactly one line from standard input. A script reads nothing from there, so that a
 * password can never be taken for something else.
 */
import { type Random, randomId } from "@leeward/base";
import { type Credentials, secretsIn, withoutSecrets } from "../credentials.ts";
import { CHANGE_MS_MAX, LOOK_MS_MAX, TOLD_CHARACTERS_MAX } from "../limits.ts";
import { folderRefused, sudoRefused } from "../push-faults.ts";
import { assigned } from "./quoted.ts";
import type { SecureShell, ShellResult } from "./secure-shell.ts";

export interface RootShellOptions {
  readonly shell: SecureShell;
  readonly host: string;
  readonly user: string;
  readonly credentials: Credentials;
  /** What must never be told, beside what is in the credentials. */
  readonly secrets: readonly string[];
  readonly random: Random;
  /** In the folder's name. */
  readonly pushId: string;
}

export interface Script {
  /** Of `sh`. Its variables come before it. */
  readonly text: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly what: string;
  readonly limitMs?: number;
}

/** What a folder's name may be: it stands in commands as it is. */
const FOLDER = /^\/[A-Za-z0-9._/-]+$/;

const MAKE_FOLDER = `
umask 077
for above in /var/tmp /tmp "$HOME"; do
  folder=$above/$name
  mkdir "$folder" || continue
  printf '#!/bin/sh\\nexit 0\\n' > "$folder/runs" && chmod 700 "$folder/runs" && "$folder/runs" && rm "$folder/runs" && { echo "$(id -u) $folder"; exit 0; }
  rm -rf "$folder"
done
exit 1
`;

type Way = "root" | "sudo" | "sudo-password";

export class RootShell implements AsyncDisposable {
  readonly #options: RootShellOptions;
  readonly #way: Way;
  readonly folder: string;
  #scripts = 0;

  private constructor(options: RootShellOptions, folder: string, way: Way) {
    this.#options = options;
    this.folder = folder;
    this.#way = way;
  }

  /** @throws Fault `push-folder-refused`, `push-sudo-refused`, and what the login throws */
  static async open(options: RootShellOptions, signal: AbortSignal): Promise<RootShell> {
    const { shell, host, pushId, random } = options;
    const name = `leeward-push-${pushId}-${randomId(random)}`;
    const input = pieces(`${assigned({ name })}${MAKE_FOLDER}`);
    const made = await shell.run({ command: "sh -s", what: "making a folder", input, limitMs: LOOK_MS_MAX }, signal);
    const [, uid, folder] = /^(\d+) (\/.*)$/m.exec(made.stdout) ?? [];
    if (made.code !== 0 || folder === undefined || !FOLDER.test(folder) || !folder.endsWith(name))
      throw folderRefused(host, lastOf(made, options));
    const plain = new RootShell(options, folder, "root");
    if (uid === "0") return plain;
    try {
      return new RootShell(options, folder, await plain.#waySudo(signal));
    } catch (error) {
      await plain[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs the script as root. Its exit code and words are the caller's to judge; secrets are taken out of these. */
  async run(script: Script, signal: AbortSignal): Promise<ShellResult> {
    this.#scripts += 1;
    const path = `${this.folder}/step-${this.#scripts}.sh`;
    const { text, values = {}, what, limitMs = CHANGE_MS_MAX } = script;
    await this.write(path, `exec < /dev/null\n${assigned(values)}${text}`, signal);
    const { shell, credentials } = this.#options;
    const asks = this.#way === "sudo-password";
    const input = pieces(asks ? `${credentials.sudoPassword ?? credentials.password ?? ""}\n` : "");
    const result = await shell.run({ command: `${this.#before()}sh ${path}`, what, input, limitMs }, signal);
    return { ...result, stdout: this.#told(result.stdout), stderr: this.#told(result.stderr) };
  }

  /** Writes a file of the folder that the user alone can read. */
  async write(
    path: string,
    content: string | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    limitMs = LOOK_MS_MAX,
  ): Promise<void> {
    const input = typeof content === "string" ? pieces(content) : content;
    const command = `sh -c 'umask 077; cat > "$0"' ${path}`;
    const { shell, host } = this.#options;
    const written = await shell.run({ command, what: "copying", input, limitMs }, signal);
    if (written.code !== 0) throw folderRefused(host, lastOf(written, this.#options));
  }

  /** The end of what a script said, for people. */
  saidBy(result: ShellResult): string {
    return lastOf(result, this.#options);
  }

  /** The folder goes, whatever came before; a connection that is lost leaves it, with nothing in it that is secret for longer than the token holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    const command = `rm -rf ${this.folder}`;
    const { shell } = this.#options;
    await shell
      .run({ command, what: "cleaning up", limitMs: LOOK_MS_MAX }, new AbortController().signal)
      .catch(() => undefined);
  }

  async #waySudo(signal: AbortSignal): Promise<Way> {
    const { shell, credentials, host, user } = this.#options;
    const path = `${this.folder}/who.sh`;
    await this.write(path, "exec < /dev/null\nid -u\n", signal);
    const asRoot = ({ code, stdout }: ShellResult): boolean => code === 0 && stdout.trim() === "0";
    const look = { what: "becoming root", limitMs: LOOK_MS_MAX };
    if (asRoot(await shell.run({ command: `sudo -n sh ${path}`, ...look }, signal))) return "sudo";
    const password = credentials.sudoPassword ?? credentials.password;
    if (password === undefined) throw sudoRefused(host, user, "it asks for a password, and none was given");
    const input = pieces(`${password}\n`);
    const result = await shell.run({ command: `sudo -k -S -p '' sh ${path}`, input, ...look }, signal);
    if (!asRoot(result)) throw sudoRefused(host, user, lastOf(result, this.#options));
    return "sudo-password";
  }

  #before(): string {
    switch (this.#way) {
      case "root":
        return "";
      case "sudo":
        return "sudo -n ";
      case "sudo-password":
        return "sudo -k -S -p '' ";
    }
  }

  #told(text: string): string {
    return withoutSecrets(text, allSecrets(this.#options));
  }
}

function allSecrets({ credentials, secrets }: RootShellOptions): string[] {
  return [...secretsIn(credentials), ...secrets];
}

function lastOf({ stdout, stderr }: ShellResult, options: RootShellOptions): string {
  const said = withoutSecrets((stderr.trim() === "" ? stdout : stderr).trim(), allSecrets(options));
  const line = said.replaceAll(/\s*\n\s*/g, "; ").slice(-TOLD_CHARACTERS_MAX);
  return line.replace(/[.;\s]+$/, "");
}

async function* pieces(text: string): AsyncIterable<Uint8Array> {
  if (text !== "") yield new TextEncoder().encode(text);
}
