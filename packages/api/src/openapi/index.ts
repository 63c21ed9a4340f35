import * as api from "../index.ts";
import type { Json } from "./named-schemas.ts";
import { openApiDocument } from "./openapi-document.ts";

/** The API of this release as OpenAPI 3.1. */
export function openApi(version: string): Json {
  return openApiDocument({ version, shapes: api });
}
