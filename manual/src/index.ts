export { manPages } from "./man-pages.ts";
export { type ManualPage, manualPages } from "./pages.ts";
export { plainPage } from "./plain-page.ts";
export { type Step, stepsOf } from "./steps.ts";
