export { type TestAuthority, testAuthority } from "./test-authority.ts";
