export { type Published, type PublishedPoint, type PublishOptions, publishDisk } from "./publish-disk.ts";
