/** @file Why goals are missed: the limiting factor and the evidence for it, by processor (as in results/) and row. RESULTS.md includes these texts. */

const products = `Matrix products take nine tenths of the time. Their tiles run at 85 to 90 % of the peak while the operands are in the second-level cache; no other variant was faster
(tried: other tile shapes, loops unrolled by 2 and 4, prefetching at distances from 8 to 96 rows, aligned loops, panels in either order).`;

const words = `PyTorch reaches 40 to 45 % of the peak here, so twice its speed would be 80 to 90 % of the peak. The softmax head takes three quarters of the step:
its tiles take nine tenths of the head's time, and memory bandwidth limits the weight update. ${products}`;

const wide = `PyTorch reaches more than half of the peak here, so one and a half times its speed would be 80 to 90 % of the peak. With 10 rows per thread, a recurrent product
reads all its weights (6.5 MB) from the third-level cache for 20 operations per weight: 65 to 75 % of the peak with prefetching, 45 to 60 % without. ${products}`;

const startUp = `On the machine of this run, starting Node with an empty script takes longer than the goal allows; the difference is the time of rnn.`;

/** @type {Record<string, Record<string, string>>} */
export const limits = {
  "AMD EPYC with avx2": {
    char256: `${products} The rest are the LSTM equations (4 %), packing and copies (5 %), and threads that wait for the slower one.`,
    "word192-adam": words,
    "word192-sgd": words,
    "word200-adam": words,
    "word200-sgd": words,
    word640: wide,
    word650: wide,
    "bilstm64-train": `The backward pass through the LSTMs takes 58 % of the time, their forward pass 30 %. With 64 units, the sums of a tile are loaded and stored for only 64 to 256
multiplications; packing for the weight gradients is amortized over 128 rows. Outputs that nothing reads are no longer computed (a tenth faster).`,
    "bilstm64-label": `The LSTM of ONNX Runtime reaches 40 % of the peak here, as that of rnn does. Tiles take 61 % of the time (inner dimension 128), sigmoid and tanh 13 %, copies 8 %.
Tried: panels of units whose sums stay in the first-level cache (slower by a tenth); one product for the input and the hidden state (adopted: a tenth faster).`,
    "bilstm128-imdb": `PyTorch reaches 29 % of the peak here, so twice its speed would be 58 %; rnn reaches 49 %. Padding is not the reason: documents of similar length share a batch, so that
98.6 % of the steps are tokens. The recurrent products of 64 rows are split over two threads, and each direction reads all its weights at each step.`,
    "char256-generate":
      "Each token reads 3.3 MB of weights from the third-level cache. One thread alone cannot use the full bandwidth of the cache, and two threads synchronize after each layer.",
    "char256-generate64": products,
    "word200-generate64": products,
    help: startUp,
    classify: startUp,
  },
};
