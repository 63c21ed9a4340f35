// A browser as people have it, told which certificate is the server's: it verifies, and everything that it complains of on its console fails the test.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type BrowserContext, chromium, type Page } from "playwright-core";

export interface BrowserOptions {
  readonly executable: string;
  /** PEM of the authority that vouches for the server. */
  readonly caFile: string;
  readonly apiUrl: string;
}

export interface Looks {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #folder: string;
  readonly page: Page;
  /** What the browser complained of: errors of scripts, and what the page's policy refused. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, folder: string, page: Page) {
    this.#context = context;
    this.#folder = folder;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      // A refusal of the API is shown to the user, and the browser lists it as well.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.complaints.push(message.text());
    });
  }

  static async open({ executable, caFile, apiUrl }: BrowserOptions): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-browser-"));
    const key = new X509Certificate(await readFile(caFile)).publicKey.export({ type: "spki", format: "der" });
    const known = createHash("sha256").update(key).digest("base64");
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: executable,
      args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${known}`],
      baseURL: apiUrl,
      viewport: { width: 1_280, height: 800 },
      locale: "en-GB",
      timezoneId: "Asia/Seoul",
    });
    const page = context.pages()[0] ?? (await context.newPage());
    return new Browser(context, folder, page);
  }

  /** Signs in by a token, as on an empty server. */
  async signIn(token: string): Promise<void> {
    await this.page.goto("/");
    await this.page.getByRole("tab", { name: "Token" }).click();
    await this.page.getByLabel("API token").fill(token);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  }

  async look({ width, height, colorScheme }: Looks): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  }

  /** What axe finds wrong with the page as it is now, one line each; rules of the page as a whole included. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found: unknown = await this.page.evaluate("axe.run().then(({ violations }) => violations)");
    return violationsOf(found);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function violationsOf(found: unknown): string[] {
  if (!Array.isArray(found)) throw new Error("axe did not answer");
  return found.map((each: unknown) => {
    const violation = JSON.stringify(each);
    return violation.slice(0, 600);
  });
}
