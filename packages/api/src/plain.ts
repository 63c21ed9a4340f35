// What of the API needs no schemas, for whoever starts often and calls seldom: schemas are half of all that a command loads.
export { allPages } from "./all-pages.ts";
export { RELEASE_PART_BYTES_MAX, WAIT_SECONDS_MAX } from "./api-limits.ts";
export { errorBodyOf, responseInvalid } from "./error-body.ts";
export { POLICY_DEFAULT } from "./policy-default.ts";
