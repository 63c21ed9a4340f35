export {
  fillVolume,
  type LaidPiece,
  type VolumeGroup,
  type VolumeGroupOptions,
  volumeGroup,
} from "./node-volume-group.ts";
