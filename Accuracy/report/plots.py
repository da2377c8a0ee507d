"""Plots of the largest error against the spread and the length of rows."""

OPERATIONS = {"logsumexp": "LSE", "softmax": "softmax", "log-softmax": "log-softmax"}
SERIES = {
    "scipy": ("SciPy", "#c2a83e"),
    "pytorch": ("PyTorch", "#d1603d"),
    "jax": ("JAX", "#5b8e7d"),
    "swift": ("ours, swift", "#8fb8de"),
    "fused avx512": ("ours, fused avx512", "#1f4e9c"),
}
PREFIX = "normal, sigma "
NORMAL = [PREFIX + sigma for sigma in ("1", "5", "20")]
EXTRA_FAMILIES = [PREFIX + sigma for sigma in ("0.01", "0.1", "0.3", "2", "10", "50", "100")]
SPREAD_LENGTH = 1024


def point(group, axis):
    """Where a group belongs on an axis; None where it does not."""
    if group["temperature"] != 1 or not group["family"].startswith(PREFIX):
        return None
    if axis == "length":
        return group["length"] if group["family"] == PREFIX + "5" else None
    return float(group["family"][len(PREFIX) :]) if group["length"] == SPREAD_LENGTH else None


def draw(groups, axis, operation, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "accuracy", "svg.fonttype": "none", "font.size": 10}
    from matplotlib import pyplot

    canvas, both = pyplot.subplots(1, 2, figsize=(9, 3.8), layout="constrained", sharey=True)
    for axes, (kind, title) in zip(both, {"float32": "Float", "float64": "Double"}.items()):
        for configuration, (label, color) in SERIES.items():
            some = [
                (point(group, axis), max(float(group["errors"]["normal"]["max"]), 0.1))
                for group in groups
                if (group["configuration"], group["operation"], group["type"]) == (configuration, operation, kind)
                and point(group, axis) is not None
            ]
            if some:
                width = 2.5 if configuration == "fused avx512" else 1.2
                axes.plot(*zip(*sorted(some)), label=label, color=color, linewidth=width, marker="o", markersize=3)
        xlabel = "columns" if axis == "length" else "standard deviation of the elements"
        axes.set(xscale="log", yscale="log", xlabel=xlabel, title=f"{OPERATIONS[operation]}, {title}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(color="#e5e5e5")
        axes.spines[["top", "right"]].set_visible(False)
    both[0].set_ylabel("largest error in ULP")
    handles, labels = both[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside right center", frameon=False)
    canvas.savefig(path, metadata={"Date": None})
    pyplot.close(canvas)


def write(groups, docs, axis):
    """Draws one plot an operation; gives the lines that show them."""
    (docs / "plots").mkdir(parents=True, exist_ok=True)
    lines = []
    for operation in OPERATIONS:
        path = f"plots/accuracy-{axis}-{operation}.svg"
        draw(groups, axis, operation, docs / path)
        lines.append(f"![{OPERATIONS[operation]}: largest error by {axis}]({path})")
    return lines
