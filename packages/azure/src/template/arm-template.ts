// The machine as a template of Azure Resource Manager: "Azure Resource Manager template syntax", schema 2019-04-01. Everything that a site decides is a parameter with a value that is proposed.
import { type AzureMachine, checkAzureMachine, networkOf, proposedSize, resourceName } from "./azure-machine.ts";

const SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
const PARAMETERS_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";
const COMPUTE = "2023-03-01";
const DISKS = "2023-01-02";
const NETWORK = "2023-05-01";

export interface ArmTemplate {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly metadata: object;
  readonly parameters: Readonly<Record<string, ArmParameter>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly resources: readonly ArmResource[];
  readonly outputs: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
}

export interface ArmParameter {
  readonly type: "string" | "bool" | "int";
  readonly defaultValue?: string | boolean | number;
  readonly allowedValues?: readonly string[];
  readonly metadata: { readonly description: string };
}

export interface ArmResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly location: string;
  readonly condition?: string;
  readonly dependsOn?: readonly string[];
  readonly [other: string]: unknown;
}

/** The template. @throws Fault `machine-unsuitable-for-azure`, `disk-too-large-for-azure` */
export function armTemplate(machine: AzureMachine): ArmTemplate {
  checkAzureMachine(machine);
  return {
    $schema: SCHEMA,
    contentVersion: "1.0.0.0",
    metadata: { machine: machine.name, point: machine.point },
    parameters: parametersOf(machine),
    variables: {
      subnetId:
        "[if(empty(parameters('subnetId')), resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('networkName'), 'default'), parameters('subnetId'))]",
      address:
        "[if(empty(parameters('privateAddress')), createObject('privateIPAllocationMethod', 'Dynamic'), createObject('privateIPAllocationMethod', 'Static', 'privateIPAddress', parameters('privateAddress')))]",
    },
    resources: [network(), availabilitySet(), card(), ...machine.disks.map((_, index) => disk(index)), vm(machine)],
    outputs: {
      privateAddress: {
        type: "string",
        value: `[reference(${CARD_ID}).ipConfigurations[0].properties.privateIPAddress]`,
      },
    },
  };
}

/** What the script passes to the template: where the disks are. */
export function armParameters(machine: AzureMachine): object {
  const parameters: Record<string, { readonly value: string }> = {};
  for (const [index, { blobUrl }] of machine.disks.entries()) parameters[sourceParameter(index)] = { value: blobUrl };
  return { $schema: PARAMETERS_SCHEMA, contentVersion: "1.0.0.0", parameters };
}

const CARD_ID = "resourceId('Microsoft.Network/networkInterfaces', concat(parameters('machineName'), '-card'))";
const SET_ID = "resourceId('Microsoft.Compute/availabilitySets', concat(parameters('machineName'), '-set'))";
const NETWORK_ID = "resourceId('Microsoft.Network/virtualNetworks', parameters('networkName'))";
const LOCATION = "[parameters('location')]";

function parametersOf(machine: AzureMachine): Record<string, ArmParameter> {
  const found = machine.address === undefined ? undefined : networkOf(machine.address);
  const text = (description: string, defaultValue?: string): ArmParameter => ({
    type: "string",
    ...(defaultValue !== undefined && { defaultValue }),
    metadata: { description },
  });
  const sources: Record<string, ArmParameter> = {};
  for (const [index, { name }] of machine.disks.entries()) {
    sources[sourceParameter(index)] = text(`Address of the page blob that holds ${name}.`);
  }
  return {
    location: text("Region; that of the resource group unless told.", "[resourceGroup().location]"),
    machineName: text("Name of the machine and what belongs to it.", resourceName(machine.name)),
    size: text("Size of the machine, a series that has premium storage.", proposedSize(machine)),
    generation: {
      ...text("V2 where the machine is started by UEFI, V1 where by BIOS.", generationOf(machine)),
      allowedValues: ["V1", "V2"],
    },
    diskType: {
      ...text("Type of the managed disks.", "Premium_LRS"),
      allowedValues: ["Standard_LRS", "StandardSSD_LRS", "Premium_LRS"],
    },
    storageAccountId: text("Resource id of the storage account in which the page blobs are."),
    subnetId: text("Resource id of the subnet that it is to be in; a network of its own is made without it.", ""),
    networkName: text("Name of the network that is made.", `${resourceName(machine.name)}-network`),
    networkPrefix: text("Addresses of the network that is made.", found?.prefix ?? "10.0.0.0/24"),
    privateAddress: text("Address of the machine in its subnet; Azure chooses one without it.", found?.host ?? ""),
    ...sources,
  };
}

function network(): ArmResource {
  return {
    type: "Microsoft.Network/virtualNetworks",
    apiVersion: NETWORK,
    name: "[parameters('networkName')]",
    location: LOCATION,
    condition: "[empty(parameters('subnetId'))]",
    properties: {
      addressSpace: { addressPrefixes: ["[parameters('networkPrefix')]"] },
      subnets: [{ name: "default", properties: { addressPrefix: "[parameters('networkPrefix')]" } }],
    },
  };
}

function availabilitySet(): ArmResource {
  return {
    type: "Microsoft.Compute/availabilitySets",
    apiVersion: COMPUTE,
    name: "[concat(parameters('machineName'), '-set')]",
    location: LOCATION,
    sku: { name: "Aligned" },
    properties: { platformFaultDomainCount: 2, platformUpdateDomainCount: 5 },
  };
}

function card(): ArmResource {
  return {
    type: "Microsoft.Network/networkInterfaces",
    apiVersion: NETWORK,
    name: "[concat(parameters('machineName'), '-card')]",
    location: LOCATION,
    dependsOn: [`[${NETWORK_ID}]`],
    properties: {
      ipConfigurations: [
        {
          name: "first",
          properties:
            "[union(variables('address'), createObject('subnet', createObject('id', variables('subnetId'))))]",
        },
      ],
    },
  };
}

function disk(index: number): ArmResource {
  const isBooted = index === 0;
  return {
    type: "Microsoft.Compute/disks",
    apiVersion: DISKS,
    name: `[${diskName(index)}]`,
    location: LOCATION,
    sku: { name: "[parameters('diskType')]" },
    properties: {
      ...(isBooted && { osType: "Linux", hyperVGeneration: "[parameters('generation')]" }),
      creationData: {
        createOption: "Import",
        sourceUri: `[parameters('${sourceParameter(index)}')]`,
        storageAccountId: "[parameters('storageAccountId')]",
      },
    },
  };
}

function vm({ disks }: AzureMachine): ArmResource {
  const managed = (index: number) => ({ createOption: "Attach", managedDisk: { id: `[${diskId(index)}]` } });
  return {
    type: "Microsoft.Compute/virtualMachines",
    apiVersion: COMPUTE,
    name: "[parameters('machineName')]",
    location: LOCATION,
    dependsOn: [`[${SET_ID}]`, `[${CARD_ID}]`, ...disks.map((_, index) => `[${diskId(index)}]`)],
    properties: {
      availabilitySet: { id: `[${SET_ID}]` },
      hardwareProfile: { vmSize: "[parameters('size')]" },
      storageProfile: {
        osDisk: { osType: "Linux", caching: "ReadWrite", ...managed(0) },
        dataDisks: disks.slice(1).map((_, lun) => ({ lun, caching: "None", ...managed(lun + 1) })),
      },
      networkProfile: { networkInterfaces: [{ id: `[${CARD_ID}]` }] },
      diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    },
  };
}

function generationOf({ firmware }: AzureMachine): string | undefined {
  return firmware === undefined ? undefined : firmware === "uefi" ? "V2" : "V1";
}

/** Disks are named by their place, since their own names may be alike to Azure. */
function diskName(index: number): string {
  return `concat(parameters('machineName'), '-disk-${index}')`;
}

function diskId(index: number): string {
  return `resourceId('Microsoft.Compute/disks', ${diskName(index)})`;
}

function sourceParameter(index: number): string {
  return `disk${index}SourceUri`;
}
