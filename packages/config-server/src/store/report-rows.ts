import { decodeEnvelope, encodeEnvelope, type NoticeBody } from "@leeward/proto";
import { bytes, integer, text } from "./column.ts";
import type { Database } from "./database.ts";

export type StatusNotice = Extract<NoticeBody, { kind: "agentStatus" | "processServerStatus" | "masterTargetStatus" }>;

export interface Report {
  readonly memberId: string;
  readonly receivedMicros: number;
  readonly status: StatusNotice;
}

/** The newest status of each member, so that a restart forgets nothing of those who are away. */
export class ReportRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put({ memberId, receivedMicros, status }: Report): void {
    this.#database.run(
      `INSERT INTO reports (member_id, received_micros, message) VALUES (?, ?, ?)
       ON CONFLICT (member_id) DO UPDATE SET received_micros = excluded.received_micros, message = excluded.message`,
      memberId,
      receivedMicros,
      Buffer.concat(encodeEnvelope({ kind: "controlNotice", value: { body: status } })),
    );
  }

  list(): Report[] {
    return this.#database.all("SELECT * FROM reports").flatMap((row) => {
      const { body } = decodeEnvelope(bytes(row, "message"));
      if (body.kind !== "controlNotice") return [];
      const status = body.value.body;
      if (!isStatus(status)) return [];
      return [{ memberId: text(row, "member_id"), receivedMicros: integer(row, "received_micros"), status }];
    });
  }
}

export function isStatus(body: NoticeBody): body is StatusNotice {
  return body.kind === "agentStatus" || body.kind === "processServerStatus" || body.kind === "masterTargetStatus";
}
