import { Fault } from "@leeward/base";

export const BANDWIDTH_HELP =
  "bandwidth='20MB/s; mon-fri 08:00-18:00 5MB/s; sat,sun unlimited', by its own clock; the first window that holds the moment counts";

export const AUTO_PROTECT_HELP =
  "autoProtect=POLICY|off exclude='/dev/sdb,/dev/dm-*', for block devices that appear from now on";

export const CACHE_ACCOUNT_HELP =
  "cacheAccount=azure://ACCOUNT/CONTAINER|none cacheBytesMax=BYTES, for data that go through a container of an object store";

/** `key=value` of the given keys, each at most once. @throws Fault `setting-argument-invalid` */
export function settingsOf<const Key extends string>(
  args: readonly string[],
  keys: readonly Key[],
): { readonly [K in Key]?: string } {
  const found: { [K in Key]?: string } = {};
  for (const argument of args) {
    const [name = "", value] = argument.split(/=(.*)/s);
    const key = keys.find((each) => each === name);
    if (key === undefined || value === undefined || found[key] !== undefined) {
      throw new Fault({
        code: "setting-argument-invalid",
        kind: "operator",
        message: `${JSON.stringify(argument)} is not a setting as key=value, said once.`,
        remedy: `Keys are: ${keys.join(", ")}. Put the whole in quotes when it has spaces: 'key=value'.`,
        detail: { argument },
      });
    }
    found[key] = value;
  }
  return found;
}
