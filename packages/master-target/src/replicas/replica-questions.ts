import type { CheckReplica, RanInReplica, ReplicaCheckResult, RunInReplica, StartReplica } from "@leeward/proto";
import type { RecoveryHost } from "@leeward/recovery-host";
import type { Clock } from "@leeward/world";
import { CHECK_SAID_LETTERS_MAX, CONSOLE_LETTERS_MAX, SCREEN_BYTES_MAX } from "../limits.ts";
import { checkReplica } from "./replica-checks.ts";
import { screenTooLarge } from "./replica-machine-faults.ts";

/** In the home: scripts that checks may name. */
const CHECK_SCRIPTS = "check-scripts";

export interface ReplicaQuestionsOptions {
  readonly clock: Clock;
  readonly home: string;
  /** @throws Fault `replica-unknown` and as the recovery host */
  readonly find: (id: string) => Promise<{ readonly host: RecoveryHost; readonly asked: StartReplica }>;
}

/** What is asked of a machine that runs; nothing of it changes what is recorded of the machine. */
export class ReplicaQuestions {
  readonly #options: ReplicaQuestionsOptions;

  constructor(options: ReplicaQuestionsOptions) {
    this.#options = options;
  }

  /** What the machine wrote to its console, the end of it. @throws Fault `replica-unknown` and as the recovery host */
  async console(id: string): Promise<string> {
    const { host } = await this.#options.find(id);
    return (await host.console(id)).slice(-CONSOLE_LETTERS_MAX);
  }

  /** Looks for what shows that the machine works; one that does not look so is no fault. @throws Fault `replica-unknown` */
  async check(request: CheckReplica, signal: AbortSignal): Promise<ReplicaCheckResult[]> {
    const { clock, home } = this.#options;
    const { replicaId: id, limitSeconds } = request;
    const { host, asked } = await this.#options.find(id);
    const scriptFolder = `${home}/${CHECK_SCRIPTS}`;
    return checkReplica(request, { host, id, asked, clock, limitSeconds, scriptFolder, signal });
  }

  /** Runs a script inside of the machine, by its guest agent; the signal ends the waiting alone. @throws Fault `replica-unknown`, `guest-agent-silent`, and as the recovery host */
  async runScript(
    { replicaId, script, environment, limitSeconds }: RunInReplica,
    signal: AbortSignal,
  ): Promise<RanInReplica> {
    const { host } = await this.#options.find(replicaId);
    const named: Record<string, string> = {};
    for (const each of environment) {
      const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(each) ?? [];
      named[name] = value;
    }
    const { exitCode, said } = await host.runScript(
      replicaId,
      { content: script, environment: named, limitSeconds },
      signal,
    );
    return { exitCode, said: said.slice(-CHECK_SAID_LETTERS_MAX) };
  }

  /** What its screen shows, as PNG. @throws Fault `replica-unknown`, `screen-too-large` and as the recovery host */
  async screen(id: string): Promise<Uint8Array> {
    const { host } = await this.#options.find(id);
    const png = await host.screen(id);
    if (png.length > SCREEN_BYTES_MAX) throw screenTooLarge(id, png.length);
    return png;
  }
}
