export { CacheContainer, type FoundObject, openCacheContainer } from "./cache-container.ts";
export { cacheContested, depositMissing } from "./cache-faults.ts";
export { answerKey, type CacheLink, coursePrefix, depositKey, headKey, linkPurpose, wordKey } from "./cache-link.ts";
export { type Head, headIn } from "./course-claim.ts";
export { type ContainerStatus, Depositor, type DepositorOptions, workOnCourse } from "./depositor.ts";
export { type CourseRuns, HomeRuns } from "./home-runs.ts";
export { CACHE_LIMITS } from "./limits.ts";
export { MessageQueue } from "./message-queue.ts";
