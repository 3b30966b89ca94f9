/** @file Puts a graph together: each node's outputs are names, which the nodes after it read. */
import {
  type Attribute,
  type Constant,
  type ElementType,
  elementTypes,
  type Graph,
  type Node,
  type Value,
} from "./onnxMessages.js";

type Attributes = Node["attributes"];

export class GraphBuilder {
  private readonly nodes: Node[] = [];
  /** By name; of the graph around it where this one stands within another. */
  private readonly constants: Map<string, Constant>;
  private readonly count: () => number;
  /** What the names of nodes begin with: the layer's name. */
  scope = "";

  /** @param outer the graph around this one, whose values it may read */
  constructor(private readonly outer?: GraphBuilder) {
    let count = 0;
    this.constants = outer?.constants ?? new Map<string, Constant>();
    this.count = outer?.count ?? (() => count++);
    this.scope = outer?.scope ?? "";
  }

  /** A graph within this one. */
  within(): GraphBuilder {
    return new GraphBuilder(this);
  }

  /** A constant under a name of its own, as a network's weight. @returns its name */
  constant(name: string, shape: readonly number[], values: Constant["values"]): string {
    this.constants.set(name, { name, shape, values });
    return name;
  }

  /** @returns the name of a float32 */
  number(value: number): string {
    return this.constant(`number_${value}`, [], Float32Array.of(value));
  }

  /** @returns the name of a float64 */
  double(value: number): string {
    return this.constant(`double_${value}`, [], Float64Array.of(value));
  }

  /** @returns the name of an int32 */
  integer(value: number): string {
    return this.constant(`integer_${value}`, [], Int32Array.of(value));
  }

  /** A list of whole numbers, as shapes and axes are. */
  sizes(...values: readonly number[]): string {
    return this.constant(`sizes_${values.join("_")}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** @returns the name of the node's only output, or of its first */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.outputs(operator, inputs, 1, attributes)[0]!;
  }

  /** The same as numbers of another type. */
  cast(value: string, type: ElementType): string {
    return this.node("Cast", [value], { to: elementTypes[type] });
  }

  /** @returns the names of the node's outputs */
  outputs(operator: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const name = `${this.scope}/${operator}_${this.count()}`;
    const outputs = Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}:${index}`));
    this.nodes.push({ operator, name, inputs, outputs, attributes });
    return outputs;
  }

  /** The same value under a name that is told to people. */
  named(name: string, value: string): string {
    this.nodes.push({ operator: "Identity", name: `${name}_is`, inputs: [value], outputs: [name], attributes: {} });
    return name;
  }

  /** The graph, without what none of the outputs needs. */
  graph(name: string, inputs: readonly Value[], outputs: readonly Value[]): Graph {
    const needed = new Set(outputs.map((output) => output.name));
    const nodes = this.nodes.toReversed().filter((node) => {
      const reads = node.outputs.some((output) => needed.has(output));
      if (reads) for (const read of readsOf(node)) needed.add(read);
      return reads;
    });
    const constants = this.outer ? [] : [...this.constants.values()].filter((constant) => needed.has(constant.name));
    return { name, nodes: nodes.toReversed(), constants, inputs, outputs };
  }
}

/** What a node and the graphs in it read. */
const readsOf = ({ inputs, attributes }: Node): string[] => [
  ...inputs,
  ...Object.values(attributes).flatMap((attribute) => (isGraph(attribute) ? attribute.nodes.flatMap(readsOf) : [])),
];

const isGraph = (attribute: Attribute): attribute is Graph => typeof attribute === "object" && "nodes" in attribute;
