import { X509Certificate } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { isWindows } from "@leeward/world";
import { errnoOf } from "./node-errno.ts";
import { storeCaInvalid, storeCredentialsInvalid } from "./store-faults.ts";

const BYTES_MAX = 64 * 1024;
const OTHERS = 0o077;

/** The text of a file of credentials. @throws Fault `store-credentials-invalid` when it is not there, is too large, or others than its owner may use it */
export async function readCredentials(path: string): Promise<string> {
  const refuse = (why: string) => storeCredentialsInvalid(path, why);
  return withFile(path, refuse, async (file) => {
    const { mode } = await file.stat();
    if (!isWindows && (mode & OTHERS) !== 0) throw refuse("others than its owner may use it; run chmod 600");
    return textOf(file, refuse);
  });
}

/** The certificates of a PEM file. @throws Fault `store-ca-invalid` */
export async function readAuthorities(path: string): Promise<string> {
  const refuse = (why: string) => storeCaInvalid(path, why);
  const text = await withFile(path, refuse, (file) => textOf(file, refuse));
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    certificates.forEach((certificate) => new X509Certificate(certificate));
  } catch {
    throw refuse("one of its certificates does not decode");
  }
  if (certificates.length === 0) throw refuse("it holds no certificate");
  return certificates.join("\n");
}

async function withFile<T>(
  path: string,
  refuse: (why: string) => Error,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw refuse(errnoOf(error) === "ENOENT" ? "it does not exist" : `it cannot be read (${errnoOf(error)})`);
  }
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function textOf(file: FileHandle, refuse: (why: string) => Error): Promise<string> {
  const stat = await file.stat();
  if (!stat.isFile() || stat.size > BYTES_MAX) throw refuse("it is no file, or far too large");
  return file.readFile("utf8");
}
