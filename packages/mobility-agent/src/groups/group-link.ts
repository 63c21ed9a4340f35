import { Fault, isFault } from "@leeward/base";
import type { GroupAnswer, GroupAsk } from "@leeward/proto";
import type { Session } from "@leeward/wire";
import type { Reply } from "./group-member.ts";
import type { RoundMember } from "./group-round.ts";

/** Messages to one member that have not left; one that lets more come together does not keep up. */
const UNSENT_MAX = 32;

export interface GroupLinkOptions {
  readonly session: Session;
  /** Does what the member asks. */
  readonly answer: (ask: GroupAsk, from: string) => Promise<Reply | undefined>;
  /** Told of each answer of the member, also of a late one. */
  readonly onAnswer: (machineId: string) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The session with one other member of the group: asks it, and does what it asks. */
export class GroupLink implements RoundMember {
  readonly #options: GroupLinkOptions;
  readonly #asked = new Map<string, (reply: Reply | undefined) => void>();
  #unsent = 0;

  constructor(options: GroupLinkOptions) {
    this.#options = options;
  }

  get machineId(): string {
    return this.#options.session.peer.id;
  }

  async ask(ask: GroupAsk): Promise<Reply | undefined> {
    // Rounds of one coordinator come one after another: nobody waits for what an earlier one was asked.
    if (ask.step === "prepare") this.#forget();
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>();
    if (ask.step === "release") resolve(undefined);
    else this.#asked.set(keyOf(ask), resolve);
    await this.#send({ kind: "groupAsk", value: ask });
    return promise;
  }

  /** Takes messages until the session ends. @throws Fault `message-unexpected` */
  async receive(): Promise<void> {
    const { session, onAnswer } = this.#options;
    for await (const { body } of session.messages()) {
      if (body.kind === "groupAsk") this.#take(body.value);
      else if (body.kind === "groupAnswer") {
        onAnswer(this.machineId);
        const key = keyOf(body.value);
        this.#asked.get(key)?.(body.value);
        this.#asked.delete(key);
      } else {
        const message = `A member of the group sent ${body.kind}.`;
        throw new Fault({ code: "message-unexpected", kind: "protocol", message });
      }
    }
  }

  /** The session has ended: whoever waits learns that no answer comes. */
  #forget(): void {
    for (const resolve of this.#asked.values()) resolve(undefined);
    this.#asked.clear();
  }

  close(): Promise<void> {
    this.#forget();
    return this.#options.session.close();
  }

  /** Not awaited by the one who reads: a member that gets ready slowly can still be released. Each has one round here, so they are few. */
  #take(ask: GroupAsk): void {
    const { answer, onFailure } = this.#options;
    const { pointId, step } = ask;
    const work = async (): Promise<void> => {
      const reply = await answer(ask, this.machineId);
      if (reply !== undefined) await this.#send({ kind: "groupAnswer", value: { pointId, step, ...reply } });
    };
    work().catch(onFailure);
  }

  async #send(body: Parameters<Session["send"]>[0]): Promise<void> {
    const { session } = this.#options;
    if (this.#unsent >= UNSENT_MAX) {
      this.#forget();
      await session.close();
      return;
    }
    this.#unsent += 1;
    try {
      await session.send(body);
    } catch (error) {
      // The session has ended: its own end says why, and nothing of it is waited for.
      if (!isFault(error) && error !== session.signal.reason) throw error;
      this.#forget();
    } finally {
      this.#unsent -= 1;
    }
  }
}

function keyOf({ pointId, step }: Pick<GroupAnswer, "pointId" | "step">): string {
  return `${pointId} ${step}`;
}
