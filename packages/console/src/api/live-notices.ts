// What the server says has changed, over one WebSocket: the answers concerned are asked for anew. Without it (a proxy that lets none through, a server
// that is gone) everything is asked for again at an interval, and the page says that it is not live.
import { ROUTES, type RouteName } from "@leeward/api";
import { useEffect, useState } from "react";
import { askWhoIsSignedIn, queryClient } from "./api-context.tsx";

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

/** Which answers a topic is in, by the paths of their routes. */
const TOPICS: Readonly<Record<string, RegExp>> = {
  machines: /^\/v1\/(machines|stages|links|planner|samples)/,
  disks: /^\/v1\/(machines|disks|stages)/,
  points: /^\/v1\/(machines\/:machine\/(points|timeline)|groups|opened)/,
  jobs: /^\/v1\/jobs/,
  events: /^\/v1\/events/,
  alerts: /^\/v1\/(alert|status)/,
  servers: /^\/v1\/(servers|links|stages)/,
  failovers: /^\/v1\/failovers/,
  drills: /^\/v1\/drill/,
  plans: /^\/v1\/recovery-plan/,
  policies: /^\/v1\/policies/,
  groups: /^\/v1\/groups/,
  users: /^\/v1\/(users|sign-ins|tokens|me)/,
  approvals: /^\/v1\/approvals/,
  installation: /^\/v1\/installation/,
};

/** Whether notices come; keeps the connection while it is mounted. */
export function useLiveNotices(): boolean {
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    let isWanted = true;
    let delayMs = RETRY_MS_MIN;
    let timer: number | undefined;
    let socket: WebSocket;
    const connect = (): void => {
      socket = new WebSocket(`wss://${location.host}/v1/live`);
      socket.addEventListener("open", () => {
        delayMs = RETRY_MS_MIN;
        setLive(true);
        // What changed while there was no connection was not heard.
        void queryClient.invalidateQueries();
      });
      socket.addEventListener("message", ({ data }) => take(data));
      socket.addEventListener("close", () => {
        if (!isWanted) return;
        setLive(false);
        askWhoIsSignedIn();
        timer = window.setTimeout(connect, delayMs);
        delayMs = Math.min(RETRY_MS_MAX, delayMs * 2);
      });
    };
    connect();
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
      socket.close();
    };
  }, []);
  return isLive;
}

function take(data: unknown): void {
  const topics = topicsOf(data).flatMap((topic) => TOPICS[topic] ?? []);
  if (topics.length === 0) return;
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [name] }) => {
      const path = isRoute(name) ? ROUTES[name].path : "";
      return topics.some((pattern) => pattern.test(path));
    },
  });
}

function topicsOf(data: unknown): readonly string[] {
  if (typeof data !== "string") return [];
  const notice: unknown = JSON.parse(data);
  if (typeof notice !== "object" || notice === null || !("changed" in notice)) return [];
  return Array.isArray(notice.changed) ? notice.changed.filter((each) => typeof each === "string") : [];
}

function isRoute(name: unknown): name is RouteName {
  return typeof name === "string" && Object.hasOwn(ROUTES, name);
}
