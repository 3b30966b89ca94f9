/** @file The parts of @tensorflow/tfjs that the loaders use. The whole package has an install script, which the parts do not need. */
import * as core from "@tensorflow/tfjs-core";

export * from "@tensorflow/tfjs-backend-cpu";
export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";

/** The whole package makes each operation a method of tensors; tfjs-layers calls some. */
const methods = core.Tensor.prototype;
for (const [name, operation] of Object.entries(core)) {
  if (typeof operation !== "function" || !/^[a-z]/.test(name) || name in methods) continue;
  methods[name] = function method(...rest) {
    return operation(this, ...rest);
  };
}
methods.flatten = function flatten() {
  return core.reshape(this, [this.size]);
};
