import type { Machine, Point } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import {
  type AzureMachine,
  armParameters,
  armTemplate,
  deployScript,
  PARAMETERS_FILE,
  TEMPLATE_FILE,
} from "@leeward/azure";
import { Fault } from "@leeward/base";
import { parseStoreUrl } from "@leeward/object-store";
import { replaceFile } from "@leeward/world";
import type { CommandContext } from "../command-context.ts";
import { requireFresh } from "../fresh-file.ts";

const SCRIPT_FILE = "deploy.sh";

export interface TemplateWanted {
  readonly machine: string;
  /** `latest`, or a point's id. */
  readonly at: string;
  /** Where each disk is published as NAME.vhd: `azure://ACCOUNT/CONTAINER[/PREFIX]`. */
  readonly blobs: string;
  /** Absolute. */
  readonly out: string;
}

/** As the command prints it. */
export interface WrittenTemplate {
  readonly machine: string;
  readonly point: string;
  readonly files: readonly string[];
  /** In the order of the machine's disks, the one that is booted first. */
  readonly disks: readonly { readonly disk: string; readonly blob: string }[];
}

/**
 * Writes what makes the machine in Azure of its published disks: a template, its parameters, and a script.
 * @throws Fault `point-missing`, `store-url-invalid`, `file-exists`, `machine-unsuitable-for-azure`, `disk-too-large-for-azure`
 */
export async function writeTemplate(context: CommandContext, wanted: TemplateWanted): Promise<WrittenTemplate> {
  const { files } = context.host;
  const client = await context.client();
  const params = { machine: wanted.machine };
  const machine = await client.showMachine({ params });
  const { items } = await allPages((page) => client.listPoints({ params, query: page }));
  const point = wanted.at === "latest" ? items.at(-1) : items.find(({ id }) => id === wanted.at);
  if (point === undefined) throw pointMissing(wanted);
  const described = describe({ machine, point, blobs: wanted.blobs });
  const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
  const contents = [
    { name: TEMPLATE_FILE, text: json(armTemplate(described)) },
    { name: PARAMETERS_FILE, text: json(armParameters(described)) },
    { name: SCRIPT_FILE, text: deployScript(described) },
  ];
  for (const { name } of contents) await requireFresh(files, `${wanted.out}/${name}`);
  await files.makeFolder(wanted.out);
  for (const { name, text } of contents) await replaceFile(files, wanted.out, name, new TextEncoder().encode(text));
  return {
    machine: machine.id,
    point: point.id,
    files: contents.map(({ name }) => `${wanted.out}/${name}`),
    disks: described.disks.map(({ name, blobUrl }) => ({ disk: name, blob: blobUrl })),
  };
}

function describe({
  machine,
  point,
  blobs,
}: {
  readonly machine: Machine;
  readonly point: Point;
  readonly blobs: string;
}): AzureMachine {
  const address = parseStoreUrl(blobs);
  if (address.kind !== "azure") {
    throw new Fault({
      code: "store-url-invalid",
      kind: "operator",
      message: "Disks for Azure lie in an account of Azure.",
      remedy: "Write azure://ACCOUNT/CONTAINER/PREFIX, where the disks are published as DISK.vhd.",
    });
  }
  const { endpoint, container, prefix } = address;
  const folder = [endpoint, container, ...(prefix === "" ? [] : [prefix])].join("/");
  const { recovery } = machine;
  const isBooted = ({ id, name }: { readonly id: string; readonly name: string }): boolean =>
    recovery.bootDisk !== null && [id, name].includes(recovery.bootDisk);
  const disks = machine.disks.filter(({ id }) => point.disks[id] !== undefined);
  const ordered = [...disks.filter(isBooted), ...disks.filter((disk) => !isBooted(disk))];
  return {
    name: machine.name,
    point: point.id,
    disks: ordered.map(({ name, sizeBytes }) => ({
      name,
      // The size of a disk that nobody has seen yet is not known; there is no point of such.
      sizeBytes: sizeBytes ?? 0,
      blobUrl: `${folder}/${encodeURIComponent(name)}.vhd`,
    })),
    cpus: recovery.cpus ?? undefined,
    memoryMib: recovery.memoryMib ?? undefined,
    firmware: recovery.firmware ?? undefined,
    address: recovery.nics?.[0]?.addresses.find((each) => !each.includes(":")),
  };
}

function pointMissing({ machine, at }: TemplateWanted): Fault {
  return new Fault({
    code: "point-missing",
    kind: "operator",
    message: `${machine} has no point ${at}.`,
    remedy: "See its points with `leeward point list`; name the one whose disks were published by its id.",
    detail: { machine },
  });
}
