export { type Published, type PublishedPoint, type PublishOptions, publishDisk } from "./publish-disk.ts";
export { armParameters, armTemplate } from "./template/arm-template.ts";
export type { AzureDisk, AzureMachine } from "./template/azure-machine.ts";
export { deployScript, PARAMETERS_FILE, TEMPLATE_FILE } from "./template/deploy-script.ts";
