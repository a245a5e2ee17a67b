"use strict";
// A provider's entry point requires thousands of modules, one a line; here each is required when its name is first read.
const fs = require("fs");
const Module = require("module");
const path = require("path");
const { readLines } = require("./definitions");
const { callsSeldom, requiringWhenCalled } = require("./seldom");

// What jsii and TypeScript write into the entry point of a prebuilt provider, line by line.
const EXPORT = /^exports\.(\w+) = ((?:__importStar\()?require\("\.\/[\w./-]+"\)\)?);$/;
const HARMLESS = [
  /^$/,
  /^"use strict";$/,
  /^\/\*\*$/,
  /^ \*(?!.*\*\/).*$/,
  /^ \*\/$/,
  /^\/\/.*$/,
  /^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/,
  /^(?:exports\.\w+ = )+void 0;$/,
];
// The functions that TypeScript puts before the first statement.
const HELPERS = /^var (__createBinding|__setModuleDefault|__importStar) = \(this && this\.\1\) \|\| (?:.*\n)+?\}\)+(?:\(\))?;$/gm;

const LAZY = `
function lazily(name, load) {
  const property = { configurable: true, enumerable: true };
  const set = (value) => Object.defineProperty(exports, name, { ...property, value, writable: true });
  Object.defineProperty(exports, name, { ...property, get: () => (set(load()), exports[name]), set });
}
`;

const unknown = new Map();

function providerOf(filename) {
  const folder = path.dirname(filename);
  if (path.basename(filename) !== "index.js" || path.basename(folder) !== "lib") return undefined;
  try {
    const { name } = JSON.parse(fs.readFileSync(path.join(folder, "..", "package.json"), "utf8"));
    return /^@cdkt[fn]\/provider-/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function lazySource(source) {
  const lines = source.replace(/\r\n/g, "\n").replace(HELPERS, "").split("\n");
  const strange = lines.find((line) => !EXPORT.test(line) && !HARMLESS.some((known) => known.test(line)));
  if (strange !== undefined) throw new Error(`it holds ${JSON.stringify(strange.slice(0, 80))}`);
  const lazy = source.replace(new RegExp(EXPORT, "gm"), 'lazily("$1", () => $2);');
  return lazy.replace('"use strict";', `"use strict";${LAZY}`);
}

function makeLazy() {
  readLines();
  const plain = Module._extensions[".js"];
  if (typeof plain !== "function") throw new Error(`Node ${process.version} loads modules in an unknown way`);
  Module._extensions[".js"] = function (module, filename) {
    if (callsSeldom(filename)) {
      const source = requiringWhenCalled(fs.readFileSync(filename, "utf8"));
      return source === undefined ? plain.call(this, module, filename) : module._compile(source, filename);
    }
    const provider = providerOf(filename);
    if (provider === undefined) return plain.call(this, module, filename);
    try {
      module._compile(lazySource(fs.readFileSync(filename, "utf8")), filename);
      unknown.set(provider, undefined);
    } catch (error) {
      unknown.set(provider, `its lib/index.js is not of a known form: ${error.message}`);
      module.exports = {};
      plain.call(this, module, filename);
    }
  };
}

exports.Providers = class Providers {
  static makeLazy() {
    makeLazy();
  }

  static whatWasUnknown(assembly) {
    return unknown.has(assembly) ? unknown.get(assembly) : `Node ${process.version} did not load its lib/index.js in a known way`;
  }
};
