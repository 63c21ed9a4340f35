import type { ContainerStatus } from "@leeward/cache-account";
import { type RequestCounts, requestsPerGb } from "@leeward/object-store";
import type { CacheAccountStatus } from "@leeward/proto";

/** What is said of the machine's container: of its ways to all process servers together; undefined while there is none. */
export function cacheAccountStatus(containers: readonly ContainerStatus[]): CacheAccountStatus | undefined {
  const [first] = containers;
  if (first === undefined) return undefined;
  const sumOf = (name: keyof RequestCounts): number => containers.reduce((sum, each) => sum + each.requests[name], 0);
  const requests = {
    puts: sumOf("puts"),
    gets: sumOf("gets"),
    lists: sumOf("lists"),
    removes: sumOf("removes"),
    retries: sumOf("retries"),
    sentBytes: sumOf("sentBytes"),
    receivedBytes: sumOf("receivedBytes"),
  };
  return {
    waitingBytes: containers.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0),
    bytesMax: first.bytesMax,
    store: { place: first.place, leased: false, ...requests, requestsPerGb: requestsPerGb(requests) ?? 0 },
  };
}
