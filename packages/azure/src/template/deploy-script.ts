import { type AzureMachine, resourceName } from "./azure-machine.ts";

/** How the files beside the script are called. */
export const TEMPLATE_FILE = "template.json";
export const PARAMETERS_FILE = "parameters.json";

/**
 * The script that makes the machine in Azure by its command-line program, az: it looks whether each page blob is whole and holds the point, makes the resource group, and deploys the
 * template. Run again, it goes on where it was.
 */
export function deployScript({ name, point, disks }: AzureMachine): string {
  return `#!/usr/bin/env bash
# Starts ${plainLine(name)} in Azure from point ${plainLine(point)}.
# Needs az (the Azure CLI), and a login that may make machines, disks and networks and may read the storage account.
set -euo pipefail

if [[ $# -lt 3 ]]; then
  echo "usage: $0 RESOURCE-GROUP LOCATION STORAGE-ACCOUNT-ID [PARAMETER=VALUE...]" >&2
  echo "STORAGE-ACCOUNT-ID is what this prints: az storage account show --name ACCOUNT --query id --output tsv" >&2
  echo "PARAMETER is one of those in ${TEMPLATE_FILE}: generation, size, subnetId, privateAddress, diskType and others" >&2
  exit 2
fi
group=$1
location=$2
account=$3
shift 3
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
point=${quoted(point)}
blobs=(
${disks.map(({ blobUrl }) => `  ${quoted(blobUrl)}`).join("\n")}
)

command -v az > /dev/null || { echo "az, the Azure CLI, is not installed" >&2; exit 1; }
az account show --output none

# Nobody starts from half of a disk, or from disks of different moments.
for blob in "\${blobs[@]}"; do
  state=$(az storage blob metadata show --blob-url "$blob" --auth-mode login --query leeward_state --output tsv)
  holds=$(az storage blob metadata show --blob-url "$blob" --auth-mode login --query leeward_point --output tsv)
  if [[ $state != whole || $holds != "$point" ]]; then
    echo "$blob is '$state' and holds point '$holds'; publish point $point to it first" >&2
    exit 1
  fi
done

az group create --name "$group" --location "$location" --output none
az deployment group create \\
  --resource-group "$group" \\
  --name ${quoted(`leeward-${resourceName(name)}`)} \\
  --template-file "$here/${TEMPLATE_FILE}" \\
  --parameters "@$here/${PARAMETERS_FILE}" \\
  --parameters "storageAccountId=$account" "$@" \\
  --query properties.outputs.privateAddress.value \\
  --output tsv
`;
}

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In a comment: nothing of it may begin another line. */
function plainLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
