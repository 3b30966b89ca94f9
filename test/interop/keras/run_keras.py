"""Runs exported Keras models and their loaders. Reads the runs as JSON, prints the results.

calls: [{folder, module, function, arguments}] of loaders; cases: [{archive, feeds}] of models.
"""

import importlib
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy


def call(folder, module, function, arguments):
    for name in ("model", "encode", "kinds", module):
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    loader = getattr(importlib.import_module(module), function)
    results = [loader(*each) for each in arguments]
    sys.path.remove(folder)
    return results


def run(archive, feeds):
    model = keras.saving.load_model(archive)
    given = {
        each.name: numpy.array(feeds[each.name]["values"], feeds[each.name]["dtype"]).reshape(feeds[each.name]["shape"])
        for each in model.inputs
    }
    output = model(given if len(given) > 1 else next(iter(given.values())))
    logits = output["logits"] if isinstance(output, dict) else output
    return keras.ops.convert_to_numpy(logits).ravel().tolist()


requested = json.load(sys.stdin)
calls = [call(**each) for each in requested["calls"]]  # first, so that the loaders' own layers are registered
print(json.dumps({"calls": calls, "cases": [run(**each) for each in requested["cases"]]}))
