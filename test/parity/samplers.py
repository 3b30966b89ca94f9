"""Writes samplers.json: survivors and probabilities of each sampler, from its definition in llama.cpp's manual and source or in its paper, by plain NumPy
and full sorts. Needs numpy; run as: python samplers.py > samplers.json

A case has logits, the text so far (ids), the options by their names in the library, and the expected probability of each id that stays.
"""
import json

import numpy as np


def softmax(logits):
    weights = np.exp(logits - np.max(logits))
    return weights / weights.sum()


def penalties(logits, text, repeat=1.0, presence=0.0, frequency=0.0, last=64):
    recent = text if last == -1 else text[-last:]
    for token in set(recent):
        logits[token] = logits[token] / repeat if logits[token] > 0 else logits[token] * repeat
        logits[token] -= recent.count(token) * frequency + presence
    return logits


def dry(logits, text, multiplier, base=1.75, allowed=2, last=-1, breakers=()):
    recent = text if last == -1 else text[-last:]
    if len(recent) <= allowed:
        return logits
    limit = len(recent)
    for start in range(len(recent) - 1, -1, -1):
        lengths = [len(b) for b in breakers if recent[start : start + len(b)] == list(b)]
        if lengths:
            limit = len(recent) - start - max(lengths)
            break
    if limit < allowed:
        return logits
    longest = {}
    for end in range(1, len(recent)):  # recent[:end] ends with the same tokens as recent
        same = 0
        while same < end and recent[end - 1 - same] == recent[-1 - same]:
            same += 1
        same = min(same, limit)
        if same >= allowed:
            longest[recent[end]] = max(longest.get(recent[end], 0), same)
    for token, length in longest.items():
        if [token] not in [list(b) for b in breakers]:
            logits[token] -= multiplier * base ** (length - allowed)
    return logits


def no_repeat(logits, text, n):
    tail = text[len(text) - n + 1 :]
    for start in range(len(text) - n + 1):
        if text[start : start + n - 1] == tail:
            logits[text[start + n - 1]] = -np.inf
    return logits


def alive(logits):
    return np.flatnonzero(logits > -np.inf)


def only(logits, ids):
    kept = np.full_like(logits, -np.inf)
    kept[ids] = logits[ids]
    return kept


def by_probability(logits):
    return sorted(alive(logits), key=lambda token: (-logits[token], token))


def top_n_sigma(logits, n):
    values = logits[alive(logits)]
    return only(logits, np.flatnonzero(logits >= values.max() - n * values.std()))


def top_k(logits, k):
    return only(logits, by_probability(logits)[:k])


def top_p(logits, p):
    order = by_probability(logits)
    sums = np.cumsum(softmax(logits)[order])
    return only(logits, order[: np.argmax(sums >= p) + 1]) if p < 1 else logits


def min_p(logits, p):
    return only(logits, np.flatnonzero(softmax(logits) >= p * softmax(logits).max()))


def typical(logits, p):
    if p >= 1:
        return logits
    ids = alive(logits)
    probabilities = softmax(logits)[ids]
    surprise = -np.log(probabilities)
    entropy = (probabilities * surprise).sum()
    order = np.argsort(np.abs(surprise - entropy), kind="stable")
    sums = np.cumsum(probabilities[order])
    beyond = np.flatnonzero(sums > p)
    return only(logits, ids[order[: beyond[0] + 1 if len(beyond) else len(order)]])


def xtc(logits, threshold=0.1):
    order = by_probability(logits)
    top = [token for token in order if softmax(logits)[token] >= threshold]
    return only(logits, order[len(top) - 1 :]) if len(top) > 1 else logits


def temperature(logits, value, spread=0.0, exponent=1.0):
    ids = alive(logits)
    if spread > 0 and len(ids) > 1:
        probabilities = softmax(logits)[ids]
        entropy = -(probabilities * np.log(probabilities)).sum() / np.log(len(ids))
        low, high = max(0.0, value - spread), value + spread
        value = low + (high - low) * entropy**exponent
    if value <= 0:
        return only(logits, by_probability(logits)[:1])
    return logits / value


def mirostat(logits, mu):
    order = by_probability(logits)
    kept = [token for token in order if -np.log2(softmax(logits)[token]) <= mu]
    return only(logits, kept or order[:1])


def mirostat_run(rows, uniforms, value, tau, eta):
    """The drawn ids and μ before each draw."""
    mu, mus, ids = 2 * tau, [], []
    for row, uniform in zip(rows, uniforms):
        mus.append(mu)
        probabilities = softmax(mirostat(temperature(row.astype(np.float64), value), mu))
        cumulative = np.cumsum(probabilities)
        token = int(np.searchsorted(cumulative / cumulative[-1], uniform, side="right"))
        ids.append(token)
        mu -= eta * (-np.log2(probabilities[token]) - tau)
    return {"temperature": value, "tau": tau, "eta": eta, "ids": ids, "mus": mus}


STEPS = {
    "noRepeatNgram": lambda z, t, o: no_repeat(z, t, o["noRepeatNgram"]),
    "penalties": lambda z, t, o: penalties(
        z, t, o.get("repeatPenalty", 1.0), o.get("presencePenalty", 0.0), o.get("frequencyPenalty", 0.0), o.get("repeatLastN", 64)
    ),
    "dry": lambda z, t, o: dry(
        z, t, o["dryMultiplier"], o.get("dryBase", 1.75), o.get("dryAllowedLength", 2), o.get("dryPenaltyLastN", -1), o.get("breakers", [])
    ),
    "topNSigma": lambda z, t, o: top_n_sigma(z, o["topNSigma"]),
    "topK": lambda z, t, o: top_k(z, o["topK"]),
    "typicalP": lambda z, t, o: typical(z, o["typicalP"]),
    "topP": lambda z, t, o: top_p(z, o["topP"]),
    "minP": lambda z, t, o: min_p(z, o["minP"]),
    "xtc": lambda z, t, o: xtc(z, o.get("xtcThreshold", 0.1)) if o["xtcProbability"] == 1 else z,
    "temperature": lambda z, t, o: temperature(z, o["temperature"], o.get("dynatempRange", 0.0), o.get("dynatempExp", 1.0)),
    "mirostat": lambda z, t, o: mirostat(z, 2 * o.get("mirostatEnt", 5.0)),
}
PENALTIES = ["repeatPenalty", "presencePenalty", "frequencyPenalty"]
DEFAULT_ORDER = ["noRepeatNgram", "penalties", "dry", "topNSigma", "temperature", "topK", "typicalP", "topP", "minP", "xtc", "mirostat"]
TURNS_ON = {"dry": ["dryMultiplier"], "penalties": PENALTIES, "xtc": ["xtcProbability"], "temperature": ["temperature"]}


def expected(logits, text, options):
    order = options.get("samplerOrder") or DEFAULT_ORDER
    z = logits.astype(np.float64)
    for name in order:
        if any(option in options for option in TURNS_ON.get(name, [name])):
            z = STEPS[name](z, text, options)
    probabilities = softmax(z)
    return {str(token): float(probabilities[token]) for token in np.flatnonzero(probabilities)}


random = np.random.RandomState(11)
ROWS = [np.round(random.normal(0, spread, size), 4).astype(np.float32) for spread, size in [(1.0, 12), (3.0, 40), (6.0, 25), (0.3, 30)]]
REPEATING = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 1, 4, 1, 5, 9, 2, 6, 8, 3, 1, 4, 1, 5]
LOOP = [1, 2, 3] * 6
OPTIONS = [
    {"temperature": 1},
    {"temperature": 0},
    {"temperature": 0.7},
    {"temperature": 1, "topK": 5},
    {"temperature": 1, "topP": 0.8},
    {"temperature": 1, "minP": 0.1},
    {"temperature": 1, "typicalP": 0.7},
    {"temperature": 1, "typicalP": 0.2},
    {"temperature": 0.9, "typicalP": 0.95},
    {"temperature": 1, "topNSigma": 1},
    {"temperature": 2, "topNSigma": 0.5},
    {"temperature": 1, "xtcProbability": 1},
    {"temperature": 1, "xtcProbability": 1, "xtcThreshold": 0.05},
    {"temperature": 1, "xtcProbability": 0, "xtcThreshold": 0.02},
    {"temperature": 1, "dynatempRange": 0.5},
    {"temperature": 0.6, "dynatempRange": 1, "dynatempExp": 2},
    {"temperature": 1, "mirostat": 2, "mirostatEnt": 1},
    {"temperature": 0.8, "mirostat": 2, "mirostatEnt": 0.1},
    {"temperature": 1, "repeatPenalty": 1.3},
    {"temperature": 1, "repeatPenalty": 1.1, "repeatLastN": 4},
    {"temperature": 1, "presencePenalty": 0.6, "frequencyPenalty": 0.4, "repeatLastN": -1},
    {"temperature": 1, "frequencyPenalty": -0.2},
    {"temperature": 1, "dryMultiplier": 0.8},
    {"temperature": 1, "dryMultiplier": 1, "dryBase": 1.2, "dryAllowedLength": 1},
    {"temperature": 1, "dryMultiplier": 0.8, "breakers": [[4], [9, 2]]},
    {"temperature": 1, "dryMultiplier": 0.8, "breakers": [[5, 9], [1]]},
    {"temperature": 1, "dryMultiplier": 0.5, "dryPenaltyLastN": 9, "dryAllowedLength": 0},
    {"temperature": 1, "noRepeatNgram": 3},
    {"temperature": 1, "noRepeatNgram": 1},
    {"temperature": 0.8, "topK": 20, "topP": 0.9, "minP": 0.05, "typicalP": 0.9, "repeatPenalty": 1.2, "dryMultiplier": 0.8},
    {
        "temperature": 1.5,
        "topK": 20,
        "minP": 0.05,
        "topP": 0.95,
        "typicalP": 0.95,
        "topNSigma": 2,
        "repeatPenalty": 1.1,
        "dryMultiplier": 0.8,
        "xtcProbability": 1,
        "samplerOrder": ["penalties", "dry", "topNSigma", "topK", "typicalP", "topP", "minP", "xtc", "temperature"],
    },
    {"temperature": 2, "topK": 8, "minP": 0.1, "samplerOrder": ["minP", "temperature", "topK"]},
    {"temperature": 2, "topP": 0.5, "samplerOrder": ["temperature", "topP"]},
    {"temperature": 2, "topP": 0.5, "samplerOrder": ["topP", "temperature"]},
    {"temperature": 0.5, "topP": 0.5, "samplerOrder": ["topP"]},
]

cases = [
    {"row": row, "text": text, "options": options, "expected": expected(ROWS[row], text, options)}
    for options in OPTIONS
    for row, text in [(0, REPEATING), (1, LOOP), (2, REPEATING[:9]), (3, [])]
]
rows = [np.round(random.normal(0, 2.5, 30), 4).astype(np.float32) for _ in range(20)]
uniforms = random.random_sample(20)
runs = [mirostat_run(rows, uniforms, value, tau, eta) for value, tau, eta in [(1, 2, 0.1), (0.8, 1, 0.5), (1.5, 3, 0.02)]]
print(
    json.dumps(
        {
            "numpy": np.__version__,
            "rows": [row.tolist() for row in ROWS],
            "cases": cases,
            "mirostat": {"rows": [row.tolist() for row in rows], "uniforms": uniforms.tolist(), "runs": runs},
        }
    )
)
