/** Has the browser save bytes as a file. */
export function saveAsFile(name: string, parts: BlobPart[], type = "application/octet-stream"): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
