// Where everything of an installation stands on its map: machines, process servers and master targets in columns, the config server above them.
//
//                 [config server]
//   [machine] ───► [process server] ───► [master target]
//
// Many machines stand as groups, one for each process server that they send to: a map of 500 boxes says nothing.
import type { Link, Machine, Server } from "@leeward/api";

export const NODE = { width: 220, height: 56 } as const;
const GAP = { column: 130, row: 20 } as const;
const TOP = 124;
/** More machines than these are shown as groups. */
const MACHINES_MAX = 12;
const CONFIG_SERVER = "config-server";

/** Of many: partly when some are up, and some are not. */
export type Standing = "up" | "partly" | "down";

export interface MapNode {
  readonly id: string;
  readonly kind: "config-server" | "machine" | "machines" | "process-server" | "master-target";
  readonly name: string;
  readonly standing: Standing;
  /** Of a group. */
  readonly online: number;
  readonly offline: number;
  readonly x: number;
  readonly y: number;
}

export interface MapLink {
  readonly from: MapNode;
  readonly to: MapNode;
  readonly kind: Link["kind"];
  readonly standing: Standing;
  readonly bytesPerSecond: number | null;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MapNode[];
  readonly links: readonly MapLink[];
}

type Unplaced = Omit<MapNode, "x" | "y">;

export function layoutOf(machines: readonly Machine[], servers: readonly Server[], links: readonly Link[]): MapLayout {
  const groups = groupsOf(machines, links);
  const columns = [
    groups.nodes,
    servers.filter(({ role }) => role === "process-server").map(nodeOfServer),
    servers.filter(({ role }) => role === "master-target").map(nodeOfServer),
  ];
  const rows = Math.max(1, ...columns.map(({ length }) => length));
  const height = TOP + rows * (NODE.height + GAP.row);
  const width = columns.length * NODE.width + (columns.length - 1) * GAP.column;
  const placed = columns.flatMap((column, index) => {
    const free = (rows - column.length) * (NODE.height + GAP.row);
    return column.map((node, row) => ({
      ...node,
      x: index * (NODE.width + GAP.column),
      y: TOP + free / 2 + row * (NODE.height + GAP.row),
    }));
  });
  const self = { id: CONFIG_SERVER, kind: "config-server", name: "", standing: "up", online: 0, offline: 0 } as const;
  const nodes = [{ ...self, x: (width - NODE.width) / 2, y: 8 }, ...placed];
  return { width, height, nodes, links: linksBetween(nodes, links, groups.groupOf) };
}

function groupsOf(machines: readonly Machine[], links: readonly Link[]) {
  if (machines.length <= MACHINES_MAX) {
    const nodes = machines.map(
      ({ id, name, state }): Unplaced => ({
        ...NO_COUNTS,
        id,
        name,
        kind: "machine",
        standing: standingOf([state === "online"]),
      }),
    );
    return { nodes, groupOf: new Map<string, string>() };
  }
  const serverOf = new Map(links.filter(({ kind }) => kind === "data").map(({ from, to }) => [from, to]));
  const groupOf = new Map(
    machines.map(({ id, disks }) => [id, `machines:${serverOf.get(id) ?? disks[0]?.processServer ?? ""}`]),
  );
  const nodes = [...Map.groupBy(machines, ({ id }) => groupOf.get(id) ?? "")].map(([id, of]): Unplaced => {
    const online = of.filter(({ state }) => state === "online").length;
    const standing = standingOf(of.map(({ state }) => state === "online"));
    return { id, name: "", kind: "machines", standing, online, offline: of.length - online };
  });
  return { nodes, groupOf };
}

const NO_COUNTS = { online: 0, offline: 0 } as const;

function nodeOfServer({ id, name, role, state }: Server): Unplaced {
  return { ...NO_COUNTS, id, name, kind: role, standing: standingOf([state === "online"]) };
}

function standingOf(areUp: readonly boolean[]): Standing {
  if (areUp.every((isUp) => isUp)) return "up";
  return areUp.some((isUp) => isUp) ? "partly" : "down";
}

/** Links of a group are one, with as much as all together. */
function linksBetween(
  nodes: readonly MapNode[],
  links: readonly Link[],
  groupOf: ReadonlyMap<string, string>,
): readonly MapLink[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const idOf = (id: string): string => groupOf.get(id) ?? id;
  const bundles = Map.groupBy(links, ({ from, to, kind }) => `${idOf(from)} ${idOf(to)} ${kind}`);
  return [...bundles.values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    const [from, to] = [byId.get(idOf(first.from)), byId.get(idOf(first.to))];
    if (from === undefined || to === undefined) return [];
    const said = of.flatMap(({ bytesPerSecond }) => (bytesPerSecond === null ? [] : [bytesPerSecond]));
    return [
      {
        from,
        to,
        kind: first.kind,
        standing: standingOf(of.map(({ state }) => state === "up")),
        bytesPerSecond: said.length === 0 ? null : said.reduce((sum, each) => sum + each, 0),
      },
    ];
  });
}
