"use strict";
// Creates resources for Python, one message each. Values that Python changes later, and values that depend on the finished
// stack, are added whenever the stack is synthesized.
const { addPreset } = require("./presets");
const { synthesisOf } = require("./synthesis");
const { camel, decode, isSame, snake } = require("./values");

const engine = () => require("cdktf");
const constructs = () => require("constructs");

const made = [];
const apps = [];

// Returns the provider's class for a type. The type of a data source begins with "data.".
const classes = new Map();
function classOf(type) {
  if (!classes.has(type)) {
    const module = camel(type.replace(/^(data\.)?aws_/, (_, data) => (data ? "data_aws_" : "")));
    const name = type.replace(/^data\./, "");
    const members = Object.values(require("@cdktf/provider-aws")[module] ?? {});
    const found = members.find((member) => member.tfResourceType === name);
    if (found === undefined) throw new Error(`the bindings of the AWS provider have no ${type}`);
    refuseLateOverrides(found);
    classes.set(type, found);
  }
  return classes.get(type);
}

// CDKTF ignores another logical id once the address was read. jsii calls the methods of the class, not those of the object.
const elements = new WeakSet();
function refuseLateOverrides({ prototype }) {
  const { overrideLogicalId } = prototype;
  prototype.overrideLogicalId = function (id) {
    const used = this._friendlyUniqueId;
    if (elements.has(this) && used !== undefined && used !== id) {
      const address = `${this.terraformResourceType}.${used}`;
      throw new Error(
        `[${this.node.path}] override_logical_id("${id}") comes too late, since the address ${address} was already read; call it right after the construct was created`,
      );
    }
    overrideLogicalId.call(this, id);
  };
}

const isLiteral = (region) => typeof region === "string" && !engine().Token.isUnresolved(region) && !region.includes("${");

class Resource {
  constructor(parent, { type, id, below, values, provider, region }, objects) {
    const scope = below === null ? parent : (parent.node.tryFindChild(below) ?? new (constructs().Construct)(parent, below));
    const { dependsOn, lifecycle, ...config } = decode(values, objects, made);
    this.dependsOn = dependsOn;
    this.lifecycle = lifecycle;
    this.config = config;
    this.isPlain = type === "terraform_data";
    this.provider = decode(provider, objects, made);
    this.region = region;
    if (this.isPlain) {
      // CDKTF's own class starts Terraform during synthesis to get its version.
      const { provisioners } = config;
      this.element = new (engine().TerraformResource)(scope, id, { terraformResourceType: type, provisioners });
      for (const [name, value] of Object.entries(config)) if (name !== "provisioners") this.set(name, value);
    } else {
      this.element = new (classOf(type))(scope, id, { ...config, provider: this.provider });
    }
    elements.add(this.element);
  }

  // Returns a token for an attribute. It reads the address at synth, since the logical id may be overridden until then.
  attribute(name) {
    let reference, id;
    const produce = () => {
      if (id !== this.element.friendlyUniqueId) {
        id = this.element.friendlyUniqueId;
        reference = this.element.interpolationForAttribute(name);
      }
      return reference;
    };
    return engine().Lazy.stringValue({ produce });
  }

  // Returns a token for the final value of an argument, as text without a reference.
  argument(name) {
    return engine().Lazy.stringValue({ produce: () => this.element[`${camel(name)}Input`] });
  }

  // Applies values that changed since Python last sent them. A value that the user set meanwhile stays.
  change(values, objects) {
    const { depends_on: dependsOn, lifecycle, ...rest } = values;
    if (dependsOn !== undefined) this.dependsOn = decode(dependsOn, objects, made);
    if (lifecycle !== undefined) this.lifecycle = decode(lifecycle, objects, made);
    for (const [name, value] of Object.entries(decode(rest, objects, made))) {
      if (this.isPlain || isSame(this.element[`${name}Input`], this.config[name])) this.set(name, value);
      this.config[name] = value;
    }
  }

  // Finds a provider in another region, which a user set on the element. Values such as ARNs contain the original region.
  findProblem() {
    const { provider } = this.element;
    if (provider === undefined || provider === this.provider || !isLiteral(provider.region) || !isLiteral(this.region)) return;
    if (provider.region === this.region) return;
    const { terraformResourceType: type } = this.element;
    return `its ${type} was created for ${this.region} but has a provider in ${provider.region}; pass provider= to the construct instead`;
  }

  set(name, value) {
    const method = (verb) => `${verb}${name[0].toUpperCase()}${name.slice(1)}`;
    if (this.isPlain) this.element.addOverride(snake(name), value);
    else if (value === undefined) this.element[method("reset")]();
    else if (method("put") in this.element) this.element[method("put")](value);
    else this.element[name] = value;
  }
}

// The methods that Python calls.
exports.Resources = class Resources {
  static make(scope, request, objects) {
    const { attributes, inputs, ...what } = JSON.parse(request);
    const resource = new Resource(scope, what, objects);
    synthesisOf(engine().TerraformStack.of(scope)).resources.push(resource);
    const tokens = [
      ...attributes.map((name) => resource.attribute(name)),
      ...inputs.map((name) => resource.argument(name)),
    ];
    return JSON.stringify([made.push(resource) - 1, ...tokens]);
  }

  static get(handle) {
    return made[handle].element;
  }

  // Returns the stack and the path of a scope.
  static place(scope) {
    return [engine().TerraformStack.of(scope), scope.node.path];
  }

  // Asks `python` for late values each time the stack is synthesized. Returns the stack's path and the number of its app.
  static watch(stack, python) {
    synthesisOf(stack).ask = () => {
      const { changes, problems, objects, oldestProvider } = python.render();
      for (const [handle, values] of Object.entries(JSON.parse(changes))) made[handle].change(values, objects);
      return { problems: JSON.parse(problems), oldestProvider };
    };
    const app = stack.node.root;
    if (!apps.includes(app)) apps.push(app);
    return JSON.stringify([stack.node.path, apps.indexOf(app)]);
  }

  // Describes each AWS provider that the stack has so far. A null alias is the default provider.
  static providers(stack) {
    const { TerraformProvider } = engine();
    const found = stack.node
      .findAll()
      .filter((each) => TerraformProvider.isTerraformProvider(each) && each.terraformResourceType === "aws");
    return JSON.stringify(found.map(described));
  }

  // Tells whether a stack reads from another, directly or through others. CDKTF learns this when it prepares the stacks.
  static reads(stack, other) {
    const { TerraformStack } = engine();
    for (const each of stack.node.root.node.findAll().filter(TerraformStack.isStack)) each.prepareStack();
    return stack.dependsOn(other);
  }

  // Gives resources of one type below a scope values that they lack: all of them, or those that were created here.
  static preset(scope, request) {
    addPreset(scope, JSON.parse(request), synthesisOf);
  }

  static provider(provider) {
    return JSON.stringify(described(provider));
  }
};

// The arguments of a provider that decide which account it works in.
const ACCOUNT = ["profileInput", "assumeRoleInput", "assumeRoleWithWebIdentityInput", "allowedAccountIdsInput", "accessKeyInput"];

// Returns a provider's alias, its region, and a text that differs where it is told of another account.
function described(provider) {
  const account = ACCOUNT.map((name) => provider[name]).filter((value) => value !== undefined);
  return [provider.alias ?? null, provider.region ?? null, account.length > 0 ? JSON.stringify(account) : ""];
}
