"""Runs ONNX files in ONNX Runtime after ONNX's own checks: reads [{file, output, example}, …] from stdin, writes each file's output as a flat list."""

import json
import sys

import numpy
import onnx
import onnxruntime


def run(file, output, example):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(file)
    feeds = {name: numpy.array(values, dtype="float32" if name == "numbers" else "int32") for name, values in example.items()}
    for given in session.get_inputs():
        if given.name not in feeds:  # a state
            feeds[given.name] = numpy.zeros((len(example["lengths"]), given.shape[1]), dtype="float32")
    return session.run([output], feeds)[0].flatten().tolist()


print(json.dumps([run(**case) for case in json.load(sys.stdin)]))
