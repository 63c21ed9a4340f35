import { RecoverySettings } from "@leeward/api";
import { assert } from "@leeward/base";
import { type BandwidthSchedule, formatBandwidth, parseBandwidth } from "@leeward/daemon";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";

export type MemberRole = "agent" | "process-server" | "master-target";
const ROLES: readonly MemberRole[] = ["agent", "process-server", "master-target"];

/** A machine, process server or master target that enrolled. */
export interface MemberRow {
  readonly id: string;
  readonly role: MemberRole;
  readonly name: string;
  readonly publicKeyPem: string;
  readonly enrolledMicros: number;
  readonly tokenId: string;
  readonly certificateEndMicros: number;
  /** Fingerprints of the authorities that it said it trusts, first the one that issues, with commas between them; null for who was never asked. */
  readonly trusts: string | null;
  /** Of the authority of the certificate that it said it has. */
  readonly issuer: string | null;
  readonly removedMicros: number | null;
  readonly epoch: number;
  readonly softwareVersion: string | null;
  readonly lastSeenMicros: number | null;
  /** The member's clock minus the config server's. */
  readonly clockOffsetMicros: number | null;
  readonly addressHost: string | null;
  readonly addressPort: number | null;
  /** Of what it sends. */
  readonly bandwidth: BandwidthSchedule;
  /** Under which devices that appear are protected by themselves; null when they are not. */
  readonly autoProtectPolicy: string | null;
  /** Paths of devices that are not; a `*` stands for any text. */
  readonly autoProtectExclude: readonly string[];
  /** How it is made at its master target. */
  readonly recovery: RecoverySettings;
  /** The container through which its data go; null where they go to process servers straight. */
  readonly cacheAccount: CacheAccountRow | null;
}

export interface CacheAccountRow {
  readonly storeUrl: string;
  /** What may wait there at most, in bytes. */
  readonly bytesMax: number;
}

/** Nothing is settled: as the order says, else as the source is. */
export const RECOVERY_UNSETTLED: RecoverySettings = {
  host: null,
  cpus: null,
  memoryMib: null,
  firmware: null,
  diskBus: null,
  bootDisk: null,
  network: null,
  testNetwork: null,
  nics: null,
  testNics: null,
};

export type MemberDraft = Pick<
  MemberRow,
  "id" | "role" | "name" | "publicKeyPem" | "enrolledMicros" | "tokenId" | "certificateEndMicros"
>;

export interface MemberSeen {
  readonly softwareVersion: string;
  readonly lastSeenMicros: number;
  readonly clockOffsetMicros: number | null;
}

/** Who belongs to this installation. Removed ones stay, because their points do. */
export class MemberRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: MemberDraft): void {
    this.#database.run(
      `INSERT INTO members (id, role, name, public_key_pem, enrolled_micros, token_id, certificate_end_micros, epoch)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
      draft.id,
      draft.role,
      draft.name,
      draft.publicKeyPem,
      draft.enrolledMicros,
      draft.tokenId,
      draft.certificateEndMicros,
    );
  }

  list(): MemberRow[] {
    return this.#database.all("SELECT * FROM members ORDER BY name, id").map(memberOf);
  }

  /** By name, those that are not removed. */
  present(role: MemberRole): MemberRow[] {
    const sql = "SELECT * FROM members WHERE role = ? AND removed_micros IS NULL ORDER BY name, id";
    return this.#database.all(sql, role).map(memberOf);
  }

  /** How many are not removed, of all roles. */
  presentCount(): number {
    const row = this.#database.get("SELECT count(*) AS members FROM members WHERE removed_micros IS NULL");
    return row === undefined ? 0 : integer(row, "members");
  }

  byId(id: string): MemberRow | undefined {
    const row = this.#database.get("SELECT * FROM members WHERE id = ?", id);
    return row === undefined ? undefined : memberOf(row);
  }

  /** By id, else by the name of one that is not removed. */
  find(role: MemberRole, nameOrId: string): MemberRow | undefined {
    const byId = this.byId(nameOrId);
    if (byId !== undefined) return byId.role === role ? byId : undefined;
    const row = this.#database.get(
      "SELECT * FROM members WHERE role = ? AND name = ? ORDER BY removed_micros IS NOT NULL, enrolled_micros DESC LIMIT 1",
      role,
      nameOrId,
    );
    return row === undefined ? undefined : memberOf(row);
  }

  nameTaken(role: MemberRole, name: string): boolean {
    const sql = "SELECT 1 FROM members WHERE role = ? AND name = ? AND removed_micros IS NULL";
    return this.#database.get(sql, role, name) !== undefined;
  }

  /** Another host is the machine from now on. */
  exchangeKey(id: string, to: Pick<MemberRow, "publicKeyPem" | "tokenId" | "certificateEndMicros">): void {
    const sql = "UPDATE members SET public_key_pem = ?, token_id = ?, certificate_end_micros = ? WHERE id = ?";
    this.#database.run(sql, to.publicKeyPem, to.tokenId, to.certificateEndMicros, id);
  }

  remove(id: string, nowMicros: number): void {
    this.#database.run("UPDATE members SET removed_micros = ? WHERE id = ? AND removed_micros IS NULL", nowMicros, id);
  }

  seen(id: string, seen: MemberSeen): void {
    this.#database.run(
      "UPDATE members SET software_version = ?, last_seen_micros = ?, clock_offset_micros = coalesce(?, clock_offset_micros) WHERE id = ?",
      seen.softwareVersion,
      seen.lastSeenMicros,
      seen.clockOffsetMicros,
      id,
    );
  }

  /** Epochs only rise. */
  raiseEpoch(id: string, epoch: number): boolean {
    return this.#database.run("UPDATE members SET epoch = ? WHERE id = ? AND epoch < ?", epoch, id, epoch) === 1;
  }

  setAddress(id: string, address: { readonly host: string; readonly port: number }): boolean {
    const sql =
      "UPDATE members SET address_host = ?, address_port = ? WHERE id = ? AND (address_host IS DISTINCT FROM ? OR address_port IS DISTINCT FROM ?)";
    return this.#database.run(sql, address.host, address.port, id, address.host, address.port) === 1;
  }

  setBandwidth(id: string, bandwidth: BandwidthSchedule): void {
    this.#database.run("UPDATE members SET bandwidth = ? WHERE id = ?", formatBandwidth(bandwidth), id);
  }

  setAutoProtect(id: string, policy: string | null, exclude: readonly string[]): void {
    const sql = "UPDATE members SET auto_protect_policy = ?, auto_protect_exclude = ? WHERE id = ?";
    this.#database.run(sql, policy, exclude.join(","), id);
  }

  setRecovery(id: string, recovery: RecoverySettings): void {
    this.#database.run("UPDATE members SET recovery = ? WHERE id = ?", JSON.stringify(recovery), id);
  }

  setCacheAccount(id: string, account: CacheAccountRow | null): void {
    const sql = "UPDATE members SET cache_store_url = ?, cache_bytes_max = ? WHERE id = ?";
    this.#database.run(sql, account?.storeUrl ?? null, account?.bytesMax ?? null, id);
  }

  /** What it said of its own trust. */
  setTrust(id: string, said: { readonly trusts: string; readonly issuer: string }): boolean {
    const sql =
      "UPDATE members SET trusts = ?, issuer = ? WHERE id = ? AND (trusts IS DISTINCT FROM ? OR issuer IS DISTINCT FROM ?)";
    return this.#database.run(sql, said.trusts, said.issuer, id, said.trusts, said.issuer) === 1;
  }

  setCertificateEnd(id: string, endMicros: number): void {
    this.#database.run("UPDATE members SET certificate_end_micros = ? WHERE id = ?", endMicros, id);
  }
}

function memberOf(row: Row): MemberRow {
  return {
    id: text(row, "id"),
    role: word(row, "role", ROLES),
    name: text(row, "name"),
    publicKeyPem: text(row, "public_key_pem"),
    enrolledMicros: integer(row, "enrolled_micros"),
    tokenId: text(row, "token_id"),
    certificateEndMicros: integer(row, "certificate_end_micros"),
    trusts: maybeText(row, "trusts"),
    issuer: maybeText(row, "issuer"),
    removedMicros: maybeInteger(row, "removed_micros"),
    epoch: integer(row, "epoch"),
    softwareVersion: maybeText(row, "software_version"),
    lastSeenMicros: maybeInteger(row, "last_seen_micros"),
    clockOffsetMicros: maybeInteger(row, "clock_offset_micros"),
    addressHost: maybeText(row, "address_host"),
    addressPort: maybeInteger(row, "address_port"),
    bandwidth: parseBandwidth(text(row, "bandwidth")),
    autoProtectPolicy: maybeText(row, "auto_protect_policy"),
    autoProtectExclude: text(row, "auto_protect_exclude").split(",").filter(Boolean),
    recovery: recoveryOf(row),
    cacheAccount: cacheAccountOf(row),
  };
}

/** Of most machines nothing is settled, and a check for each of thousands of rows takes long. */
function recoveryOf(row: Row): RecoverySettings {
  const stored = text(row, "recovery");
  if (stored === "{}") return RECOVERY_UNSETTLED;
  const recovery: unknown = { ...RECOVERY_UNSETTLED, ...JSON.parse(stored) };
  assert(Check(RecoverySettings, recovery), "recovery settings were checked before they were stored");
  return recovery;
}

function cacheAccountOf(row: Row): CacheAccountRow | null {
  const storeUrl = maybeText(row, "cache_store_url");
  const bytesMax = maybeInteger(row, "cache_bytes_max");
  return storeUrl === null || bytesMax === null ? null : { storeUrl, bytesMax };
}
