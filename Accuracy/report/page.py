"""Turns the raw results of scripts/accuracy into docs/accuracy.md."""

from peers.report import table
from report import bounds, plots, text
from report.bounds import OPERATIONS, TYPES

NAMES = {"float32": "Float", "float64": "Double", "float16": "Float16", "bfloat16": "BFloat16", "logsumexp": "LSE"}
PEERS = {"scipy": "SciPy", "pytorch": "PyTorch", "jax": "JAX"}
SIDE_BY_SIDE = {"fused avx512": "ours, fused avx512", "swift": "ours, swift", **PEERS}
EXTRA = plots.EXTRA_FAMILIES  # for a plot only


def name(key):
    return NAMES.get(key, key)


def number(value):
    """An error, in at most five characters."""
    if value == float("inf"):
        return "inf"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}" if value < 1e5 else f"{value:.0e}"


def pick(groups, **wanted):
    return [group for group in groups if all(group[key] == value for key, value in wanted.items())]


def largest(groups, kind="normal"):
    """(error, group, tally) for the worst of some groups; None without results."""
    found = [(g, bounds.tallies(g)[kind]) for g in groups if kind in bounds.tallies(g)]
    return max(((each["max"], group, each) for group, each in found), key=lambda entry: entry[0], default=None)


def cell(groups, kind="normal", limit=float("inf"), scale=1):
    """The largest error of some groups, bold beyond a limit."""
    if not (entry := largest(groups, kind)):
        return "–"
    mark = "**" if entry[0] * scale > limit else ""
    return mark + number(entry[0] * scale) + mark


def mean(groups):
    each = [bounds.tallies(group)["normal"] for group in groups if "normal" in bounds.tallies(group)]
    total = sum(tally["count"] for tally in each)
    return number(sum(float(tally["sum"]) for tally in each) / total) if total else "–"


def cases():
    return [(operation, kind) for operation in OPERATIONS for kind in TYPES]


def ours(groups):
    """Our configurations, in the order measured."""
    return [c for c in dict.fromkeys(group["configuration"] for group in groups) if c not in PEERS]


def promised(groups):
    """The bounds beside what was measured."""
    rows = [["engine, plan, kernel", "operation", "type", "bound", "measured", "mean", "aim"]]
    for configuration in ours(groups):
        for operation, kind in cases():
            some = pick(groups, configuration=configuration, operation=operation, type=kind)
            bound, aim = (bounds.limit(each, some[0], "normal") for each in (bounds.BOUNDS, bounds.AIMS))
            row = [configuration, name(operation), name(kind), f"{bound:g}", cell(some, limit=aim), mean(some)]
            rows.append([*row, f"{aim:g}" if aim < float("inf") else "–"])
    return table(rows, numeric=True)


def others(groups):
    """Subnormal results, row sums and LSE near 0."""
    columns = [(f"{name(o)} {name(k)}, subnormal", "subnormal", o, k) for o, k in cases()]
    columns += [(f"sums {name(kind)}", "sums", "softmax", kind) for kind in TYPES]
    columns += [("LSE near 0", "nearZero", "logsumexp", "float64"), ("small LSE", "small", "logsumexp", "float64")]
    rows = [["engine, plan, kernel", *(title for title, *_ in columns)]]
    for configuration in ours(groups):
        row = [configuration]
        for _, what, operation, kind in columns:
            some = pick(groups, configuration=configuration, operation=operation, type=kind)
            scale = 2.0**100 if what == "nearZero" else 1
            row.append(cell(some, what, bounds.limit(bounds.AIMS, some[0], what) * scale, scale))
        rows.append(row)
    return table(rows, numeric=True)


def by_form(groups, names, kinds):
    """Bounds and largest errors of operations that have the same bound everywhere, a column an engine and kernel."""
    forms = ours(groups)
    rows = [["operation", "type", "bound", *forms, "subnormal", "of the stated bound"]]
    for operation in names:
        for kind in kinds:
            some = pick(groups, operation=operation, type=kind)
            row = [name(operation), name(kind), f"{bounds.limit(bounds.BOUNDS, some[0], 'normal'):g}"]
            aim = bounds.limit(bounds.AIMS, some[0], "normal")
            row += [cell(pick(some, configuration=form), limit=aim) for form in forms]
            rows.append([*row, cell(some, "subnormal"), cell(some, "share")])
    if all(row[-1] == "–" for row in rows[1:]):
        rows = [row[:-1] for row in rows]
    return table(rows, numeric=True)


def functions(groups):
    """The functions of numbers: alone, and over arrays by each kernel."""
    forms = ours(groups)
    rows = [["function", "type", "bound", "alone", "bound, arrays", *forms[1:], "subnormal", "near 0"]]
    for operation, (alone, arrays) in bounds.ELEMENTWISE.items():
        for index, kind in enumerate(TYPES):
            some = pick(groups, operation=operation, type=kind)
            aims = [pair[index] for pair in bounds.ELEMENTWISE_AIMS]
            each = [cell(pick(some, configuration=form), limit=aims[form != "alone"]) for form in forms]
            row = [f"`{operation}`", name(kind), f"{alone[index]:g}", each[0], f"{arrays[index]:g}", *each[1:]]
            rows.append([*row, cell(some, "subnormal"), cell(some, "nearZero", scale=2.0**100)])
    return table(rows, numeric=True)


def masked(groups):
    """What the spot check of masks found, in words."""
    some = pick(groups, operation="masked")
    count = sum(group["errors"]["normal"]["count"] for group in some)
    differing = sum(group["errors"]["normal"]["misrounded"] for group in some)
    return text.MASKED.format(count=count, differing=differing or "none")


def witnesses(groups, kinds=("normal", "share")):
    """Where the largest errors of each operation and type were met; one line for all that met the same."""
    rows = [["operation", "type", "error", "engine, plan, kernel", "rows", "T", "input", "got", "exact"]]
    for operation in dict.fromkeys(group["operation"] for group in groups):
        for kind in dict.fromkeys(group["type"] for group in pick(groups, operation=operation)):
            for what in kinds:
                rows += met(pick(groups, operation=operation, type=kind), operation, kind, what)
    return table(rows)


def met(groups, operation, kind, what):
    same = {}
    for configuration in ours(groups):
        entry = largest(pick(groups, configuration=configuration), what)
        if not entry or not (worst := entry[2].get("worst")):
            continue
        key = (number(entry[0]), entry[1]["family"], f"{entry[1]['temperature']:g}")
        key += (worst["input"], worst["got"], worst["exact"])
        same.setdefault(key, []).append(configuration)
    unit = {"share": " of the bound"}.get(what, "")
    return [
        [name(operation), name(kind), error + unit, ", ".join(configurations), *place]
        for (error, *place), configurations in same.items()
    ]


def small_bounds():
    """The bounds on what `others` shows."""
    rows = [["engine, plan, kernel", "subnormal", "sums Float", "sums Double", "LSE near 0", "small LSE"]]
    for key, each in bounds.BOUNDS.items():
        row = [key, *(f"{x:g}" for x in (each["subnormal"], *each["sums"], 1, each["small"]))]
        rows.append(row)
    return table(rows, numeric=True)


def exponentials(raw):
    """The kernels' exponentials by themselves."""
    rows = [["kernel", "type", "form", "arguments", "ULP", "at", "not nearest", "subnormal", "at"]]
    for group in raw["exponentials"]:
        normal, subnormal = group["errors"]["normal"], group["errors"]["subnormal"]
        row = [group["variant"], name(group["type"]), group["form"], f"{normal['count'] + subnormal['count']:.2g}"]
        row += [f"{float(normal['max']):.3f}", normal["worst"]["input"]]
        row += [f"{100 * normal['misrounded'] / normal['count']:.2f} %", f"{float(subnormal['max']):.3f}"]
        rows.append([*row, subnormal.get("worst", {}).get("input", "–")])
    return table(rows)


def side_by_side(groups, operation, kind):
    """Errors by family at T = 1, beside the peers."""
    some = [g for g in pick(groups, operation=operation, type=kind, temperature=1) if g["family"] not in EXTRA]
    some = [g for g in some if g["family"] != "[0, x]"]
    rows = [["rows", *SIDE_BY_SIDE.values()]]
    for family in dict.fromkeys(group["family"] for group in some):
        each = pick(some, family=family)
        rows.append([family, *(cell(pick(each, configuration=c)) for c in SIDE_BY_SIDE)])
    rows.append(["mean of all", *(mean(pick(some, configuration=c)) for c in SIDE_BY_SIDE)])
    return table(rows, numeric=True)


def temperatures(groups):
    rows = [["operation", "type", "T", *SIDE_BY_SIDE.values()]]
    for operation, kind in cases():
        some = [g for g in pick(groups, operation=operation, type=kind) if g["family"] in plots.NORMAL]
        for temperature in sorted({group["temperature"] for group in some}):
            each = pick(some, temperature=temperature)
            row = [name(operation), name(kind), f"{temperature:g}"]
            rows.append([*row, *(cell(pick(each, configuration=c)) for c in SIDE_BY_SIDE)])
    return table(rows, numeric=True)


def worst(groups):
    """Where each configuration has its largest errors."""
    rows = [["engine, plan, kernel", "operation", "type", "ULP", "rows", "T", "input", "got", "exact"]]
    for configuration in ours(groups):
        for operation, kind in cases():
            some = pick(groups, configuration=configuration, operation=operation, type=kind)
            error, group, each = largest(some)
            place = [group["family"], f"{group['temperature']:g}", each["worst"]["input"]]
            row = [configuration, name(operation), name(kind), number(error), *place]
            rows.append([*row, each["worst"]["got"], each["worst"]["exact"]])
    return table(rows)


def machine(raw):
    facts = {key: value for key, value in raw["machine"].items() if key != "onnxruntime"}
    facts |= {"OpenBLAS": raw.get("openblas") or "absent", "OpenBLAS core": raw.get("core") or "–"}
    facts |= {"command": "`scripts/accuracy`", "took": f"{raw['minutes']:.0f} minutes"}
    return table([["", ""], *([key, str(value)] for key, value in facts.items())])


def missed(raw):
    """What is beyond the aims, a line each."""
    groups = [group for part in bounds.PARTS for group in raw[part]]
    same = {}
    for entry in bounds.beyond(bounds.AIMS, groups):
        configuration, rest = bounds.describe(entry).split(", ", 1)
        same.setdefault(rest, []).append(configuration)
    return "\n".join(f"- {', '.join(each)}: {rest}" for rest, each in same.items()) or "None."


def further(raw):
    """The tables of the other operations, types and functions."""
    names = [each for each in bounds.FURTHER if each != "masked"]
    return [
        by_form(raw["further"], names, TYPES),
        masked(raw["further"]),
        by_form(raw["further"], OPERATIONS, bounds.SIXTEEN_BITS),
        functions(raw["elementwise"]),
    ]


def summary(raw):
    """The tables of this library alone."""
    rows = raw["rows"]
    parts = ["Errors in ULP; **bold** is beyond the aim.", promised(rows), others(rows), *further(raw), exponentials(raw)]
    return "\n\n".join([*parts, "Beyond the aims:", missed(raw)])


def write(raw, docs):
    """Writes accuracy.md and plots/accuracy-*.svg below `docs`."""
    rows = raw["rows"]
    names = {key: value for key, value in raw["machine"].items() if key in ("scipy", "torch", "jax")}
    parts = [text.TITLE, text.PROMISE, promised(rows), text.OTHERS, small_bounds(), text.MEASURED, others(rows)]
    tables = further(raw)
    parts += [text.FURTHER, *tables[:2], text.SIXTEEN_BITS, tables[2], text.FUNCTIONS, tables[3]]
    parts += [text.CONDITION, text.MISSED, missed(raw)]
    parts += [text.PEERS.format(**names)]
    for operation, kind in cases():
        parts += [f"### {name(operation)}, {name(kind)}", side_by_side(rows, operation, kind)]
    parts += [text.SPREAD, *plots.write(rows, docs, "spread"), text.LENGTH, *plots.write(rows, docs, "length")]
    parts += [text.TEMPERATURE, temperatures(rows), text.EXPONENTIALS, exponentials(raw)]
    others_of = [group for group in raw["further"] if group["operation"] != "masked"]
    parts += [text.WORST, worst(rows), text.WORST_FURTHER, witnesses(others_of), witnesses(raw["elementwise"])]
    parts += [text.METHOD.format(**raw["reference"]), machine(raw)]
    (docs / "accuracy.md").write_text("\n\n".join(parts) + "\n")
