/** @file Optimizers that update weights in place: a weight's buffer moves into a TensorFlow resource variable, is updated, and moves back. */
import type { OptimizerName } from "../../../common/names.js";
import { adamConstants, type Update } from "../../ops/optimizers.js";
import { byEquations, type UpdateArguments, updateEach, type WeightUpdate } from "../../ops/updateWeights.js";
import { engine, keep, mul, type Tensor, tensor, type Variable } from "../../tfjs.js";
import { floats, run, runAll } from "./tfRun.js";

const scalar = (value: number): Tensor => tensor(value, [], "float32");

/** @param resources of the weight, then of its slots in the optimizer's order */
type Apply = (resources: readonly Tensor[], gradient: Tensor, update: Update) => void;

/** TensorFlow's Adam adds epsilon before the bias correction of the variance: the epsilon passed is corrected for that. */
const adam: Apply = (resources, gradient, { step, learningRate }) => {
  const { beta1, beta2, epsilon } = adamConstants;
  const powers = [beta1 ** step, beta2 ** step] as const;
  const constants = [...powers, learningRate, beta1, beta2, epsilon * Math.sqrt(1 - powers[1])];
  runAll("ResourceApplyAdam", [...resources, ...constants.map(scalar), gradient], 0);
};

const withMomentum =
  (nesterov: boolean): Apply =>
  (resources, gradient, { learningRate, momentum }) =>
    void runAll("ResourceApplyMomentum", [...resources, scalar(learningRate), gradient, scalar(momentum)], 0, {
      use_nesterov: nesterov,
    });

/** rmsprop runs by its equations: TensorFlow's adds epsilon under the root. */
const applies: Partial<{ [Name in OptimizerName]: Apply }> = {
  adam,
  adamw: adam,
  sgd: (resources, gradient, { learningRate }) =>
    void runAll("ResourceApplyGradientDescent", [...resources, scalar(learningRate), gradient], 0),
  momentum: withMomentum(false),
  nesterov: withMomentum(true),
};

/** As `updateWeights`; an optimizer without an op here runs by its equations. */
export function tensorflowUpdateWeights(name: OptimizerName, step: UpdateArguments): { norm: number } {
  const apply = applies[name];
  const inPlace: WeightUpdate = (weights, gradient, slots, update) => {
    if (name === "adamw") weights.assign(mul(weights, 1 - update.learningRate * update.weightDecay));
    withResourceVariables([weights, ...slots], (resources) => apply!(resources, gradient, update));
  };
  return updateEach(name, step, apply ? inPlace : byEquations(name), squaredNorm);
}

/** The sum of squares, in one pass. */
const squaredNorm = (gradient: Tensor): Tensor => mul(run("L2Loss", [gradient]), 2);

/** TensorFlow's resource variables, created as needed and used for one weight after another. */
const resourceVariables: Tensor[] = [];

function resourceVariable(index: number): Tensor {
  resourceVariables[index] ??= keep(run("VarHandleOp", [], { dtype: floats, shape: [], shared_name: `rnn-${index}` }));
  return resourceVariables[index];
}

/**
 * Moves the variables' buffers into resource variables while `change` runs. No other tensor may refer to a buffer then: TensorFlow changes
 * a copy of a shared buffer, not the buffer itself.
 */
function withResourceVariables(variables: readonly Variable[], change: (resources: readonly Tensor[]) => void): void {
  const resources = variables.map((variable, index) => {
    const resource = resourceVariable(index);
    runAll("AssignVariableOp", [resource, variable], 0);
    variable.assign(placeholder(variable.shape));
    return resource;
  });
  try {
    change(resources);
  } finally {
    for (const [index, variable] of variables.entries())
      variable.assign(run("ReadVariableOp", [resources[index]!], { dtype: floats }));
  }
}

/** Replaces a variable's values while they are in a resource variable: a tensor of the same shape over one number, never read. */
function placeholder(shape: number[]): Tensor {
  const dataId = engine().backend.write(new Float32Array(1), [], "float32");
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype: "float32" });
}
