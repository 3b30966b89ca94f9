/** @file Of goals that are missed: what the limit is, and what shows it. By processor, as in results/, then by row; RESULTS.md takes its words from here. */

const products = `Nine tenths of the time is matrix products, and their tiles run at 85 to 90 % of the peak while operands are in the second-level cache, which is as fast
as they have become here (tried: other tile shapes, loops unrolled by 2 and 4, prefetching at distances from 8 to 96 rows, aligned loops, panels in either order).`;

const words = `PyTorch itself reaches 40 to 45 % of the peak here, so that twice as fast would be 80 to 90 % of it. Three quarters of the step is the softmax head:
its tiles take nine tenths of the head's time, and the weights' update is bound by memory. ${products}`;

const wide = `PyTorch itself reaches more than half of the peak here, so that half as fast again would be 80 to 90 % of it. At 10 rows for each thread a recurrent product
passes all its weights (6.5 MB) from the third-level cache for 20 operations a weight: 65 to 75 % of the peak with prefetching, 45 to 60 % without. ${products}`;

const startUp = `Node itself, with nothing to do, took longer than the whole of the goal on the machine of this run; what is ours is the difference.`;

/** @type {Record<string, Record<string, string>>} */
export const limits = {
  "AMD EPYC with avx2": {
    char256: `${products} What remains is LSTM equations (4 %), packing and copies (5 %), and threads that wait for the slower one.`,
    "word192-adam": words,
    "word192-sgd": words,
    "word200-adam": words,
    "word200-sgd": words,
    word640: wide,
    word650: wide,
    "bilstm64-train": `Of the time 58 % is the way back through the LSTMs and 30 % the way forward. With 64 units a tile's sums are loaded and stored for 64 to 256
multiplications only; packing for the weights' gradients is spread over 128 rows. Outputs that nobody reads are no longer made (a tenth faster).`,
    "bilstm64-label": `ONNX Runtime's LSTM is at 40 % of the peak here, and so is ours. Tiles take 61 % of the time (inner dimension 128), sigmoid and tanh 13 %, copies 8 %.
Tried: panels of units whose sums stay in the first-level cache (slower by a tenth); one product for input and hidden values (kept: a tenth faster).`,
    "char256-generate":
      "One core passes 3.3 MB of weights a token from the third-level cache; a thread alone cannot use its bandwidth, and two wait for each other after each layer.",
    "char256-generate64": products,
    "word200-generate64": products,
    help: startUp,
    classify: startUp,
  },
};
