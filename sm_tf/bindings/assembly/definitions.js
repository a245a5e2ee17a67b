"use strict";
// jsii reads the definitions of all types of a provider, tens of megabytes, to decode a line of them now and then.
// Here only that line is read. A runtime that is not known to use them this way reads them as ever.
const fs = require("fs");
const path = require("path");

const DEFINITIONS = ".jsii.runtime-defs.v1.jsonl";
const DECODES_A_LINE =
  /const ([\w$]+)=[^;]{0,200}\.readFileSync\)[^;]{0,400}=JSON\.parse\(\1\.toString\("utf-8",[\w$]+,[\w$]+\)\);/;

exports.readLines = function () {
  const { readFileSync } = fs;
  if (!DECODES_A_LINE.test(readFileSync(require.main.filename, "utf8"))) return;
  fs.readFileSync = function (file, ...options) {
    if (options.length > 0 || typeof file !== "string" || path.basename(file) !== DEFINITIONS) {
      return readFileSync.call(this, file, ...options);
    }
    const descriptor = fs.openSync(file);
    return {
      toString(encoding, start, end) {
        const line = Buffer.alloc(end - start);
        const length = fs.readSync(descriptor, line, 0, line.length, start);
        return line.toString(encoding, 0, length);
      },
    };
  };
};
