"""What the expressions of workloads.py may name, and what must come out.

Two more names are known to them: y, where the result goes, and inf. A new operation or variation has a line below.
"""

import numpy as np

# Arrays by the name that expressions use, each from a generator, the shape and the type of draws.
ARRAYS = {
    "x": lambda random, shape, dtype: random.standard_normal(shape, dtype),
    "other": lambda random, shape, dtype: random.standard_normal(shape, dtype),
    "bias": lambda random, shape, dtype: random.standard_normal(shape, dtype),
    "weights": lambda random, shape, dtype: np.exp(random.standard_normal(shape, dtype)),
    "column_weights": lambda random, shape, dtype: np.exp(random.standard_normal(shape[1], dtype)),
    "scratch": lambda random, shape, dtype: np.zeros(shape, dtype),
    "mask": lambda random, shape, dtype: random.random(shape) < 0.5,
    "causal": lambda random, shape, dtype: np.tri(*shape, dtype=bool),
}


def expected(operation, variation, row):
    """The right result for one row, in float64; `row` gives an array's part in it by the array's name."""
    x, weights = row("x"), 1
    match variation:
        case "masked":
            x = np.where(row("mask"), x, -np.inf)
        case "causal":
            x = np.where(row("causal"), x, -np.inf)
        case "biased":
            x = x + row("bias")
        case "weighted-columns":
            weights = row("column_weights")
        case "weighted-elements":
            weights = row("weights")
    sums = np.log(np.cumsum(weights * np.exp(x)))
    return {
        "logsumexp": lambda: sums[-1],
        "softmax": lambda: np.exp(x - sums[-1]),
        "log-softmax": lambda: x - sums[-1],
        "cumulative": lambda: sums,
        "log-add-exp": lambda: np.logaddexp(x, row("other")),
        "softplus": lambda: np.logaddexp(0, x),
    }[operation]()
