export { type BranchPlace, HeldBranch } from "../cache/held-branch.ts";
export { type CutRequest, type CutSettings, makeCut } from "../cut/cut-maker.ts";
