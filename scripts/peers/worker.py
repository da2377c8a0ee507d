"""One peer in a process of its own: reads a JSON request a line, times it, answers with a JSON line.

    python worker.py pytorch|jax|onnxruntime|scipy THREADS

Requests and answers have the form of `lse benchmark --serve`; a request's `expression` is what the peer computes, see
workloads.py. Each peer below is a function of the expression, the arrays that it names, and threads; it gives the call
to time and a function that turns what the call returned into a NumPy array.
"""

import gc
import json
import os
import statistics
import sys
from math import inf
from time import perf_counter

import numpy as np
from arrays import ARRAYS, expected


def pytorch(expression, arrays, threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)

    def tensor(array):  # NumPy's bfloat16 is not known to PyTorch
        if array.dtype.name == "bfloat16":
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(array)

    scope = {"torch": torch, "inf": inf} | {name: tensor(array) for name, array in arrays.items()}
    return eval("lambda: " + expression, scope), lambda result: result.double().numpy()


def jax(expression, arrays, threads):  # compare-peers gives the threads by XLA_FLAGS and pinning
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # in JAX's favour: small calls are twice as fast
    scope = {"jax": jax, "jnp": jax.numpy, "inf": inf}
    function = jax.jit(eval(f"lambda {', '.join(arrays)}: {expression}", scope))
    sources = [jax.device_put(array) for array in arrays.values()]
    return lambda: function(*sources).block_until_ready(), np.asarray


def onnxruntime(expression, arrays, threads):
    import onnxruntime as ort
    from onnx import helper, numpy_helper

    def node(operator, x, y, axes=None, **attributes):
        inputs = [] if axes is None else [numpy_helper.from_array(np.array(axes), "axes")]
        names = ["x", *(tensor.name for tensor in inputs)]
        ends = [(name, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape) for name, a in (("x", x), ("y", y))]
        ends = [[helper.make_tensor_value_info(*end)] for end in ends]
        graph = helper.make_graph([helper.make_node(operator, names, ["y"], **attributes)], operator, *ends, inputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        binding, result = session.io_binding(), ort.OrtValue.ortvalue_from_numpy(y)
        binding.bind_ortvalue_input("x", ort.OrtValue.ortvalue_from_numpy(x))
        binding.bind_ortvalue_output("y", result)
        return lambda: session.run_with_iobinding(binding), lambda _: result.numpy()

    return eval(expression, {"node": node} | arrays)


def scipy(expression, arrays, threads):
    from scipy import special

    return eval("lambda: " + expression, {"special": special, "np": np, "inf": inf} | arrays), np.asarray


def aligned(shape, dtype):
    """An uninitialised array on a 64-byte boundary, which every peer takes without a copy."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)


class Data:
    """The arrays of one shape and type, made when they are first asked for."""

    def __init__(self, shape, dtype):
        self.shape, self.arrays = shape, {}
        if dtype == "bfloat16":
            import ml_dtypes  # comes with JAX; NumPy knows bfloat16 from it
        self.dtype = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)

    def __getitem__(self, name):
        if name not in self.arrays:
            random = np.random.default_rng([*ARRAYS].index(name))
            values = ARRAYS[name](random, self.shape, np.float64 if self.dtype == np.float64 else np.float32)
            self.arrays[name] = aligned(values.shape, bool if values.dtype == bool else self.dtype)
            self.arrays[name][...] = values
        return self.arrays[name]


def prepare(peer, request, data, threads):
    """The call to time; its first result is checked."""
    operation, variation = request["operation"], request["variation"] or ""
    axis = 0 if variation == "by-column" else 1
    expression = request["expression"]
    names = compile(expression, operation, "eval").co_names
    arrays = {name: data[name] for name in ARRAYS if name in names}
    if "y" in names:
        arrays["y"] = aligned(np.delete(data.shape, axis) if operation == "logsumexp" else data.shape, data.dtype)
    call, array = peer(expression, arrays, threads)
    result = array(call())
    tolerance = {"float64": 1e-10, "float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}[data.dtype.name]
    for index in (0, -1):  # the first and the last row, or column

        def line(values):
            return values[index] if axis == 1 else values[..., index]

        def row(name):
            values = line(np.broadcast_to(data[name], data.shape))
            return values if values.dtype == bool else values.astype(np.float64)

        with np.errstate(divide="ignore"):
            right = expected(operation, variation, row)
        np.testing.assert_allclose(line(result).astype(np.float64), right, tolerance, min(tolerance / 10, 1e-5))
    return call


def measure(call, seconds):
    """Seconds a call in each sample; a sample is one call, or a batch of short ones that takes about 0.2 ms."""
    start = perf_counter()
    call()
    batch = max(1, int(2e-4 / (perf_counter() - start)))
    samples, end = [], perf_counter() + seconds
    while len(samples) < 2 or perf_counter() < end:
        start = perf_counter()
        for _ in range(batch):
            call()
        samples.append((perf_counter() - start) / batch)
    return samples


def serve(peer, threads, requests, answers):
    """Answers requests until they end; keeps the data and the calls of the latest shape and type only."""
    current, data, calls = None, None, {}
    for request in map(json.loads, requests):
        case, work = (request["rows"], request["columns"], request["type"]), request["expression"]
        try:
            if current != case:
                calls.clear()
                current, data = case, Data(case[:2], case[2])
            if work not in calls:
                calls[work] = prepare(peer, request, data, threads)
            gc.collect()
            samples = measure(calls[work], request["seconds"])
            median = statistics.median(samples) * 1e9 / (request["rows"] * request["columns"])
            answer = {"nanosecondsPerElement": median, "samples": len(samples)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a peer prints must not land among the answers
    gc.disable()
    peers = {"pytorch": pytorch, "jax": jax, "onnxruntime": onnxruntime, "scipy": scipy}
    serve(peers[sys.argv[1]], int(sys.argv[2]), sys.stdin, channel)
