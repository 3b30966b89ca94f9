/** @file Optimizers in place, on TensorFlow: its resource variables are lent a weight's buffer, change it, and give it back. */
import type { OptimizerName } from "../../../common/names.js";
import { adamConstants, type Update } from "../../ops/optimizers.js";
import { engine, getBackend, keep, mul, type Tensor, tensor, type Variable } from "../../tfjs.js";
import { floats, run, runAll } from "./tfRun.js";

export const computesOnTensorflow = (): boolean => getBackend() === "tensorflow";

/** Changes one weight and what is remembered of it, in the order of the optimizer's slots. @param gradient clipped */
export type WeightUpdate = (weights: Variable, gradient: Tensor, slots: readonly Variable[], update: Update) => void;

const scalar = (value: number): Tensor => tensor(value, [], "float32");

/** From the weight's handle, those of its slots, and the gradient. */
type Apply = (handles: readonly Tensor[], gradient: Tensor, update: Update) => void;

/** TensorFlow's Adam takes a correction out of its fraction, so that its epsilon is another. */
const adam: Apply = (handles, gradient, { step, learningRate }) => {
  const { beta1, beta2, epsilon } = adamConstants;
  const powers = [beta1 ** step, beta2 ** step] as const;
  const constants = [...powers, learningRate, beta1, beta2, epsilon * Math.sqrt(1 - powers[1])];
  runAll("ResourceApplyAdam", [...handles, ...constants.map(scalar), gradient], 0);
};

const moving =
  (nesterov: boolean): Apply =>
  (handles, gradient, { learningRate, momentum }) =>
    void runAll("ResourceApplyMomentum", [...handles, scalar(learningRate), gradient, scalar(momentum)], 0, {
      use_nesterov: nesterov,
    });

/** rmsprop is not among them: TensorFlow's adds epsilon before it takes the root. */
const applies: Partial<{ [Name in OptimizerName]: Apply }> = {
  adam,
  adamw: adam,
  sgd: (handles, gradient, { learningRate }) =>
    void runAll("ResourceApplyGradientDescent", [...handles, scalar(learningRate), gradient], 0),
  momentum: moving(false),
  nesterov: moving(true),
};

/** Null where another backend is active, or TensorFlow has no such optimizer. */
export function tensorflowUpdate(name: OptimizerName): WeightUpdate | null {
  const apply = computesOnTensorflow() ? applies[name] : undefined;
  if (!apply) return null;
  return (weights, gradient, slots, update) => {
    if (name === "adamw") weights.assign(mul(weights, 1 - update.learningRate * update.weightDecay));
    lend([weights, ...slots], (handles) => apply(handles, gradient, update));
  };
}

/** The sum of squares, in one pass. */
export const squaredNorm = (gradient: Tensor): Tensor => mul(run("L2Loss", [gradient]), 2);

/** TensorFlow's variables, made as they are needed: each is lent one tensor after another. */
const borrowers: Tensor[] = [];

function borrower(index: number): Tensor {
  borrowers[index] ??= keep(run("VarHandleOp", [], { dtype: floats, shape: [], shared_name: `rnn-${index}` }));
  return borrowers[index];
}

/**
 * Hands the variables' buffers to TensorFlow's own variables and takes them back changed. While it has them nothing else may refer to
 * them, else it changes a copy: so what others share with a variable stays as it was.
 */
function lend(variables: readonly Variable[], change: (handles: readonly Tensor[]) => void): void {
  const handles = variables.map((variable, index) => {
    const handle = borrower(index);
    runAll("AssignVariableOp", [handle, variable], 0);
    variable.assign(nothing(variable.shape));
    return handle;
  });
  try {
    change(handles);
  } finally {
    for (const [index, variable] of variables.entries())
      variable.assign(run("ReadVariableOp", [handles[index]!], { dtype: floats }));
  }
}

/** What a variable holds while its values are lent: a tensor of its shape over a single number, not to be read. */
function nothing(shape: number[]): Tensor {
  const dataId = engine().backend.write(new Float32Array(1), [], "float32");
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype: "float32" });
}
