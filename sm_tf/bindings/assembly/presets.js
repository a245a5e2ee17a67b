"use strict";
// Values that the resources of a type get below a scope, unless they have their own.
const { camel } = require("./values");

const engine = () => require("cdktf");
const presets = new WeakMap();

// `synthesisOf` makes a stack ask for its presets at each synth; the app's last stacks are known then.
exports.addPreset = (scope, { type, values, of_all: ofAll }, synthesisOf) => {
  const app = scope.node.root;
  const watch = () => app.node.findAll().filter(engine().TerraformStack.isStack).forEach(synthesisOf);
  if (!presets.has(app)) {
    presets.set(app, []);
    const { synth } = app;
    if (synth !== undefined) {
      app.synth = () => {
        watch();
        return synth.call(app);
      };
    }
  }
  presets.get(app).push({ scope, type, values: Object.entries(values), ofAll });
  watch();
};

// Sets what the resources of a stack lack; `own` are the elements that were created for Python.
exports.setPresets = (stack, own) => {
  const known = presets.get(stack.node.root);
  if (known === undefined) return;
  const { TerraformResource } = engine();
  for (const node of stack.node.findAll().filter((each) => TerraformResource.isTerraformResource(each))) {
    const fitting = known.filter(({ type, ofAll }) => type === node.terraformResourceType && (ofAll || own.includes(node)));
    if (fitting.length === 0) continue;
    // The nearest scope is the last one.
    for (const scope of [...node.node.scopes].reverse()) {
      for (const [name, value] of fitting.filter((each) => each.scope === scope).flatMap(({ values }) => values)) {
        if (node[`${camel(name)}Input`] === undefined) node[camel(name)] = value;
      }
    }
  }
};
