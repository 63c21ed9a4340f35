import assert from "node:assert/strict";
import { test } from "node:test";
import { PAGE_BYTES, type PageBlob } from "../page-blob.ts";

const signal = new AbortController().signal;
const BYTES = 8 * PAGE_BYTES;

export interface PageBlobSubject {
  readonly name: string;
  /** Two doors to one place where nothing is yet. */
  readonly open: () => Promise<readonly [PageBlob, PageBlob]>;
  /** All that a reader gets, of the blob or of a snapshot. */
  readonly content: (blob: PageBlob, snapshot?: string) => Promise<Uint8Array>;
}

/** What every page blob keeps. */
export function pageBlobSuite({ name, open, content }: PageBlobSubject): void {
  const pages = (...bytes: readonly number[]): Uint8Array =>
    Uint8Array.from({ length: bytes.length * PAGE_BYTES }, (_, at) => bytes[Math.floor(at / PAGE_BYTES)] ?? 0);

  test(`${name}: a new one is zeroes, and there is one`, async () => {
    const [blob, other] = await open();
    assert.equal(await blob.status(signal), undefined);
    await blob.create(BYTES, { state: "new" }, signal);
    const status = await other.status(signal);
    assert.deepEqual([status?.sizeBytes, status?.metadata["state"]], [BYTES, "new"]);
    await assert.rejects(other.create(BYTES, {}, signal), { code: "object-conflict" });
    assert.deepEqual(Buffer.from(await content(blob)), Buffer.alloc(BYTES));
  });

  test(`${name}: pages are written, cleared and resized in place, and each gives another tag`, async () => {
    const [blob] = await open();
    await blob.create(BYTES, {}, signal);
    const tags = new Set<string | undefined>();
    const changed = async (change: Promise<void>): Promise<void> => {
      await change;
      tags.add((await blob.status(signal))?.tag);
    };
    await changed(blob.write(PAGE_BYTES, pages(1, 2, 3), signal));
    await changed(blob.clear({ offset: 2 * PAGE_BYTES, length: PAGE_BYTES }, signal));
    await changed(blob.resize(4 * PAGE_BYTES, signal));
    await changed(blob.describe({ a: "b" }, signal));
    assert.equal(tags.size, 4);
    assert.deepEqual(Buffer.from(await content(blob)), Buffer.from(pages(0, 1, 0, 3)));
    await blob.resize(5 * PAGE_BYTES, signal);
    assert.deepEqual(Buffer.from(await content(blob)), Buffer.from(pages(0, 1, 0, 3, 0)));
    assert.deepEqual((await blob.status(signal))?.metadata, { a: "b" });
  });

  test(`${name}: a snapshot stays as it was, changes no tag, and goes by itself`, async () => {
    const [blob] = await open();
    await blob.create(PAGE_BYTES, {}, signal);
    await blob.write(0, pages(1), signal);
    const tag = (await blob.status(signal))?.tag;
    const first = await blob.snapshot({ point: "one" }, signal);
    assert.equal((await blob.status(signal))?.tag, tag);
    await blob.write(0, pages(2), signal);
    const second = await blob.snapshot({ point: "two" }, signal);
    assert.deepEqual(Buffer.from(await content(blob, first)), Buffer.from(pages(1)));
    assert.deepEqual(await blob.snapshots(signal), [
      { id: first, metadata: { point: "one" } },
      { id: second, metadata: { point: "two" } },
    ]);
    await blob.removeSnapshot(first, signal);
    assert.deepEqual(
      (await blob.snapshots(signal)).map(({ id }) => id),
      [second],
    );
  });

  test(`${name}: while it is leased nobody else changes it`, async () => {
    const [blob, other] = await open();
    await blob.create(BYTES, {}, signal);
    await blob.lease(signal);
    await blob.renewLease(signal);
    const busy = { code: "page-blob-busy", kind: "transient" };
    await assert.rejects(other.lease(signal), busy);
    await assert.rejects(other.write(0, pages(1), signal), busy);
    await assert.rejects(other.clear({ offset: 0, length: PAGE_BYTES }, signal), busy);
    await assert.rejects(other.resize(PAGE_BYTES, signal), busy);
    await assert.rejects(other.describe({}, signal), busy);
    await blob.write(0, pages(7), signal);
    await blob.releaseLease(signal);
    await other.lease(signal);
    await other.write(PAGE_BYTES, pages(8), signal);
    await other.releaseLease(signal);
    assert.deepEqual(Buffer.from(await content(blob)).subarray(0, 2 * PAGE_BYTES), Buffer.from(pages(7, 8)));
  });
}
