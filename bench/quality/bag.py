"""The bag of n-grams beside scikit-learn and fastText, on the same parts of the same texts.

    python bench/quality/bag.py DATA [imdb sst2 trec headlines agnews reviews] [--peers] [--auto] [--speed]

Needs numpy and scikit-learn, with --peers fasttext. With --auto also a run without --model, and the network and the bag in it. All choices are made on the validation part. Prints test accuracy and seconds, training and the choice of options included.
With --speed only our program and fastText: the seconds of training, of fastText also those of the one model that it keeps, and the seconds that labeling 100,000 lines of the test part takes each, start and loading included.
"""
import csv
import gzip
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

data = Path(sys.argv[1])
peers = "--peers" in sys.argv
auto = "--auto" in sys.argv
speed = "--speed" in sys.argv
lines_to_label = 100_000
chosen = [name for name in sys.argv[2:] if not name.startswith("--")]
program = Path(__file__).parents[2] / "bin" / "rnn.js"


def lines(path, encoding="utf-8"):
    return [line for line in (data / path).read_text(encoding).split("\n") if line.strip()]


def split(rows, seed, fractions):
    """Shuffled parts of a list, the last one with what remains."""
    rows = rows[:]
    random.Random(seed).shuffle(rows)
    ends = [round(len(rows) * sum(fractions[: n + 1])) for n in range(len(fractions))]
    return [rows[start:end] for start, end in zip([0, *ends], [*ends, len(rows)])]


def imdb(seed):
    def read(name):
        with gzip.open(data / "imdb" / name, "rt", newline="") as file:
            return [(row["text"], row["label"]) for row in csv.DictReader(file)]

    validation, training = split(read("imdb_train.csv.gz"), seed, [0.1])
    return training, validation, read("imdb_test.csv.gz")


def sst2(seed):
    return [[tuple(line.rsplit("\t", 1)) for line in lines(f"sst2/{part}.tsv")] for part in ("train", "dev", "test")]


def trec(seed):
    def read(name):
        return [(line.split(" ", 1)[1], line.split(":", 1)[0]) for line in lines(f"trec/{name}.txt", "latin-1")]

    validation, training = split(read("train"), seed, [0.1])
    return training, validation, read("test")


def headlines(seed):
    rows = [(line, kind) for kind in ("clickbait", "non_clickbait") for line in lines(f"headlines/{kind}_data.txt")]
    validation, test, training = split(rows, seed, [0.1, 0.1])
    return training, validation, test


def agnews(fold):
    with open(data / "agnews" / "test.csv", newline="") as file:
        rows = [(f"{title} {text}", label) for label, title, text in csv.reader(file)]
    folds = split(rows, 1, [0.2] * 4)
    validation, training = split([row for n, rows in enumerate(folds) if n != fold - 1 for row in rows], 1, [0.1])
    return training, validation, folds[fold - 1]


def reviews(seed):
    with open(data / "uci_sentiment" / "amazon_yelp_joined.csv", newline="") as file:
        rows = [(row["text"], row["sentiment"]) for row in csv.DictReader(file)]
    validation, test, training = split(rows, seed, [0.1, 0.1])
    return training, validation, test


sets = {"imdb": (imdb, 1), "sst2": (sst2, 1), "trec": (trec, 3), "headlines": (headlines, 3), "agnews": (agnews, 5), "reviews": (reviews, 5)}


def trained(parts, options):
    """The test scores of a run, the seconds that it took, and the scores of its baselines."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{part}.csv" for part in ("training", "validation", "test")]
        for path, rows in zip(paths, parts):
            with open(path, "w", newline="") as file:
                csv.writer(file).writerows([("text", "label"), *rows])
        started = time.time()
        command = ["node", program, "train", paths[0], "--validation", paths[1], "--test", paths[2], "--task", "classifier"]
        run = subprocess.run([*command, *options, "--json", "--out", f"{folder}/run"], capture_output=True, text=True)
        seconds = time.time() - started
        if speed:
            print(f"  rnn: trained in {seconds:.2f} s, labeled in {labeled(folder, parts[2]):.2f} s", flush=True)
        return json.loads(run.stdout)["metrics"]["test"], seconds


def many(rows):
    """As many texts as are labeled for their time, without line breaks."""
    texts = [re.sub(r"[\r\n]+", " ", text) for text, _ in rows]
    return (texts * (lines_to_label // len(texts) + 1))[:lines_to_label]


def labeled(folder, rows):
    """The seconds in which the program labels many texts."""
    with open(f"{folder}/lines.txt", "w") as file:
        file.writelines(f"{text}\n" for text in many(rows))
    with open(f"{folder}/lines.txt") as file, open(f"{folder}/labels.tsv", "w") as labels:
        started = time.time()
        subprocess.run(["node", program, "classify", "-c", f"{folder}/run"], stdin=file, stdout=labels, stderr=subprocess.DEVNULL, check=True)
        return time.time() - started


def ours(parts, seed):
    scores, seconds = trained(parts, ["--model", "bag"])
    return scores["accuracy"], seconds


def without_options(parts, seed):
    scores, seconds = trained(parts, ["--seed", str(seed)])
    alone = {one["name"]: 100 * one["accuracy"] for one in scores["baselines"]}
    print(f"  seed {seed}: {scores.get('name', 'network')} {100 * scores['accuracy']:.1f} %, {alone}", flush=True)
    return scores["accuracy"], seconds


def words(text):
    return re.findall(r"\w+|[^\w\s]", text.replace("<br />", " ").lower())


def scikit(parts, seed):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    started = time.time()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), tokenizer=words, token_pattern=None, lowercase=False, min_df=2)
    training = vectorizer.fit_transform([text for text, _ in parts[0]])
    validation, test = [vectorizer.transform([text for text, _ in part]) for part in parts[1:]]
    labels = [[label for _, label in part] for part in parts]
    models = [LogisticRegression(C=C, max_iter=1000).fit(training, labels[0]) for C in (3, 10, 30)]
    best = max(models, key=lambda model: model.score(validation, labels[1]))
    seconds = time.time() - started
    return best.score(test, labels[2]), seconds


def fast(parts, seed):
    import fasttext

    fasttext.FastText.eprint = lambda *_: None
    with tempfile.NamedTemporaryFile("w") as file:
        file.writelines(f"__label__{label} {' '.join(words(text))}\n" for text, label in parts[0])
        file.flush()
        started = time.time()

        def fit(lr, epoch):
            return fasttext.train_supervised(file.name, lr=lr, epoch=epoch, wordNgrams=2, thread=2, verbose=0, seed=seed)

        def accuracy(model, part):
            predicted, _ = model.predict([" ".join(words(text)) for text, _ in part])
            return np.mean([one == f"__label__{label}" for (one,), (_, label) in zip(predicted, part)])

        found = {}  # validation accuracy of each choice, since a model takes 0.8 GB
        for choice in ((lr, epoch) for lr in (0.1, 0.5, 1.0) for epoch in (5, 25)):
            found[choice] = accuracy(fit(*choice), parts[1])
        fitting = time.time()
        best = fit(*max(found, key=found.get))
        ended = time.time()
        if speed:
            print(f"  fastText: trained in {ended - fitting:.2f} s, labeled in {labeled_fast(best, parts[2]):.2f} s", flush=True)
        return accuracy(best, parts[2]), ended - started


def labeled_fast(model, rows):
    """The seconds in which fastText labels many texts, whose words are split beforehand."""
    import fasttext

    with tempfile.NamedTemporaryFile() as file:
        model.save_model(file.name)
        lines = [" ".join(words(text)) for text in many(rows)]
        started = time.time()
        fasttext.load_model(file.name).predict(lines)
        return time.time() - started


for name in chosen or sets:
    parts_of, runs = sets[name]
    methods = [("rnn bag", ours, runs)]
    if peers:
        methods += [("scikit-learn", scikit, runs)]
    if peers or speed:
        methods += [("fastText", fast, runs)]
    if auto:
        methods += [("rnn", without_options, 1 if name == "imdb" else max(3, runs))]
    for title, method, count in methods:
        results = np.array([method(parts_of(seed), seed) for seed in range(1, count + 1)])
        accuracies, seconds = 100 * results[:, 0], results[:, 1]
        print(f"{name:10} {title:13} {accuracies.mean():.2f} ± {accuracies.std(ddof=1) if count > 1 else 0:.2f} %  {seconds.mean():.1f} s", flush=True)
