"use strict";
// The steps at each synthesis of a stack: ask the constructs for their final values and problems, merge sm_tf's dependencies
// and lifecycles with the user's, and write the provider's version range.
const { setPresets } = require("./presets");

const engine = () => require("cdktf");

// The context value that sets the range for every stack.
const VERSION = "sm_tf:aws_provider_version";
const syntheses = new WeakMap();

exports.synthesisOf = (stack) => {
  if (!syntheses.has(stack)) syntheses.set(stack, new Synthesis(stack));
  return syntheses.get(stack);
};

class Synthesis {
  constructor(stack) {
    this.stack = stack;
    this.resources = [];
    this.ask = () => ({ problems: {}, oldestProvider: undefined });
    this.problems = {};
    this.validated = new Set();
    stack.node.addValidation({ validate: () => this.refresh() });
    this.wrap("prepareStack", (prepare) => {
      this.refresh();
      this.joined(prepare);
    });
    for (const method of ["toTerraform", "toHclTerraform"]) {
      this.wrap(method, (render) => {
        if (!this.isFresh) this.refresh();
        this.isFresh = false;
        this.refuse();
        return this.joined(() => this.accepting(render()));
      });
    }
  }

  wrap(method, instead) {
    const original = this.stack[method];
    this.stack[method] = (...given) => instead(() => original.apply(this.stack, given));
  }

  refresh() {
    setPresets(this.stack, this.resources.map(({ element }) => element));
    ({ problems: this.problems, oldestProvider: this.oldestProvider } = this.ask());
    for (const resource of this.resources) {
      const problem = resource.findProblem();
      if (problem !== undefined) (this.problems[resource.element.node.scope.node.path] ??= []).push(problem);
    }
    this.isFresh = true;
    // CDKTF shows the path of the construct that reports a problem, so each construct reports its own.
    for (const path of Object.keys(this.problems)) {
      if (this.validated.has(path)) continue;
      this.validated.add(path);
      const construct = this.stack.node.findAll().find((each) => each.node.path === path);
      construct?.node.addValidation({ validate: () => this.problems[path] ?? [] });
    }
    return [];
  }

  // `Testing.synth` skips validations, and unit tests must see the problems too.
  refuse() {
    const listed = Object.entries(this.problems).flatMap(([path, found]) => found.map((problem) => `[${path}] ${problem}`));
    if (listed.length > 0 && !this.stack.node.root.skipValidation) {
      throw new Error(`Validation failed with the following errors:\n  ${listed.join("\n  ")}`);
    }
  }

  // Calls `run` while the user's dependencies and lifecycles are merged with sm_tf's and with construct dependencies.
  joined(run) {
    const before = new Map();
    const add = (element, dependsOn, lifecycle) => {
      if (!before.has(element)) before.set(element, [element.dependsOn, element.lifecycle]);
      if (dependsOn?.length) element.dependsOn = [...new Set([...(element.dependsOn ?? []), ...dependsOn])];
      const says = Object.values(lifecycle ?? {}).some((value) => value !== undefined);
      if (says) element.lifecycle = joinedLifecycle(element.lifecycle, lifecycle);
    };
    for (const { element, dependsOn, lifecycle } of this.resources) {
      if (dependsOn || lifecycle) add(element, dependsOn?.map(address), lifecycle);
    }
    for (const [element, addresses] of this.dependencies()) add(element, addresses);
    try {
      return run();
    } finally {
      for (const [element, values] of before) [element.dependsOn, element.lifecycle] = values;
    }
  }

  // Yields the dependencies between constructs. CDKTF stores them but never uses them.
  *dependencies() {
    const { TerraformStack } = engine();
    for (const construct of this.stack.node.findAll()) {
      for (const dependency of construct.node.dependencies) {
        const other = TerraformStack.isStack(dependency) ? dependency : TerraformStack.of(dependency);
        if (other !== this.stack) {
          this.stack.addDependency(other);
          continue;
        }
        const waiting = dependables(construct);
        const awaited = dependables(dependency).filter((element) => !waiting.includes(element));
        for (const element of waiting) yield [element, awaited.map(address)];
      }
    }
  }

  // The provider's classes pin the version that they were generated from. The user's override stays.
  accepting(terraform) {
    if (this.oldestProvider === undefined || terraform.hcl !== undefined) return terraform;
    if (this.stack.rawOverrides.terraform?.required_providers?.aws?.version === undefined) {
      const version = this.stack.node.tryGetContext(VERSION) ?? `>= ${this.oldestProvider}, < 7.0.0`;
      terraform.terraform ??= {};
      terraform.terraform.required_providers ??= {};
      (terraform.terraform.required_providers.aws ??= {}).version = version;
    }
    return terraform;
  }
}

// Returns the address of an element as text, for arguments where Terraform accepts no expression.
function address(value) {
  if (typeof value === "string") return value;
  if (value.attribute === null) return address(value.element);
  if (value.attribute !== undefined) return `${address(value.element)}.${value.attribute}`;
  const { TerraformDataSource, TerraformModule } = engine();
  if (value instanceof TerraformModule) return `module.${value.friendlyUniqueId}`;
  const data = TerraformDataSource.isTerraformDataSource(value) ? "data." : "";
  return `${data}${value.terraformResourceType}.${value.friendlyUniqueId}`;
}

// Returns the elements of a construct that can have dependencies and be dependencies.
function dependables(construct) {
  const { TerraformDataSource, TerraformModule, TerraformResource } = engine();
  const kinds = [TerraformResource.isTerraformResource, TerraformDataSource.isTerraformDataSource];
  return construct.node
    .findAll()
    .filter((each) => kinds.some((is) => is(each)) || each instanceof TerraformModule);
}

// Merges two lifecycles. The user's values take precedence, and lists are combined.
function joinedLifecycle(users, ours) {
  const joined = { ...ours };
  for (const [name, value] of Object.entries(users ?? {})) {
    if (value === undefined) continue;
    const both = Array.isArray(value) && Array.isArray(ours[name]);
    joined[name] = both ? [...new Set([...value, ...ours[name].map(address)])] : value;
  }
  const triggers = joined.replaceTriggeredBy;
  return triggers ? { ...joined, replaceTriggeredBy: triggers.map(address) } : joined;
}
