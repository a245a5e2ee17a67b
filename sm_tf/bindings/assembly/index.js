"use strict";
// The classes that jsii.json describes.
exports.Providers = require("./providers").Providers;
exports.Resources = require("./resources").Resources;
