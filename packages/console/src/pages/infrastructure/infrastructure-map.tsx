import type { Link, Machine, Server } from "@leeward/api";
import { Box, ScrollArea } from "@mantine/core";
import { Link as PageLink } from "wouter";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { layoutOf, type MapLink, type MapNode, NODE } from "./map-layout.ts";
import { TEXTS } from "./texts.ts";

/** Beside what is written in a box. */
const INSET = 14;

export interface InfrastructureMapProps {
  readonly machines: readonly Machine[];
  readonly servers: readonly Server[];
  readonly links: readonly Link[];
}

/** It scales with the window down to where it can be read, and is then scrolled. */
export function InfrastructureMap({ machines, servers, links }: InfrastructureMapProps) {
  const text = useText(TEXTS);
  const { width, height, nodes, links: lines } = layoutOf(machines, servers, links);
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "group", "aria-label": text.scroll }}>
      <Box miw={720} maw={width * 1.2} mx="auto">
        <svg viewBox={`-8 0 ${width + 16} ${height}`} width="100%" role="group" aria-label={text.mapLabel}>
          <g aria-hidden>
            {lines.map((line) => (
              <Line key={`${line.from.id} ${line.to.id} ${line.kind}`} line={line} />
            ))}
          </g>
          {nodes.map((node) => (
            <Node key={node.id} node={node} />
          ))}
        </svg>
      </Box>
    </ScrollArea>
  );
}

function Line({ line }: { readonly line: MapLink }) {
  const format = useFormat();
  const { from, to, kind, standing, bytesPerSecond } = line;
  const [x1, y1, x2, y2] =
    kind === "control"
      ? [from.x + NODE.width / 2, from.y, to.x + NODE.width / 2, to.y + NODE.height]
      : [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2];
  const middle = (x1 + x2) / 2;
  const path =
    kind === "control"
      ? `M${x1},${y1} C${x1},${y1 - 48} ${x2},${y2 + 48} ${x2},${y2}`
      : `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
  return (
    <>
      <path d={path} className={standing === "up" ? `map-${kind}` : `map-${standing}`} />
      {kind !== "control" && bytesPerSecond !== null && (
        <text x={middle} y={(y1 + y2) / 2 - 6} className="map-amount">
          {format.bytesPerSecond(bytesPerSecond)}
        </text>
      )}
    </>
  );
}

const STATE_SIGNS = { up: "●", partly: "◐", down: "○" } as const;

function Node({ node }: { readonly node: MapNode }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const { kind, x, y, online, offline, standing } = node;
  const state = standing === "up" ? text.states.online : text.states.offline;
  const name =
    kind === "config-server"
      ? text.configServer
      : kind === "machines"
        ? text.machines(format.count(online + offline))
        : node.name;
  const under = kind === "machines" ? text.machineCounts(format.count(online), format.count(offline)) : state;
  const box = (
    <g transform={`translate(${x} ${y})`}>
      <rect width={NODE.width} height={NODE.height} rx={8} className={`map-box map-box-${standing}`} />
      <title>{`${name}: ${under}`}</title>
      <foreignObject x={INSET} y={7} width={NODE.width - 2 * INSET} height={24}>
        <div className="map-name">{name}</div>
      </foreignObject>
      <text x={INSET} y={43} className="map-under">
        <tspan className={`map-sign-${standing}`}>{STATE_SIGNS[standing]}</tspan> {under}
      </text>
    </g>
  );
  const href = pathOf(node);
  return href === undefined ? (
    <g role="img" aria-label={`${name}: ${under}`}>
      {box}
    </g>
  ) : (
    <PageLink href={href} asChild>
      <a className="map-link" aria-label={`${name}: ${under}`}>
        {box}
      </a>
    </PageLink>
  );
}

function pathOf({ kind, id }: MapNode): string | undefined {
  if (kind === "config-server") return undefined;
  if (kind === "machines") return "/machines";
  return kind === "machine" ? `/machines/${id}` : `/infrastructure?server=${id}`;
}
