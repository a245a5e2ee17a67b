"use strict";
// jsii finds its copy of a package by the digest of the whole tarball, tens of megabytes, at each start. Here the digest
// of a file that has not changed is remembered: a file of that name, identity, size and times is the same file.
const { createHash } = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");

const SMALL = 1024 * 1024;
// A file this young can change without a new time, and may be gone at the next start.
const YOUNG_MS = 60 * 1000;

module.exports = function digest(file, parts, compute) {
  let memo;
  try {
    memo = memoOf(file, parts);
    const [, remembered] = /^([0-9a-f]{64})\n$/.exec(memo && fs.readFileSync(memo, "utf8")) ?? [];
    if (remembered) return Buffer.from(remembered, "hex");
  } catch {
    // Nothing is remembered yet.
  }
  const computed = compute();
  if (memo) remember(memo, computed);
  return computed;
};

function memoOf(file, parts) {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = fs.statSync(file, { bigint: true });
  if (size < SMALL || Date.now() - Number(ctimeMs) < YOUNG_MS) return undefined;
  const identity = [fs.realpathSync(file), ...[dev, ino, size, mtimeNs, ctimeNs].map(String), ...parts];
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  return path.join(cache, "sm-tf", "digests", name);
}

function remember(memo, computed) {
  const draft = `${memo}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(memo), { recursive: true, mode: 0o700 });
    fs.writeFileSync(draft, `${computed.toString("hex")}\n`, { flag: "wx" });
    fs.renameSync(draft, memo);
  } catch {
    // It is computed again next time.
    fs.unlink(draft, () => undefined);
  }
}
