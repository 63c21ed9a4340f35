// Prints the API of the sources as OpenAPI, for what is generated from it.
import manifest from "../../package.json" with { type: "json" };
import { openApi } from "./index.ts";

process.stdout.write(`${JSON.stringify(openApi(manifest.version), null, 2)}\n`);
