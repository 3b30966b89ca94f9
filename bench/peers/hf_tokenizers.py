"""Hugging Face tokenizers: byte-level BPE with the pre-tokenizer of GPT-2, line by line, with its default number of threads. MB/s."""

import subprocess
from pathlib import Path

import tokenizers
from protocol import serve, shape, work
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

program = Path(__file__).parent.parent / "text.mjs"
text = subprocess.run(["node", program, str(shape["bytes"])], check=True, capture_output=True).stdout.decode()
lines = text.splitlines(keepends=True)
megabytes = len(text.encode()) / 1e6


def train_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=shape["vocabulary"], show_progress=False, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def train():
    train_tokenizer()
    return megabytes


def encoder():
    tokenizer = train_tokenizer()

    def encode():
        tokenizer.encode_batch_fast(lines)  # without the offsets that encode_batch returns
        return megabytes

    return encode


serve(tokenizers.__version__, {"train-bpe": lambda: train, "encode-bpe": encoder}[work]())
