"""One peer in a process of its own: reads a JSON request a line, times it, answers with a JSON line.

    python worker.py pytorch|jax|onnxruntime|scipy THREADS

Requests and answers have the form of `lse benchmark --serve`. Each peer below is a function of the operation, input,
output and threads; it gives the call to time and a function that turns what the call returned into a NumPy array.
"""

import gc
import json
import os
import statistics
import sys
from time import perf_counter

import numpy as np


def pytorch(operation, x, y, threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    function, source, target = getattr(torch, operation), torch.from_numpy(x), torch.from_numpy(y)
    return lambda: function(source, 1, out=target), lambda result: result.numpy()


def jax(operation, x, y, threads):  # compare-peers gives the threads by XLA_FLAGS and pinning
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # in JAX's favour: small calls are twice as fast
    function, source = jax.jit(lambda values: getattr(jax.nn, operation)(values, axis=1)), jax.device_put(x)
    return lambda: function(source).block_until_ready(), np.asarray


def onnxruntime(operation, x, y, threads):
    import onnxruntime as ort
    from onnx import helper, numpy_helper

    operator = {"logsumexp": "ReduceLogSumExp", "softmax": "Softmax", "log_softmax": "LogSoftmax"}[operation]
    axes = [numpy_helper.from_array(np.array([1]), "axes")] if operation == "logsumexp" else []
    attributes = {"keepdims": 0} if axes else {"axis": 1}
    node = helper.make_node(operator, ["x", "axes"] if axes else ["x"], ["y"], **attributes)
    element = helper.np_dtype_to_tensor_dtype(x.dtype)
    ends = [[helper.make_tensor_value_info(name, element, a.shape)] for name, a in (("x", x), ("y", y))]
    graph = helper.make_graph([node], operation, *ends, axes)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding, result = session.io_binding(), ort.OrtValue.ortvalue_from_numpy(y)
    binding.bind_ortvalue_input("x", ort.OrtValue.ortvalue_from_numpy(x))
    binding.bind_ortvalue_output("y", result)
    return lambda: session.run_with_iobinding(binding), lambda _: result.numpy()


def scipy(operation, x, y, threads):
    from scipy import special

    function = getattr(special, operation)
    return lambda: function(x, axis=1), np.asarray


def aligned(shape, dtype):
    """An uninitialised array on a 64-byte boundary, which every peer takes without a copy."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)


def check(operation, x, result):
    """Raises unless the first and the last row of a result are right."""
    for row in (0, -1):
        values = x[row].astype(np.float64)
        total = np.log(np.exp(values).sum())
        expected = {"logsumexp": total, "softmax": np.exp(values - total), "log_softmax": values - total}
        tolerance = 1e-4 if x.dtype == np.float32 else 1e-10
        np.testing.assert_allclose(result[row], expected[operation], rtol=tolerance, atol=tolerance / 10)


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
    current, x, calls = None, None, {}
    for request in map(json.loads, requests):
        case, operation = (request["rows"], request["columns"], request["type"]), request["operation"].replace("-", "_")
        try:
            if current != case:
                calls.clear()
                current, x = case, aligned(case[:2], case[2])
                np.random.default_rng(1).standard_normal(out=x, dtype=x.dtype)
            if operation not in calls:
                y = aligned(x.shape[:1] if operation == "logsumexp" else x.shape, x.dtype)
                call, array = peer(operation, x, y, threads)
                check(operation, x, array(call()))
                calls[operation] = call
            gc.collect()
            samples = measure(calls[operation], request["seconds"])
            answer = {"nanosecondsPerElement": statistics.median(samples) * 1e9 / x.size, "samples": len(samples)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a peer prints must not land among the answers
    gc.disable()
    peers = {"pytorch": pytorch, "jax": jax, "onnxruntime": onnxruntime, "scipy": scipy}
    serve(peers[sys.argv[1]], int(sys.argv[2]), sys.stdin, channel)
