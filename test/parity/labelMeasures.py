"""Writes labelMeasures.json: scores of predicted probabilities. Needs scikit-learn, SciPy and statsmodels; run as: python labelMeasures.py > labelMeasures.json"""
import json

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, average_precision_score, brier_score_loss, log_loss, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar


def predictions(seed, counts, scale, decimals):
    """Softmax of random logits that favor the actual label; few decimals give ties."""
    random = np.random.RandomState(seed)
    truth = np.repeat(np.arange(len(counts)), counts)
    random.shuffle(truth)
    logits = random.normal(size=(len(truth), len(counts))) * scale
    logits[np.arange(len(truth)), truth] += 1
    probabilities = np.exp(logits)
    probabilities = np.round(probabilities / probabilities.sum(1, keepdims=True), decimals)
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(1)
    return truth, np.clip(probabilities, 0, 1)


def calibration_error(truth, probabilities, bins=10):
    """Guo et al. 2017, equation 3, with bins (from, to]."""
    confidence, predicted = probabilities.max(1), probabilities.argmax(1)
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [np.mean(bin_of == b) * abs(np.mean((confidence - (predicted == truth))[bin_of == b])) for b in set(bin_of)]
    return sum(gaps)


def case(name, seed, counts, scale, decimals):
    truth, probabilities = predictions(seed, counts, scale, decimals)
    hot = np.eye(len(counts))[truth]
    hits = int((probabilities.argmax(1) == truth).sum())
    interval = binomtest(hits, len(truth)).proportion_ci(method="wilson")
    two = len(counts) == 2
    return {
        "name": name,
        "truth": truth.tolist(),
        "probabilities": probabilities.tolist(),
        "accuracy": accuracy_score(truth, probabilities.argmax(1)),
        "accuracyInterval": [interval.low, interval.high],
        "logLoss": log_loss(truth, probabilities),
        "brierScore": brier_score_loss(truth, probabilities[:, 1] if two else probabilities),
        "rocAuc": roc_auc_score(truth, probabilities[:, 1]) if two else roc_auc_score(truth, probabilities, multi_class="ovr", average="macro"),
        "rocAucs": roc_auc_score(hot, probabilities, average=None).tolist(),
        "averagePrecision": average_precision_score(hot, probabilities, average="macro"),
        "averagePrecisions": average_precision_score(hot, probabilities, average=None).tolist(),
        "calibrationError": calibration_error(truth, probabilities),
    }


pairs = [(0, 0), (3, 0), (10, 4), (12, 12), (20, 5), (60, 38), (200, 300), (30, 1), (400, 397)]
print(
    json.dumps(
        {
            "madeWith": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
            "cases": [
                case("two labels", 1, [40, 30], 1.0, 12),
                case("two labels, with ties", 2, [20, 50], 1.5, 1),
                case("three uneven labels", 3, [60, 20, 6], 1.2, 12),
                case("five labels, with ties", 4, [12, 9, 20, 3, 14], 1.5, 2),
            ],
            "mcnemar": [
                {"firstAlone": b, "secondAlone": c, "p": mcnemar([[9, b], [c, 9]], exact=b + c < 25, correction=True).pvalue}
                for b, c in pairs
            ],
        }
    )
)
