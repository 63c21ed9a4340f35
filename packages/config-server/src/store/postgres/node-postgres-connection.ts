import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { Fault } from "@leeward/base";
import type { Row } from "../column.ts";
import type { SqlValue } from "../database.ts";
import { AwaitedAnswers, answerFlag } from "./node-awaited-answers.ts";

/** How long a statement may take, with all that lies between, before its connection counts as lost. */
const ANSWER_MS_MAX = 20_000;
/** The same of one that has to be done, however much there is of what it changes. */
const PATIENT_MS_MAX = 3_600_000;

/** What the thread is told when it starts. */
export interface ConnectionBrief {
  readonly port: MessagePort;
  readonly flag: Int32Array<SharedArrayBuffer>;
  readonly client: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
    readonly password?: string;
    readonly ssl: false | { readonly ca?: string; readonly rejectUnauthorized: true; readonly servername: string };
    readonly connectionTimeoutMillis: number;
    readonly statement_timeout: number;
    readonly application_name: string;
  };
}

export type Asked =
  | { readonly kind: "connect" | "end" }
  | { readonly kind: "ask"; readonly sql: string; readonly values: readonly SqlValue[]; readonly isOnce: boolean };

/** What went wrong: `code` is PostgreSQL's (SQLSTATE) or the system's. */
export interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly isLost: boolean;
}

/** What a statement came to; `command` is what the server says that it has done. */
export interface Answered {
  readonly rows: Row[];
  readonly changed: number;
  readonly command: string;
}

export type Answer = Answered | { readonly error: Failure };

/**
 * One connection that is asked and answers in one turn. Invariant: what is asked after it was lost fails; it is never opened anew behind anyone's
 * back, so that what its server holds for it (a transaction, a lock) is held while it answers.
 */
export class PostgresConnection implements Disposable {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #answers: AwaitedAnswers<Asked, Answer>;
  #isLost = false;
  #answerMsMax = ANSWER_MS_MAX;

  /** @throws Fault `database-unreachable`, `database-untrusted`, `database-denied` */
  constructor(name: string, client: ConnectionBrief["client"]) {
    this.#name = name;
    const { port1, port2 } = new MessageChannel();
    const flag = answerFlag();
    this.#answers = new AwaitedAnswers(port1, flag);
    const brief: ConnectionBrief = { port: port2, flag, client };
    this.#worker = new Worker(new URL("./node-postgres-worker.ts", import.meta.url), {
      workerData: brief,
      transferList: [port2],
    });
    this.#worker.unref();
    // Its end shows in answers that do not come.
    this.#worker.on("error", () => undefined);
    const answer = this.#exchange({ kind: "connect" });
    if (!("error" in answer)) return;
    void this.#worker.terminate();
    throw refusedBy(name, answer.error);
  }

  /** `isOnce` says that a statement is not worth being prepared. @throws Fault `database-lost`, and Error for what the server refuses */
  ask(sql: string, values: readonly SqlValue[] = [], isOnce = false): Answered {
    if (this.#isLost) throw databaseLost(this.#name, "it was lost before");
    const answer = this.#exchange({ kind: "ask", sql, values, isOnce });
    if (!("error" in answer)) return answer;
    if (answer.error.isLost) {
      this.#isLost = true;
      // What its server holds for it is let go of at once.
      void this.#worker.terminate();
      throw databaseLost(this.#name, answer.error.message);
    }
    throw new Error(`${this.#name} refuses a statement: ${answer.error.message}`, { cause: answer.error });
  }

  /** What is asked in `work` may take an hour each. The database's own limit on statements is the caller's to lift. */
  patiently<T>(work: () => T): T {
    this.#answerMsMax = PATIENT_MS_MAX;
    try {
      return work();
    } finally {
      this.#answerMsMax = ANSWER_MS_MAX;
    }
  }

  [Symbol.dispose](): void {
    if (!this.#isLost) this.#exchange({ kind: "end" });
    this.#answers.close();
    void this.#worker.terminate();
  }

  #exchange(asked: Asked): Answer {
    const answer = this.#answers.ask(asked, this.#answerMsMax);
    if (answer !== undefined) return answer;
    return { error: { message: `no answer for ${this.#answerMsMax / 1_000} s`, code: "ETIMEDOUT", isLost: true } };
  }
}

/** Classes of SQLSTATE that say that one may not: authorization (28), and no such database (3D). */
const DENIED = /^(28|3D)/;
/** What OpenSSL and Node say of a certificate that is not believed. */
const UNTRUSTED = /CERT|SIGNED|ISSUER|LEAF_SIGNATURE/;

function refusedBy(name: string, { message, code }: Failure): Fault {
  const detail = { name, why: code ?? null };
  if (code !== undefined && DENIED.test(code)) {
    return new Fault({
      code: "database-denied",
      kind: "operator",
      message: `The ${name} does not let this server in: ${message}.`,
      remedy: "Check the user, the password file and the database's name, and what pg_hba.conf says of them.",
      detail,
    });
  }
  if (code !== undefined && UNTRUSTED.test(code)) {
    return new Fault({
      code: "database-untrusted",
      kind: "operator",
      message: `The ${name} shows a certificate that is not believed: ${message}.`,
      remedy: "Name the authorities that vouch for it (databaseCaFile), and the host as the certificate has it.",
      detail,
    });
  }
  return new Fault({
    code: "database-unreachable",
    kind: "transient",
    message: `The ${name} does not answer: ${message}.`,
    remedy: "Check that it runs and can be reached. The service starts again by itself.",
    detail,
  });
}

function databaseLost(name: string, why: string): Fault {
  return new Fault({
    code: "database-lost",
    kind: "transient",
    message: `The connection to the ${name} was lost: ${why}.`,
    remedy: "Nothing: the service ends and starts again; another server that waits takes over meanwhile.",
    detail: { name },
  });
}
