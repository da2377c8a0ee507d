"""Turns the raw results of compare-peers into Markdown tables, goal lines and plots."""

import itertools
from statistics import geometric_mean, median

from . import workloads

PEERS = {"pytorch": "PyTorch", "jax": "JAX", "onnxruntime": "ONNX Runtime", "scipy": "SciPy"}
OURS = {"ours": "ours", "blas": "ours, `blas` plan", "swift": "ours, Swift engine"}
LIMITS = {"read": "read", "copy": "copy"}
NAMES = PEERS | OURS | LIMITS
TYPES = {"float32": "Float", "float64": "Double", "float16": "Float16", "bfloat16": "BFloat16"}
THREADS = {1: "1 thread", 2: "2 threads"}
SOFTMAX = ["softmax", "log-softmax"]
NOISE = 0.03  # a shortfall below this counts as noise

# Of the grid (workloads.py has the family's): operations, type, threads, whose time over which of ours, goals for every
# shape and for the mean, from columns.
GOALS = [
    (["logsumexp"], "float32", 1, "best peer", "ours", 2.0, 3.0, 1),
    (["logsumexp"], "float32", 2, "best peer", "ours", 2.0, 3.0, 1),
    (SOFTMAX, "float32", 1, "best peer", "ours", 1.05, 1.4, 1),
    (SOFTMAX, "float32", 2, "best peer", "ours", 1.0, None, 1),
    *[(["logsumexp"], "float64", threads, "best peer", "ours", 2.0, None, 1) for threads in THREADS],
    *[(SOFTMAX, "float64", threads, "best peer", "ours", 1.7, 2.2, 1) for threads in THREADS],
    (["logsumexp"], "float32", 1, "pytorch", "swift", 1.0, None, 1),
    (["logsumexp", "softmax"], "float32", 1, "pytorch", "blas", 1.3, None, 128),
]
SCALING_SHAPE, SCALING_GOAL = "1024x1024", 1.8

INTRODUCTION = """Written by `scripts/compare-peers --write`; do not edit.

Nanoseconds per element: medians over {rounds} rounds of {seconds} s for each figure; it took {minutes:.0f} minutes.
Every round visits the peers and this library in turn, one at a time. Each has a process of its own, pinned to as many
processors as it has threads, and must come to rest before the next one starts. Inputs are normal deviates in row-major
order; outputs are allocated beforehand for PyTorch, ONNX Runtime and ours (JAX and SciPy do not allow it). A peer's
result is checked before it is timed. Its time includes the call from Python, which shows at 1x4096, and the page faults
of what it allocates{malloc}. SciPy has one thread.
`read` and `copy` are the limits: reading the input once, and copying it to an output.
A ratio is a peer's time over ours: higher is better for us; **bold** is below the goal."""
OPENBLAS = """OpenBLAS does not know this processor: by itself it takes its kernels for {core}, without {instructions}.
Our process and SciPy's were started with `OPENBLAS_CORETYPE={better}`, as `lse info` advises."""
FAMILY = """Masks, weights, bias, columns, scans, elementwise functions and 16-bit types; nanoseconds for each element
of the input, masked ones too. A random mask keeps half of the elements; lengths are uniform up to the row's. PyTorch
has memory for what it computes on the way, where it takes it (`scratch`).
The last column is our time over that of our plain logsumexp of the same shape and type: lower is better."""


def cases(raw):
    """Medians over the rounds: by (workload, type, threads), then by shape, then by name, "best peer" among them."""
    medians = {}
    for r in raw["results"]:
        shapes = medians.setdefault((r["work"], r["type"], r["threads"]), {})
        shapes.setdefault(r["shape"], {})[r["name"]] = median(r["rounds"])
    for figures in (figures for shapes in medians.values() for figures in shapes.values()):
        if peers := [figures[name] for name in PEERS if name in figures]:
            figures["best peer"] = min(peers)
    return medians


def ratios(shapes, peer, ours, columns=1):
    """A peer's time over ours, by shape."""
    both = {shape: figures for shape, figures in shapes.items() if {peer, ours} <= figures.keys()}
    return {shape: f[peer] / f[ours] for shape, f in both.items() if int(shape.split("x")[1]) >= columns}


def number(value):
    return "–" if value is None else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def table(rows, numeric=0):
    """A Markdown table, the head first; columns from `numeric` on, if any, are aligned to the right."""
    widths = [max(3, *map(len, column)) for column in zip(*rows)]
    right = [0 < numeric <= index for index in range(len(widths))]
    rule = ["-" * (width - 1) + (":" if r else "-") for width, r in zip(widths, right)]
    pad = [[c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right)] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in [pad[0], rule, *pad[1:]])


def grid(raw, medians):
    """Of the medians those of the grid."""
    works = workloads.GRID if "grid" in raw["settings"]["only"] else []
    kinds = {(work.name, dtype) for work in works for dtype in work.types}
    return {key: shapes for key, shapes in medians.items() if key[:2] in kinds}


def family(raw, medians, threads):
    """What the family measured: workload, type, shape and figures, those of plain logsumexp as "plain" among them."""
    for work in workloads.FAMILY if "family" in raw["settings"]["only"] else []:
        for dtype in work.types:
            shapes = medians.get((work.name, dtype, threads), {})
            plain = medians.get(("logsumexp", dtype, threads), {}) if work.plain_ratio else {}
            for shape in (shape for shape in work.shapes if "ours" in shapes.get(shape, {})):
                both = {"plain": plain[shape]["ours"]} if "ours" in plain.get(shape, {}) else {}
                yield work, dtype, shape, shapes[shape] | both


def times(key, shapes):
    """The table of one operation, type and thread count."""
    operation, *case = key
    goal = next((g[5] for g in GOALS if operation in g[0] and [*g[1:5]] == [*case, "best peer", "ours"]), 0)
    names = [name for name in NAMES if any(name in figures for figures in shapes.values())]
    ratio = ratios(shapes, "best peer", "ours")
    rows = [["rows x columns", *(NAMES[name] for name in names), "best peer / ours"]]
    for shape, figures in shapes.items():
        mark = "**" if ratio.get(shape, goal) < goal else ""
        rows.append([shape, *(number(figures.get(name)) for name in names), mark + number(ratio.get(shape)) + mark])
    if ratio:
        rows.append(["geometric mean", *[""] * len(names), number(geometric_mean(ratio.values()))])
    return table(rows, numeric=1)


def family_times(raw, medians, threads):
    """The table of the family for one thread count, or nothing."""
    measured = [*family(raw, medians, threads)]
    names = [name for name in [*PEERS, "ours"] if any(name in figures for *_, figures in measured)]
    ends = ["PyTorch / ours", "best peer / ours", "ours / plain"]
    rows = [["workload", "type", "rows x columns", *(NAMES[name] for name in names), *ends]]
    for work, dtype, shape, f in measured:
        ratio = f["pytorch"] / f["ours"] if "pytorch" in f else None
        best = f["best peer"] / f["ours"] if "best peer" in f else None
        plain = f["ours"] / f["plain"] if "plain" in f else None
        below = "**" if ratio and ratio < work.pytorch_ratio else ""
        above = "**" if plain and plain > work.plain_ratio else ""
        ratios = [below + number(ratio) + below, number(best), above + number(plain) + above]
        rows.append([work.name, TYPES[dtype], shape, *(number(f.get(name)) for name in names), *ratios])
    return table(rows, numeric=3) if measured else None


def expressions():
    """The table of what the peers compute for the family."""
    peers = {peer: label for peer, label in PEERS.items() if peer != "onnxruntime"}
    code = {}
    for work in workloads.FAMILY:
        cells = [f"`{getattr(work, peer)}`" if getattr(work, peer) else "–" for peer in peers]
        code.setdefault(work.name, [work.name, *cells])
    return table([["workload", *peers.values()], *code.values()])


def goals(raw, medians):
    """The table of the goals that the results can judge."""
    rows = [["goal", "asked", "measured", "verdict"]]

    def judge(name, goal, value, note="", least=True):
        excess = value / goal if least else goal / value
        verdict = "met" if excess >= 1 else "within noise" if excess >= 1 - NOISE else "**not met**"
        rows.append([name, f"{'>=' if least else '<='} {goal}", number(value) + note, verdict])

    shown = grid(raw, medians)
    for operations, dtype, threads, peer, ours, each, mean, columns in GOALS:
        for operation in operations:
            if ratio := ratios(shown.get((operation, dtype, threads), {}), peer, ours, columns):
                name = f"{operation} {TYPES[dtype]}, {THREADS[threads]}: {NAMES.get(peer, peer)} / {NAMES[ours]}"
                worst, start = min(ratio, key=ratio.get), f" from {columns} columns" * (columns > 1)
                judge(f"{name}, every shape{start}", each, ratio[worst], f" at {worst}, lowest of {len(ratio)}")
                if mean:
                    judge(f"{name}, geometric mean", mean, geometric_mean(ratio.values()))
    for operation, dtype, threads in shown:
        both = [shown.get((operation, dtype, t), {}).get(SCALING_SHAPE, {}).get("ours") for t in THREADS]
        if threads == 1 and all(both):
            name = f"{operation} {TYPES[dtype]}, {SCALING_SHAPE}: ours with 1 thread / with 2"
            judge(name, SCALING_GOAL, both[0] / both[1])
    for work, threads in itertools.product(workloads.FAMILY, THREADS):
        figures = {f"{TYPES[d]} {s}": f for w, d, s, f in family(raw, medians, threads) if w is work}
        for top, bottom, goal, least in [
            ("pytorch", "ours", work.pytorch_ratio, True),
            ("ours", "plain", work.plain_ratio, False),
        ]:
            ratio = {case: f[top] / f[bottom] for case, f in figures.items() if {top, bottom} <= f.keys()}
            if goal and ratio:
                worst = (min if least else max)(ratio, key=ratio.get)
                types = ", ".join(TYPES[dtype] for dtype in work.types)
                name = f"{work.name} {types}, {THREADS[threads]}: {NAMES[top]} / {NAMES.get(bottom, 'plain logsumexp')}"
                judge(name, goal, ratio[worst], f" at {worst}, worst of {len(ratio)}", least)
    return table(rows)


def render(raw, plots={}):
    """The whole report, with the file of a plot by (operation, type, threads)."""
    medians, settings = cases(raw), raw["settings"]
    malloc = " (few: its malloc was told to keep what is freed)" if settings["reuse_memory"] else ""
    introduction = INTRODUCTION.format(malloc=malloc, **settings)
    parts = ["# Side by side with PyTorch, JAX, ONNX Runtime and SciPy", introduction]
    parts += ["## Machine", table([["", ""], *([key, str(value)] for key, value in raw["machine"].items())])]
    if raw["openblas"]:
        parts += [OPENBLAS.format(**raw["openblas"])]
    parts += ["## Goals", goals(raw, medians)]
    for key, shapes in grid(raw, medians).items():
        title = f"{key[0]}, {TYPES[key[1]]}, {THREADS.get(key[2], key[2])}"
        parts += [f"## {title}", times(key, shapes)] + ([f"![{title}]({plots[key]})"] if key in plots else [])
    for threads, title in THREADS.items():
        if figures := family_times(raw, medians, threads):
            parts += [f"## The rest of the family, {title}"] + [FAMILY] * (threads == 1) + [figures]
    if "family" in raw["settings"]["only"]:
        parts += ["## What the peers compute for the family", expressions()]
    if raw["failures"]:
        parts += ["## Failures", "\n".join(f"- {failure}" for failure in raw["failures"])]
    return "\n\n".join(parts)


def plot(key, shapes, path):
    """Nanoseconds per element against row length, both logarithmic, as SVG; shapes of one row are left out."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 10}
    from matplotlib import pyplot, ticker

    points = sorted((int(s.split("x")[1]), s.split("x")[0], f) for s, f in shapes.items() if not s.startswith("1x"))
    canvas, axes = pyplot.subplots(figsize=(8, 4.8), layout="constrained")
    colors = ["#d1603d", "#5b8e7d", "#8c6bb1", "#c2a83e", "#1f4e9c", "#5f9ed1", "#8fb8de", "#555555", "#999999"]
    for color, (name, label) in zip(colors, NAMES.items()):
        line = [(columns, figures[name]) for columns, _, figures in points if name in figures]
        style = {"linestyle": "--"} if name in LIMITS else {"marker": "o", "markersize": 4}
        axes.plot(*zip(*line), label=label.replace("`", ""), color=color, linewidth=1 + 2 * (name == "ours"), **style)
    axes.set(xscale="log", yscale="log", xlabel="columns (rows below)", ylabel="nanoseconds per element")
    axes.set_title(f"{key[0]}, {TYPES[key[1]]}, {THREADS[key[2]]}: lower is better")
    axes.set_xticks([p[0] for p in points], [f"{p[0]}\n{p[1]}" for p in points], fontsize=8)
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())
    axes.grid(color="#e5e5e5")
    axes.spines[["top", "right"]].set_visible(False)
    canvas.legend(loc="outside right center", frameon=False)
    canvas.savefig(path, metadata={"Date": None})
    pyplot.close(canvas)


def write(raw, docs):
    """Writes peers.md and plots/*.svg below `docs`."""
    (docs / "plots").mkdir(parents=True, exist_ok=True)
    plots = {}
    for key, shapes in grid(raw, cases(raw)).items():
        if key[2] == 1:
            plots[key] = f"plots/peers-{key[0]}-{key[1]}.svg"
            plot(key, shapes, docs / plots[key])
    (docs / "peers.md").write_text(render(raw, plots) + "\n")
