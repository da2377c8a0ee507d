"""What compare-peers times: one table of workloads. The next workload is one more entry of it.

An operation and its variation are named as `lse benchmark` names them. What a peer computes is an expression in its
library and in the names of arrays.py, which also has the right results that it is checked against.
"""

from dataclasses import dataclass, replace

SHAPES = ("100000x10", "32768x32", "8192x128", "1024x1024", "256x50257", "64x128256", "8x1000000", "1x4096")


@dataclass(frozen=True)
class Workload:
    """An operation, what the peers compute for it, where it is timed and what is asked of it."""

    operation: str
    variation: str = ""
    pytorch: str = ""
    jax: str = ""
    onnxruntime: str = ""
    scipy: str = ""
    shapes: tuple = ("1024x1024",)
    types: tuple = ("float32",)
    # Which of ours, and which limits of the machine, are timed beside the peers.
    ours: tuple = ("ours",)
    # PyTorch's time over ours: at least; our time over that of our plain logsumexp of the same shape: at most.
    pytorch_ratio: float = 0
    plain_ratio: float = 0

    @property
    def name(self):
        return f"{self.operation} {self.variation}".strip()


EVERYWHERE = {"shapes": SHAPES, "types": ("float32", "float64"), "ours": ("ours", "blas", "swift", "read", "copy")}

# Three operations on every shape, by all that is there.
GRID = [
    Workload(
        "logsumexp",
        pytorch="torch.logsumexp(x, 1, out=y)",
        jax="jax.nn.logsumexp(x, axis=1)",
        onnxruntime="node('ReduceLogSumExp', x, y, axes=[1], keepdims=0)",
        scipy="special.logsumexp(x, axis=1)",
        **EVERYWHERE,
    ),
    Workload(
        "softmax",
        pytorch="torch.softmax(x, 1, out=y)",
        jax="jax.nn.softmax(x, axis=1)",
        onnxruntime="node('Softmax', x, y, axis=1)",
        scipy="special.softmax(x, axis=1)",
        **EVERYWHERE,
    ),
    Workload(
        "log-softmax",
        pytorch="torch.log_softmax(x, 1, out=y)",
        jax="jax.nn.log_softmax(x, axis=1)",
        onnxruntime="node('LogSoftmax', x, y, axis=1)",
        scipy="special.log_softmax(x, axis=1)",
        **EVERYWHERE,
    ),
]

REDUCED = {"shapes": ("1024x1024", "8192x128", "64x128256"), "plain_ratio": 1.3}
BY_COLUMN = {"shapes": ("1024x1024", "50257x256")}
VECTOR = {"shapes": ("1x1000000",)}
HALVES = {"shapes": ("1024x1024",), "types": ("float16", "bfloat16"), "ours": ("ours",)}

# The rest of the family, each where it matters.
FAMILY = [
    replace(GRID[0], shapes=REDUCED["shapes"], types=("float32",), ours=("ours",)),
    Workload(
        "logsumexp",
        "masked",
        pytorch="torch.logsumexp(torch.where(mask, x, torch.tensor(-inf), out=scratch), 1, out=y)",
        jax="jax.nn.logsumexp(x, axis=1, where=mask)",
        scipy="special.logsumexp(x, axis=1, b=mask)",
        **REDUCED,
    ),
    Workload("logsumexp", "lengths", **REDUCED),
    Workload("logsumexp", "causal", **REDUCED),
    Workload(
        "logsumexp",
        "weighted-columns",
        pytorch="torch.logsumexp(torch.add(x, torch.log(column_weights), out=scratch), 1, out=y)",
        jax="jax.nn.logsumexp(x, axis=1, b=column_weights)",
        scipy="special.logsumexp(x, axis=1, b=column_weights)",
        **REDUCED,
    ),
    Workload(
        "logsumexp",
        "weighted-elements",
        pytorch="torch.logsumexp(torch.add(x, torch.log(weights, out=scratch), out=scratch), 1, out=y)",
        jax="jax.nn.logsumexp(x, axis=1, b=weights)",
        scipy="special.logsumexp(x, axis=1, b=weights)",
        **REDUCED,
    ),
    Workload(
        "softmax",
        "masked",
        pytorch="torch.softmax(torch.where(mask, x, torch.tensor(-inf), out=scratch), 1, out=y)",
        jax="jax.nn.softmax(x, axis=1, where=mask)",
        scipy="special.softmax(np.where(mask, x, -inf), axis=1)",
        pytorch_ratio=6,
    ),
    Workload(
        "softmax",
        "causal",
        pytorch="torch.softmax(torch.where(causal, x, torch.tensor(-inf), out=scratch), 1, out=y)",
        jax="jax.nn.softmax(x, axis=1, where=causal)",
        scipy="special.softmax(np.where(causal, x, -inf), axis=1)",
    ),
    Workload(
        "softmax",
        "biased",
        pytorch="torch.softmax(torch.add(x, bias, out=scratch), 1, out=y)",
        jax="jax.nn.softmax(x + bias, axis=1)",
        scipy="special.softmax(x + bias, axis=1)",
    ),
    Workload(
        "logsumexp",
        "by-column",
        pytorch="torch.logsumexp(x, 0, out=y)",
        jax="jax.nn.logsumexp(x, axis=0)",
        onnxruntime="node('ReduceLogSumExp', x, y, axes=[0], keepdims=0)",
        scipy="special.logsumexp(x, axis=0)",
        pytorch_ratio=4,
        **BY_COLUMN,
    ),
    Workload(
        "softmax",
        "by-column",
        pytorch="torch.softmax(x, 0, out=y)",
        jax="jax.nn.softmax(x, axis=0)",
        onnxruntime="node('Softmax', x, y, axis=0)",
        scipy="special.softmax(x, axis=0)",
        pytorch_ratio=3,
        **BY_COLUMN,
    ),
    Workload(
        "cumulative",
        pytorch="torch.logcumsumexp(x, 1, out=y)",
        jax="jax.lax.cumlogsumexp(x, axis=1)",
        scipy="np.logaddexp.accumulate(x, axis=1, out=y)",
        pytorch_ratio=15,
    ),
    Workload(
        "log-add-exp",
        pytorch="torch.logaddexp(x, other, out=y)",
        jax="jnp.logaddexp(x, other)",
        scipy="np.logaddexp(x, other, out=y)",
        pytorch_ratio=2.5,
        **VECTOR,
    ),
    Workload(
        "softplus",
        pytorch="torch.nn.functional.softplus(x, out=y)",
        jax="jax.nn.softplus(x)",
        onnxruntime="node('Softplus', x, y)",
        scipy="-special.log_expit(-x)",
        pytorch_ratio=2.5,
        **VECTOR,
    ),
    replace(GRID[0], onnxruntime="", scipy="", pytorch_ratio=2, **HALVES),
    replace(GRID[1], onnxruntime="", scipy="", pytorch_ratio=2, **HALVES),
]
