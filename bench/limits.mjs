/** @file Why goals are missed: the limiting factor and the evidence for it, by processor (as in results/) and row. RESULTS.md includes these texts. */

const products = `Matrix products take nine tenths of the time. Their tiles run at 85 to 90 % of the peak while the operands are in the second-level cache; no other variant was faster
(tried: other tile shapes, loops unrolled by 2 and 4, prefetching at distances from 8 to 96 rows, aligned loops, panels in either order).`;

const words = `The softmax head takes three quarters of the step:
its tiles take nine tenths of the head's time, and memory bandwidth limits the weight update. ${products}`;

const wide = `With 10 rows per thread, a recurrent product
reads all its weights (6.5 MB) from the third-level cache for 20 operations per weight: 65 to 75 % of the peak with prefetching, 45 to 60 % without. ${products}`;

const startUp = `The goal was set on a machine where Node starts faster; the difference is the time of rnn.`;

/** Shares of the time in native code, by `perf record` on 2026-11-29. */
const zen4 = {
  characters:
    "Tiles of the matrix products take 84 % of the time in native code, the LSTM equations 6 %, packing 2 %; the backward pass takes twice as long as the forward pass.",
  words:
    "The softmax head over 10,000 words takes two thirds of a step. Tiles of the matrix products take 70 % of the time in native code, the update of the weights by Adam 6 to 8 %, packing 2 to 4 %. Of the head alone, tiles take 78 % on one thread and run at the peak; prefetching of outputs takes 6 %, exponentials 5 %, packing 4 %, scaling of the gradients 2 %. Tried: four exponentials side by side (1 % of the head).",
  wide: "Tiles of the matrix products take 87 % of the time in native code, the update of the weights 2 %, packing 2 %; the softmax head takes nearly half of a step. With 10 rows per thread the recurrent products read each weight for only 20 operations, from the third-level cache; yet an LSTM layer runs at the speed of a plain matrix product in the second-level cache (187 of 187 to 190 GFLOP/s, both passes). Tried: threads that split the units, so that each reads half of the weights for all 20 rows and waits for the other at each step (slower: 0.91 to 0.98 of the speed with 640, 650 and 1,024 units, 0.8 with 256; it pays up to two rows a thread, where it is used). A wavefront, one layer a thread, is not built: its bound is the plain product that a layer already reaches, so it saves no time in the layers; a layer's weights (13 MB with its input weights) do not fit in the second-level cache (1 MB) of a thread, whether it runs one layer or both; and it waits for a thread at each of the 35 steps, and at both ends of the sequence.",
  bidirectional:
    "On one thread the tiles of the matrix products run at 96 % of the peak in both passes, and take 68 to 82 % of the time; the LSTM equations take 12 % (five exponentials and five divisions in 78 cycles for 16 units), copies of rows, mostly into packed operands, 6 to 13 %. Prefetching of the saved values, two steps ahead, was adopted: 9 % less time for both passes on two threads, 7 % on one. Without gain: prefetching one step ahead (1 to 2 %), or within the tiles (the forward pass loses 3 %, the backward pass gains what the adopted way gains); prefetching of the outputs and of the packed left sides; overlapping stores in that packing. Not built, by their bounds: one direction a thread (two threads that split the rows take 50 to 51 % of the time of one thread, so two that each run a direction would gain 2 % at most; the gradient of the sequence would need another pass, since both directions add to it in a fixed order); gate products and equations in one tile (a tile stores and loads 24 vectors of sums for 3,072 of multiplications: an estimated 2 to 3 %); the sums of a weight gradient already stay in registers for 256 positions, which are 4 to 8 steps, and a gradient computed during the backward pass would change the order of its sum.",
  bf16: "The tiles take 69 to 73 % of the time in native code, where they take 84 to 87 % in fp32: what stays in fp32 (LSTM equations 9 %, packing, sums, the update of the weights) is a larger part.",
  threads:
    "Waiting for the other thread takes less than 1.5 % of the time in native code; both threads share the third-level cache and the memory.",
};

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
    "bilstm128-imdb": `Padding is not the reason: documents of similar length share a batch, so that
98.6 % of the steps are tokens. The recurrent products of 64 rows are split over two threads, and each direction reads all its weights at each step.`,
    "char256-generate":
      "Each token reads 3.3 MB of weights from the third-level cache. One thread alone cannot use the full bandwidth of the cache, and two threads synchronize after each layer.",
    "char256-generate64": products,
    "word200-generate64": products,
    help: startUp,
    classify: startUp,
  },
  "AMD EPYC with avx512bf16": {
    char128: zen4.characters,
    char256: zen4.characters,
    "word192-adam": zen4.words,
    "word192-sgd": zen4.words,
    "word200-adam": zen4.words,
    "word200-sgd": zen4.words,
    word640: zen4.wide,
    word650: zen4.wide,
    "bilstm64-train": zen4.bidirectional,
    "bilstm64-label":
      "Tiles of the matrix products take 81 % of the time in native code and run at 96 to 98 % of the peak on one thread; the LSTM equations 13 %, waiting for the other thread 3 %. Of the whole, the two directions take 91 to 95 %, the lookup of the embeddings 2 %. Prefetching of the next inputs was adopted (2 % on one thread). What did not win is described at bilstm64-train.",
    "bilstm128-imdb":
      "Padding is not the reason: 98.6 % of the steps are tokens. The network is that of bilstm64-train, with 128 units.",
    conv128x5: "Waiting for the other thread takes 22 % of the time in native code: the steps are short.",
    "char256-generate":
      "Products of one row take 84 % of the time in native code, waiting for the other thread after each layer 8 %.",
    "word200-generate":
      "The softmax head takes 70 % of the time in native code, the layers 18 %, waiting for the other thread 6 %.",
    "char256-generate64": "Tiles take 88 % of the time in native code, the LSTM equations 5 %.",
    "word200-generate64":
      "The network is that of word200-generate, where the softmax head takes 70 % of the time in native code.",
    help: startUp,
    classify: startUp,
    threads256: zen4.threads,
    threads640: zen4.threads,
    "bf16-256": zen4.bf16,
    "bf16-640": zen4.bf16,
  },
};
