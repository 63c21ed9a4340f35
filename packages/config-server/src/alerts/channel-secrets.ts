import { openWithDataKey, sealWithDataKey } from "@leeward/identity";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { alertSecretUnreadable } from "../faults.ts";
import type { AlertChannelRow } from "../store/alert-channel-rows.ts";
import { type HomeKeyOptions, homeKey } from "../trust/home-key.ts";

const KEY_ID = "alert-channels";
/** The name stands inside as well, so that no secret can be taken for another channel's. */
const Sealed = Type.Object({ channel: Type.String(), secret: Type.String() });

/** Secrets of channels, as only this home can open them. */
export class ChannelSecrets {
  readonly #home: HomeKeyOptions;
  #key: Promise<Uint8Array> | undefined;

  constructor(home: HomeKeyOptions) {
    this.#home = home;
  }

  async seal(channel: string, secret: string): Promise<string> {
    const content: Static<typeof Sealed> = { channel, secret };
    return sealWithDataKey(JSON.stringify(content), { dataKey: await this.#dataKey(), keyId: KEY_ID });
  }

  /** Null where the channel has none. @throws Fault `alert-secret-unreadable` */
  async open({ name, sealed }: Pick<AlertChannelRow, "name" | "sealed">): Promise<string | null> {
    if (sealed === null) return null;
    const opening = { dataKey: await this.#dataKey(), keyId: KEY_ID };
    const text = await openWithDataKey(sealed, opening).catch(() => "null");
    const content: unknown = JSON.parse(text);
    if (!Check(Sealed, content) || content.channel !== name) throw alertSecretUnreadable(name);
    return content.secret;
  }

  #dataKey(): Promise<Uint8Array> {
    this.#key ??= homeKey(this.#home, true);
    return this.#key;
  }
}
