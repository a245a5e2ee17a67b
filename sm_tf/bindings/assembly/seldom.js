"use strict";
// CDKTF requires two packages, 230 of its 380 files, at its start, and calls them seldom or never (archiver: only in a
// process of its own). Here they are required at the first call. A file that does more with them than call is left alone.
const REQUIRES = /^const (archiver|semver) = require\("\1"\);$/m;
const FILES = /[\\/]cdkt[fn][\\/]lib[\\/](?:private[\\/]fs|validations[\\/][\w-]+)\.js$/;
const SOURCE_MAP = /^\/\/# sourceMappingURL=.*$/m;

exports.callsSeldom = (filename) => FILES.test(filename);

// Returns undefined for a source of another form.
exports.requiringWhenCalled = function (source) {
  const [statement, name] = REQUIRES.exec(source) ?? [];
  if (statement === undefined) return undefined;
  const rest = source.replace(statement, "").replace(SOURCE_MAP, "");
  if (new RegExp(`\\b${name}\\b(?!\\(|\\.\\w+\\()`).test(rest)) return undefined;
  const traps = `{ apply: (_, self, given) => require("${name}")(...given), get: (_, key) => require("${name}")[key] }`;
  return source.replace(statement, `const ${name} = new Proxy(() => undefined, ${traps});`);
};
