"""What ONNX Runtime answers: reads [{file, answer, example}, …] from stdin, writes each file's answers as a flat list, after ONNX's own checks of it."""

import json
import sys

import numpy
import onnx
import onnxruntime


def answers(file, answer, example):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(file)
    feeds = {name: numpy.array(values, dtype="float32" if name == "numbers" else "int32") for name, values in example.items()}
    for given in session.get_inputs():
        if given.name not in feeds:  # a state
            feeds[given.name] = numpy.zeros((len(example["lengths"]), given.shape[1]), dtype="float32")
    return session.run([answer], feeds)[0].flatten().tolist()


print(json.dumps([answers(**case) for case in json.load(sys.stdin)]))
