"""Hugging Face's tokenizers: byte-pair encoding over bytes, split before as GPT-2 does, by the line, on its own choice of threads; in MB a second."""

import subprocess
from pathlib import Path

import tokenizers
from protocol import serve, shape, work
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

program = Path(__file__).parent.parent / "text.mjs"
text = subprocess.run(["node", program, str(shape["bytes"])], check=True, capture_output=True).stdout.decode()
lines = text.splitlines(keepends=True)
megabytes = len(text.encode()) / 1e6


def learned():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=shape["vocabulary"], show_progress=False, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def train():
    learned()
    return megabytes


def encoder():
    tokenizer = learned()

    def encode():
        tokenizer.encode_batch_fast(lines)  # without the offsets that encode_batch keeps
        return megabytes

    return encode


serve(tokenizers.__version__, {"train-bpe": lambda: train, "encode-bpe": encoder}[work]())
