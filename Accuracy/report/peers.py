"""The errors of SciPy, PyTorch and JAX on the rows that the harness has written (PeerFiles.swift)."""

import json
import sys

import numpy as np

OPERATIONS = ["logsumexp", "softmax", "log-softmax"]


def scipy():
    from scipy import special

    return lambda name, x: getattr(special, name)(x, axis=1)


def pytorch():
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    return lambda name, x: getattr(torch, name)(torch.from_numpy(x), 1).numpy()


def jax():
    import jax

    jax.config.update("jax_enable_x64", True)
    functions = {}

    def run(name, x):
        function = getattr(jax.nn, name)
        compiled = functions.setdefault(name, jax.jit(lambda values: function(values, axis=1)))
        return np.asarray(compiled(x))

    return run


PEERS = {"scipy": scipy, "pytorch": pytorch, "jax": jax}


class Exact:
    """Exact results: `rounded` to the type, whose magnitudes miss `offset` ULP."""

    def __init__(self, array, dtype):
        self.rounded, self.offset = array
        magnitude = np.abs(self.rounded).astype(dtype)
        self.unit = np.spacing(magnitude).astype(np.float64)
        least = np.finfo(dtype).smallest_normal
        # Just below a power of two the spacing is that of the numbers below.
        below = (np.frexp(magnitude)[0] == 0.5) & (self.offset < 0) & (magnitude > least)
        self.unit[below] /= 2
        self.subnormal = magnitude < least

    def errors(self, results):
        """The errors of results in ULP."""
        got, sign = results.astype(np.float64), np.copysign(1, self.rounded)
        errors = np.abs((got - self.rounded) * sign / self.unit - self.offset)
        same = (got == self.rounded) | (np.isnan(got) & np.isnan(self.rounded))
        return np.where(np.isfinite(errors), errors, np.where(same, 0, np.inf))


def tally(errors, mask, got, exact):
    """As Tally.swift, of the errors under a mask; the worst by draw and column."""
    errors = np.where(mask, errors, -1)
    place = np.unravel_index(np.argmax(errors), errors.shape)
    count, used = int(mask.sum()), errors[mask]
    if not count:
        return {"count": 0, "sum": 0, "max": 0, "misrounded": 0}
    where = f"draw {place[0]}" + (f", column {place[1]}" if len(place) > 1 else "")
    worst = {"input": where, "got": float(got[place]).hex(), "exact": float(exact[place]).hex()}
    figures = {"count": count, "sum": float(used.sum()), "max": float(used.max())}
    return figures | {"misrounded": int((used > 0.5).sum()), "worst": worst}


def group(case, peer, operation, got, exact, maxima):
    """The errors of one operation of one peer on one case, as RowGroup in Measurements.swift."""
    errors, near = exact.errors(got), np.zeros(got.shape, bool)
    if operation == "logsumexp" and case["type"] == "float64":
        near = (np.abs(exact.rounded) < 2.0**-47) & ~exact.subnormal
    kinds = {
        "normal": tally(errors, ~exact.subnormal & ~near, got, exact.rounded),
        "subnormal": tally(errors, exact.subnormal, got, exact.rounded),
    }
    result = case | {"configuration": peer, "operation": operation, "errors": kinds}
    cancels = near & (maxima < 0) if near.any() else near
    result["nearZero"] = tally(errors * exact.unit, cancels, got, exact.rounded)
    result["small"] = tally(errors, near & ~cancels, got, exact.rounded)
    result["sums"] = {"count": 0}
    return result


def evaluate(function, operation, rows, temperature):
    """What a peer gives for rows at a temperature: that of x / T, in the rows' type."""
    scale = rows.dtype.type(temperature)
    got = function(operation.replace("-", "_"), rows if temperature == 1 else rows / scale)
    assert got.dtype == rows.dtype, (operation, got.dtype)
    return got * scale if operation == "logsumexp" and temperature != 1 else got


@np.errstate(all="ignore")
def groups(folder):
    """The groups of every peer, on every case in a folder."""
    functions, result = {name: start() for name, start in PEERS.items()}, []
    for index, case in enumerate(json.loads((folder / "index.json").read_text())):
        if index % 200 == 0:
            print(f"accuracy: peers, case {index}", file=sys.stderr)
        rows = np.load(folder / f"{index}-rows.npy")
        for operation in OPERATIONS:
            exact = Exact(np.load(folder / f"{index}-{operation}.npy"), rows.dtype)
            for peer, function in functions.items():
                got = evaluate(function, operation, rows, case["temperature"])
                result.append(group(case, peer, operation, got, exact, rows.max(axis=1)))
    return result
