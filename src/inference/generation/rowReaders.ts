/** @file Readers of a model's forward pass whose rows are texts of their own: a row can start anew, or go on from another row. */
import { createDecoder, type Decoder, type DecoderSampling } from "../../engine/ops/decoder.js";
import { dispose, type Rank, tensor } from "../../engine/tfjs.js";
import type { NgramContexts } from "../../baselines/ngramModel.js";
import { noContexts } from "../../baselines/ngramModel.js";
import type { TextModel } from "../../model/model.js";
import { decoderWeights } from "../../network/decoderWeights.js";
import { inputsOf } from "../../network/inputs.js";
import type { Network, NetworkState } from "../../network/network.js";
import { isPooled } from "../../network/spec.js";
import { type LogitReader, StreamReader, WindowReader } from "./logitReaders.js";
import { MixtureReader } from "./mixtureReader.js";

/** Before its first token, a row has read nothing. */
export type RowReader = LogitReader & {
  /**
   * Starts a row anew.
   * @param ids at least one
   * @returns the last of the ids, at least one: those that `read` is to be given for this row next
   */
  restart: (row: number, ids: readonly number[]) => readonly number[];
  /** Each row goes on from the tokens that another row has read. @param sources [rows] */
  select: (sources: Int32Array) => void;
};

/** The decoder reads as many tokens beside other rows; more of them are read at once, over all steps. */
const shortPrompt = 64;

/** The fastest reader for a model on the active backend. @param rows at least one */
export function rowReader(model: TextModel, rows: number): RowReader {
  const network = model.hasNetwork ? networkRows(model, rows) : null;
  return model.mixture ? new MixtureRows(model.mixture, network, rows) : network!;
}

const networkRows = ({ network, recipe }: TextModel, rows: number): RowReader =>
  isPooled(network.spec)
    ? new WindowRows(network, { ids: [], rows, window: recipe.sequenceLength })
    : (decoderRows(network, rows) ?? new StateRows(network, rows));

/** The decoder of a backend, which can draw too; null if there is none for the network. */
export function decoderRows(
  network: Network,
  rows: number,
  sampling: DecoderSampling = { temperature: 0, banned: [] },
): DecoderRows | null {
  const weights = decoderWeights(network);
  const decoder = weights && createDecoder(weights, rows, sampling);
  return decoder && new DecoderRows(network, decoder);
}

class DecoderRows implements RowReader {
  constructor(
    private readonly network: Network,
    private readonly decoder: Decoder,
  ) {}

  logits(): Float32Array {
    return this.decoder.logits;
  }

  read(tokens: Int32Array): void {
    this.decoder.step(tokens);
  }

  /** Reads a token of each row and draws the next. @param uniforms [rows] @returns [rows]; -1 where logits were not finite */
  draw(tokens: Int32Array, uniforms: Float64Array): Int32Array {
    return this.decoder.next(tokens, uniforms);
  }

  restart(row: number, ids: readonly number[]): readonly number[] {
    if (ids.length <= shortPrompt + 1) {
      this.decoder.restart(row);
      return ids;
    }
    const reader = new StreamReader(this.network, { ids: ids.slice(0, -1), rows: 1 });
    this.decoder.restart(
      row,
      reader.states().map((values) => values.dataSync<"float32">()),
    );
    reader.dispose();
    return ids.slice(-1);
  }

  select(sources: Int32Array): void {
    this.decoder.select(sources);
  }

  dispose(): void {
    this.decoder.dispose();
  }
}

class WindowRows extends WindowReader implements RowReader {
  restart(row: number, ids: readonly number[]): readonly number[] {
    this.texts[row] = ids.slice(0, -1).slice(-this.window);
    return ids.slice(-1);
  }

  select(sources: Int32Array): void {
    this.texts = Array.from(sources, (source) => [...this.texts[source]!]);
  }
}

class MixtureRows extends MixtureReader implements RowReader {
  constructor(
    mixture: ConstructorParameters<typeof MixtureReader>[0],
    private readonly networkReader: RowReader | null,
    rows: number,
  ) {
    super(mixture, networkReader, { ids: [], rows });
  }

  restart(row: number, ids: readonly number[]): readonly number[] {
    const unread = this.networkReader?.restart(row, ids) ?? ids.slice(-1);
    const read = ids.slice(0, ids.length - unread.length);
    this.contexts[row] = read.length === 0 ? noContexts : this.mixture.ngrams.contextsAfter(read);
    return unread;
  }

  select(sources: Int32Array): void {
    this.networkReader?.select(sources);
    this.contexts = Array.from(sources, (source): NgramContexts => this.contexts[source]!);
  }
}

/** Carries the state of a network without a decoder. A row that starts anew is read by itself, and put beside the others after their next step. */
class StateRows implements RowReader {
  private state: NetworkState | null = null;
  private last = new Float32Array(0); // [rows · vocabulary]
  private readonly restarted = new Map<number, readonly number[]>(); // ids by row

  constructor(
    private readonly network: Network,
    private readonly rows: number,
  ) {}

  logits(): Float32Array {
    return this.last;
  }

  read(tokens: Int32Array): void {
    const { rows } = this;
    const { logits, state } = this.network.read(() => inputsOf({ tokens, time: 1, rows, lengths: null }), this.state);
    this.last = logits.slice();
    this.replace(state);
    for (const [row, ids] of this.restarted) this.put(row, new StreamReader(this.network, { ids, rows: 1 }));
    this.restarted.clear();
  }

  restart(row: number, ids: readonly number[]): readonly number[] {
    this.restarted.set(row, ids);
    return ids.slice(-1);
  }

  select(sources: Int32Array): void {
    this.change((before, units) => {
      const after = new Float32Array(before.length);
      for (const [row, source] of sources.entries())
        after.set(before.subarray(source * units, (source + 1) * units), row * units);
      return after;
    });
  }

  dispose(): void {
    if (this.state) dispose(this.state);
  }

  /** Puts a text of one row into a row. */
  private put(row: number, reader: StreamReader): void {
    const states = reader.states().map((values) => values.dataSync<"float32">());
    this.change((values, units, index) => {
      values.set(states[index]!, row * units);
      return values;
    });
    this.last.set(reader.logits(), row * this.network.spec.classes);
    reader.dispose();
  }

  /** @param changed the new values of a tensor of the state, [rows, units] */
  private change(changed: (values: Float32Array, units: number, index: number) => Float32Array): void {
    let index = 0;
    const state = this.state!.map((layer) =>
      layer.map((values) => {
        const [rows, units] = values.shape;
        return tensor<Rank.R2>(changed(values.dataSync<"float32">().slice(), units, index++), [rows, units]);
      }),
    );
    this.replace(state);
  }

  private replace(state: NetworkState): void {
    if (this.state) dispose(this.state);
    this.state = state;
  }
}
