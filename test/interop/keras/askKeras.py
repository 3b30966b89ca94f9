"""Asks exported Keras models, and their loaders. Reads what to ask as JSON, prints the answers.

calls: [{folder, module, function, arguments}], of a loader; cases: [{archive, feeds}], of a model alone.
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
    answer = getattr(importlib.import_module(module), function)
    answer = [answer(*each) for each in arguments]
    sys.path.remove(folder)
    return answer


def ask(archive, feeds):
    model = keras.saving.load_model(archive)
    given = {
        each.name: numpy.array(feeds[each.name]["values"], feeds[each.name]["dtype"]).reshape(feeds[each.name]["shape"])
        for each in model.inputs
    }
    answer = model(given if len(given) > 1 else next(iter(given.values())))
    logits = answer["logits"] if isinstance(answer, dict) else answer
    return keras.ops.convert_to_numpy(logits).ravel().tolist()


wanted = json.load(sys.stdin)
calls = [call(**each) for each in wanted["calls"]]  # first, so that the loaders' own layers are known
print(json.dumps({"calls": calls, "cases": [ask(**each) for each in wanted["cases"]]}))
