/** @file Which steps of a row are its own: 1, and 0 past its end; an input of the graph, and what the layers need of it. */
import type { Graph, Value } from "./graph.js";

/** Added to what must not be the largest; its exponential is zero beside any other. A float32 holds it exactly. */
export const far = 1e9;

/** What several layers read is made once, where it is first needed: a graph that needs no mask has no input for one. */
export class Mask {
  private readonly made = new Map<string, Value>();

  private constructor(
    private readonly graph: Graph,
    private readonly name: string,
    /** [time] */
    private readonly makeFlat: (mask: Mask) => Value,
    /** [time, 1] */
    private readonly makeColumn: (mask: Mask) => Value,
  ) {}

  /** The graph's own. @param steps null for any number */
  static input(graph: Graph, steps: number | null): Mask {
    return new Mask(
      graph,
      "mask",
      () => graph.input("mask", [steps], "float32"),
      ({ flat }) => graph.reshape("mask_column", flat, [-1, 1]),
    );
  }

  /** [time] */
  get flat(): Value {
    return this.once("flat", () => this.makeFlat(this));
  }

  /** [time, 1] */
  get column(): Value {
    return this.once("column", () => this.makeColumn(this));
  }

  /** [time, 1]: 0, and -far past a row's end. */
  get penalty(): Value {
    return this.once("penalty", (name) => this.graph.rescale(name, this.column, { scale: far, offset: -far }));
  }

  /** [1]: 1, and 0 for a row without steps. */
  get any(): Value {
    return this.once("any", (name) => {
      return this.graph.add(name, { className: "GlobalMaxPooling1D", inputs: [this.column], shape: [1] });
    });
  }

  /** A sequence with zeros past each row's end. */
  within(name: string, sequence: Value): Value {
    return this.graph.merge(name, "Multiply", [sequence, this.column]);
  }

  /** A sequence with -far past each row's end. */
  farBeyond(name: string, sequence: Value): Value {
    return this.graph.merge(name, "Add", [this.within(`${name}_within`, sequence), this.penalty]);
  }

  /** Of the steps that whole windows leave: each row loses size - 1 of them. A convolution says so, with a filter that reads a window's last step. */
  shortened(name: string, size: number): Mask {
    const { graph } = this;
    const values = new Float32Array(size);
    values[size - 1] = 1;
    const column = (): Value => {
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

  private once(what: string, make: (name: string) => Value): Value {
    const found = this.made.get(what) ?? make(`${this.name}_${what}`);
    this.made.set(what, found);
    return found;
  }
}
