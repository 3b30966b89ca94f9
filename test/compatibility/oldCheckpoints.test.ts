/**
 * @file Checkpoints that earlier versions wrote load, and resume to the bits that those versions reached.
 * 2026-11/ was written before options and tokenizers got their current names (`--steps`, `--batch`, `--tied`, `spaces`, …).
 * The backend is cpu: its arithmetic is the same on every machine.
 */
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resume } from "../../src/training/run.js";
import { documentIn, eventsOf, neverStopped } from "../support/models.js";

const here = "test/compatibility";

/** Digests of the weights and the training state after epoch 4, as the version that wrote the checkpoint reached them. */
const digests = {
  generator: {
    corpus: "tale.txt",
    weights: "492bf9f183b43fc9ba79f99a6272c7f7cba833fad5d96e84c7a3391873d91418",
    training: "7264df80281de8823b14b459b1f53516b319011eb5d7aca1b71d95ec66d07bbe",
  },
  classifier: {
    corpus: "reviews.csv",
    weights: "4387250ba0ac6491fb02395f3f77883ff222c53d6b059bd5f35852195f820209",
    training: "61bbb4d99414a78a58d58047ea1b47dd1dc3a358120a27ba8e21b07aa68449fe",
  },
  regressor: {
    corpus: "trips.csv",
    weights: "1f82a253661ab913afda2bb00d031f0481b991a30ed60f6b17c018bd1ca3ec3b",
    training: "5aef1cc973c466047d34c3d697e53f486a80499c48bd19ad4b556e72d72b7cc0",
  },
  tagger: {
    corpus: "tagged.conllu",
    weights: "4ae63a2429983c7803869b02ef5c65b25a210e043c2a6df4a58a449364e036ab",
    training: "4e96d33fb1263df2c533c8d9a2c6a75279d3cd931fed973dce10e3d7724f8413",
  },
  /** A tsv whose cells are in quotes, which were read as a part of the text, with rows of an empty text. */
  quotedTable: {
    corpus: "quoted.tsv",
    weights: "6f70d56aeb89be8fc2384a11960deb5639eeada963e2fb1fcfbc47382ed5d1dc",
    training: "588a08aa69ce6f966b81e8aed01c204540f3cd71fe9059a9ce4a6b428edd04a8",
  },
};

test.each(Object.entries(digests))(
  "resume: an old checkpoint, %s, continues to the same bits",
  async (task, expected) => {
    const folder = join(mkdtempSync(join(tmpdir(), "rnn-old-")), task);
    cpSync(join(here, "2026-11", task), folder, { recursive: true });
    const corpus = join(here, "corpora", expected.corpus);
    await eventsOf(resume(folder, { backend: "cpu", stop: neverStopped(), corpus, given: { epochs: 4 } }));
    const { weights, training } = documentIn(folder).files;
    expect({ weights: weights.sha256, training: training?.sha256 }).toEqual({
      weights: expected.weights,
      training: expected.training,
    });
  },
);
