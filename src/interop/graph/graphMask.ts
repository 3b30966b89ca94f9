/** @file The mask of a graph: 1 for the steps of a row, 0 for padding. It is an input of the graph; layers read it in the forms below. */
import type { Graph, GraphValue } from "./graph.js";

/** Subtracted from the scores of padding before a maximum or a softmax; exp(-1e9) is 0. Exact in float32. */
export const far = 1e9;

/** Each form is added to the graph when a layer first reads it; a graph whose layers need no mask has no mask input. */
export class Mask {
  private readonly forms = new Map<string, GraphValue>();

  private constructor(
    private readonly graph: Graph,
    private readonly name: string,
    /** [time] */
    private readonly makeFlat: (mask: Mask) => GraphValue,
    /** [time, 1] */
    private readonly makeColumn: (mask: Mask) => GraphValue,
  ) {}

  /** The mask that is an input of the graph. @param steps null for any number */
  static input(graph: Graph, steps: number | null): Mask {
    return new Mask(
      graph,
      "mask",
      () => graph.input("mask", [steps], "float32"),
      ({ flat }) => graph.reshape("mask_column", flat, [-1, 1]),
    );
  }

  /** [time] */
  get flat(): GraphValue {
    return this.once("flat", () => this.makeFlat(this));
  }

  /** [time, 1] */
  get column(): GraphValue {
    return this.once("column", () => this.makeColumn(this));
  }

  /** [time, 1]: 0 for steps, -far for padding. */
  get penalty(): GraphValue {
    return this.once("penalty", (name) => this.graph.rescale(name, this.column, { scale: far, offset: -far }));
  }

  /** [1]: 0 for a row without steps, else 1. */
  get any(): GraphValue {
    return this.once("any", (name) => {
      return this.graph.add(name, { className: "GlobalMaxPooling1D", inputs: [this.column], shape: [1] });
    });
  }

  /** The sequence with zeros for padding. */
  withZeroPadding(name: string, sequence: GraphValue): GraphValue {
    return this.graph.merge(name, "Multiply", [sequence, this.column]);
  }

  /** The sequence with -far for padding. */
  withFarPadding(name: string, sequence: GraphValue): GraphValue {
    return this.graph.merge(name, "Add", [this.withZeroPadding(`${name}_within`, sequence), this.penalty]);
  }

  /** The mask after a convolution without padding: each row has size - 1 steps fewer. A convolution computes it, with a filter that reads the last step of a window. */
  shortened(name: string, size: number): Mask {
    const { graph } = this;
    const values = new Float32Array(size);
    values[size - 1] = 1;
    const column = (): GraphValue => {
      const [steps = null] = this.column.shape;
      return graph.add(`${name}_column`, {
        className: "Conv1D",
        config: { filters: 1, kernel_size: [size], padding: "valid", use_bias: false, trainable: false },
        inputs: [this.column],
        shape: [steps && steps - (size - 1), 1],
        weights: { kernel: { shape: [size, 1, 1], values } },
      });
    };
    return new Mask(graph, name, (mask) => graph.reshape(name, mask.column, [-1]), column);
  }

  private once(form: string, make: (name: string) => GraphValue): GraphValue {
    const value = this.forms.get(form) ?? make(`${this.name}_${form}`);
    this.forms.set(form, value);
    return value;
  }
}
