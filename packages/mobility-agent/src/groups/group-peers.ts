// The sessions of a consistency group, one for each pair of its members. Of two members the one with the lower id connects.
//
// What it keeps true: only machines that the plan names as members have a link, and each has one, a newer one in the place of an older; who else
// comes, or turns out to be another than was called, is dropped by name, and nothing of the others is touched.
import { Fault, isFault, orAborted, type Random, Waiters } from "@leeward/base";
import { type Refusal, together } from "@leeward/daemon";
import type { Address, PlannedGroup, GroupMember as PlannedMember } from "@leeward/proto";
import { reconnecting, Session, type SessionOptions, WINDOW_BYTES_MIN, workOn } from "@leeward/wire";
import type { Channel, Clock, Listener, Network } from "@leeward/world";
import { GROUP_SESSIONS_MAX } from "../limits.ts";
import { GroupLink, type GroupLinkOptions } from "./group-link.ts";

export interface GroupPeersOptions extends Pick<GroupLinkOptions, "answer" | "onAnswer"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly machineId: string;
  readonly softwareVersion: string;
  readonly bootId: string;
  readonly group: () => PlannedGroup | undefined;
  readonly onRefused: (refusal: Refusal) => void;
}

interface Calling {
  readonly addresses: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class GroupPeers {
  readonly #options: GroupPeersOptions;
  readonly #links = new Map<string, GroupLink>();
  readonly #callings = new Map<string, Calling>();
  readonly #guests = new Set<Promise<void>>();
  readonly #planned = new Waiters();
  readonly #failed = Promise.withResolvers<never>();

  constructor(options: GroupPeersOptions) {
    this.#options = options;
    this.#failed.promise.catch(() => undefined);
  }

  /** Members that can be asked now, without this machine. */
  links(): readonly GroupLink[] {
    return [...this.#links.values()];
  }

  /** The plan's group is another. */
  planChanged(): void {
    this.#planned.notify();
  }

  /** Takes and makes connections until the signal aborts; none is left when it settles. Rejects on a mistake of ours. */
  async run(listener: Listener, signal: AbortSignal): Promise<void> {
    await together(signal, [
      (inner) => this.#accept(listener, inner),
      (inner) => this.#call(inner),
      (inner) => untilAborted(this.#failed.promise, inner),
    ]);
  }

  /** A mistake of ours in one link. */
  fail(error: unknown): void {
    this.#failed.reject(error);
  }

  async #accept(listener: Listener, signal: AbortSignal): Promise<void> {
    try {
      for await (const channel of listener.accept(signal)) {
        if (this.#guests.size >= GROUP_SESSIONS_MAX) {
          await channel.close();
          continue;
        }
        const guest = this.#serveGuest(channel, signal).finally(() => this.#guests.delete(guest));
        this.#guests.add(guest);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(this.#guests);
    }
  }

  async #serveGuest(channel: Channel, signal: AbortSignal): Promise<void> {
    try {
      const session = await Session.accept(channel, this.#sessionOptions(), signal);
      await workOn(session, signal, async (open) => {
        if (this.#memberOf(channel) === undefined) throw peerForeign(channel);
        await this.#serve(open);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!isFault(error)) this.fail(error);
      else this.#tell(channel, error);
    }
  }

  /** Keeps a connection to each member with a higher id whose address is known. */
  async #call(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const planned = this.#planned.next();
        await this.#followPlan(signal);
        await untilAborted(planned, signal);
      }
    } finally {
      for (const { stop } of this.#callings.values()) stop.abort();
      await Promise.all([...this.#callings.values()].map(({ ended }) => ended));
      this.#callings.clear();
    }
  }

  async #followPlan(signal: AbortSignal): Promise<void> {
    const { group, machineId } = this.#options;
    const members = group()?.members ?? [];
    for (const [id, link] of this.#links) if (!members.some((member) => member.machineId === id)) await link.close();
    const called = new Map(
      members
        .filter((member) => member.machineId > machineId && member.addresses.length > 0)
        .map((member) => [member.machineId, member]),
    );
    for (const [id, { addresses, stop, ended }] of this.#callings) {
      const member = called.get(id);
      if (member !== undefined && addressesOf(member) === addresses) continue;
      stop.abort();
      await ended;
      this.#callings.delete(id);
    }
    for (const member of called.values()) {
      if (!this.#callings.has(member.machineId) && !signal.aborted) this.#startCalling(member);
    }
  }

  #startCalling(member: PlannedMember): void {
    const { clock, random } = this.#options;
    const stop = new AbortController();
    let attempts = 0;
    const session = (inner: AbortSignal): Promise<void> => {
      const address = member.addresses[attempts % member.addresses.length];
      attempts += 1;
      return address === undefined ? Promise.resolve() : this.#connect(member.machineId, address, inner);
    };
    const ended = reconnecting({ clock, random, session }, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) this.fail(error);
    });
    this.#callings.set(member.machineId, { addresses: addressesOf(member), stop, ended });
  }

  async #connect(machineId: string, address: Address, signal: AbortSignal): Promise<void> {
    const channel = await this.#options.network.connect(address, "agent", signal);
    if (channel.peer.id !== machineId) {
      await channel.close();
      const fault = peerForeign(channel);
      this.#tell(channel, fault);
      throw fault;
    }
    const session = await Session.connect(channel, this.#sessionOptions(), signal);
    await workOn(session, signal, (open) => this.#serve(open));
  }

  async #serve(session: Session): Promise<void> {
    const { answer, onAnswer } = this.#options;
    const link = new GroupLink({ session, answer, onAnswer, onFailure: (error) => this.fail(error) });
    const { machineId } = link;
    const before = this.#links.get(machineId);
    this.#links.set(machineId, link);
    await before?.close();
    try {
      await link.receive();
    } finally {
      if (this.#links.get(machineId) === link) this.#links.delete(machineId);
      await link.close();
    }
  }

  #memberOf({ peer }: Channel): PlannedMember | undefined {
    const { group, machineId } = this.#options;
    if (peer.role !== "agent" || peer.id === machineId) return undefined;
    return group()?.members.find((member) => member.machineId === peer.id);
  }

  #sessionOptions(): SessionOptions {
    const { clock, softwareVersion, bootId } = this.#options;
    return { clock, softwareVersion, bootId, windowBytes: WINDOW_BYTES_MIN };
  }

  #tell({ address, peer }: Channel, fault: Fault): void {
    if (fault.kind !== "protocol" && fault.kind !== "operator") return;
    const { code, message } = fault;
    const what = "a session of a consistency group";
    this.#options.onRefused({ code, what, message, address, peer: `${peer.role} ${peer.id}` });
  }
}

function addressesOf({ addresses }: PlannedMember): string {
  return JSON.stringify(addresses);
}

/** One that the plan does not name yet may be a member a moment later. */
function peerForeign({ peer, address }: Channel): Fault {
  return new Fault({
    code: "group-member-unknown",
    kind: "operator",
    message: `${peer.role} ${peer.id} at ${address} is no member of this machine's consistency group.`,
    remedy: "See `leeward group list` for the members; if it should be one, `leeward group set` names it.",
    detail: { peer: peer.id },
  });
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await orAborted(promise, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
