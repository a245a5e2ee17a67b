"use strict";
// Decodes the values that Python sends. Arguments in blocks change from Terraform's names to those of the provider's classes;
// the names in a map, `{"$map": …}`, are the user's and stay. `$object` is one of the objects sent along, `$made` a resource
// that was created here, `$address` the address of a resource or of its attribute, `$call` a call of a Terraform function, and
// `$join` the parts of a text.
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function decode(value, objects, made) {
  const inside = (item) => decode(item, objects, made);
  const entries = (map, rename) => Object.fromEntries(Object.entries(map).map(([name, item]) => [rename(name), inside(item)]));
  if (Array.isArray(value)) return value.map(inside);
  if (value === null) return undefined;
  if (typeof value !== "object") return value;
  if ("$map" in value) return entries(value.$map, (name) => name);
  if ("$object" in value) return objects[value.$object];
  if ("$made" in value) return made[value.$made].element;
  if ("$address" in value) return { element: made[value.$address[0]].element, attribute: value.$address[1] };
  if ("$join" in value) return value.$join.map(inside).join("");
  if ("$call" in value) {
    const [name, ...given] = value.$call.map(inside);
    return require("cdktf").Fn[name](...given);
  }
  return entries(value, camel);
}

// Tells whether Terraform would see the same value.
function isSame(one, other) {
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}

module.exports = { camel, decode, isSame, snake };
