"""The published bounds, the figures that were aimed for, and what is beyond them.

In ULP of the exact value for each operation and type; `subnormal` where that is a subnormal number and a ULP the
least of the type; `sums` for |sum of a row's softmax - 1| in unit roundoffs. An LSE of Doubles below 2^-47 is apart:
`nearZero` where max and log-sum cancel, an absolute error; `small`, in ULP, where they do not. `share` for errors as
parts of the bound that docs/semantics.md states, where that depends on the input's condition.
"""

PARTS = ["rows", "further", "elementwise"]
OPERATIONS, TYPES = ["logsumexp", "softmax", "log-softmax"], ["float32", "float64"]
KINDS = ["sums", "nearZero", "small", "share"]
NEAR_ZERO = 2.0**-100


def limits(lse, softmax, log_softmax, subnormal, sums, small):
    """Limits of one kind of kernels: pairs for Float and Double where there are two."""
    ulp = dict(zip(OPERATIONS, (lse, softmax, log_softmax)))
    return {"ulp": ulp, "subnormal": subnormal, "sums": sums, "small": small}


# By configuration, or by its first word.
BOUNDS = {
    "fused": limits((1.5, 2), (4, 5), (2.5, 4), 2.5, (4, 4), 3),
    "fused portable": limits((2, 2), (4, 4), (2.5, 2.5), 2.5, (4, 4), 3),
    "blas": limits((2, 2), (6, 8), (2.5, 4), 7, (4, 9), 6),
    "swift": limits((2, 2), (4.5, 4.5), (2.5, 2.5), 2.5, (4, 4), 1.5),
}
AIMS = {
    "fused": limits((1, 1), (3, 3), (1.5, 1.5), 1, (4, 4), float("inf")),
    "swift": limits((1.5, 1.5), (4.5, 4.5), (2.25, 2.25), 1.5, (4, 4), float("inf")),
}
PLAIN = ("fused portable",)  # without an aim

# The other operations on rows, on every engine, plan and kernel: ULP of Float and Double, and the aims where there are.
FURTHER = {
    "mean": (1.25, 1),
    "weighted": (1, 1.25),
    "signed": (1, 1.25),
    "cumulative": (0.6, 1.5),
    "max and log-sum": (2.5, 4),
    "picks": (2.5, 4),
    "masked": (0, 0),
}
FURTHER_AIMS = {"cumulative": (0.6, 1)}
SIXTEEN_BITS, SIXTEEN_BIT_ULP = ["bfloat16", "float16"], 0.51
# Functions of numbers: ULP of Float and Double, alone and then over arrays.
ELEMENTWISE = {
    "logAddExp": ((0.51, 1), (1, 1)),
    "logAddExp2": ((0.51, 1), (0.55, 1)),
    "logSubtractExp": ((0.51, 1), (0.51, 1)),
    "softplus": ((0.51, 0.75), (0.8, 0.75)),
    "logExpm1": ((0.51, 0.75), (0.51, 0.75)),
    "log1mExp": ((0.51, 0.75), (0.51, 0.75)),
    "logistic": ((0.51, 0.6), (0.8, 0.6)),
    "logLogistic": ((0.51, 0.75), (0.8, 0.75)),
    "logit": ((0.51, 0.75), (0.51, 0.75)),
    "logCosh": ((0.51, 1), (0.51, 1)),
    "logMix": ((0.51, 1), (0.51, 1)),
    "xLogX": ((0.51, 0.75), (0.51, 0.75)),
    "xLogY": ((0.51, 0.75), (0.51, 0.75)),
    "xLog1pY": ((0.51, 0.75), (0.51, 0.75)),
}
ELEMENTWISE_NEAR_ZERO = 1.5  # in 2^-100
ELEMENTWISE_AIMS = ((0.51, 1), (1, 1))


def common(table, group, kind):
    """The limit on a group whose operation or type has one for every engine; None where it depends on that."""
    operation, none = group["operation"], float("inf")
    if group["type"] in SIXTEEN_BITS and operation != "masked":
        return SIXTEEN_BIT_ULP if table is BOUNDS and kind in ("normal", "subnormal") else none
    if operation in ELEMENTWISE:
        pairs = ELEMENTWISE[operation] if table is BOUNDS else ELEMENTWISE_AIMS
        ulp = pairs[group["configuration"] != "alone"]
    elif operation in FURTHER:
        ulp = (FURTHER if table is BOUNDS else FURTHER_AIMS).get(operation, (none, none))
    else:
        return None
    index = TYPES.index(group["type"]) if group["type"] in TYPES else 0
    near = NEAR_ZERO * (ELEMENTWISE_NEAR_ZERO if table is BOUNDS else 1)
    return {"nearZero": near, "share": 1}.get(kind, ulp[index])


def limit(table, group, kind):
    """The limit on one kind of results of a group, from `BOUNDS` or `AIMS`; infinite where there is none."""
    if (each := common(table, group, kind)) is not None:
        return each
    configuration = group["configuration"]
    some = table.get(configuration) or table.get(configuration.split()[0])
    if some is None or (table is AIMS and configuration in PLAIN):
        return float("inf")
    index = TYPES.index(group["type"])
    if kind == "normal":
        return some["ulp"][group["operation"]][index]
    return {"subnormal": some["subnormal"], "sums": some["sums"][index], "small": some["small"]}.get(kind, NEAR_ZERO)


def tallies(group):
    """The tallies of a group by kind, those without a result left out."""
    kinds = group["errors"] | {kind: group[kind] for kind in KINDS if kind in group}
    return {kind: each | {"max": float(each["max"])} for kind, each in kinds.items() if each["count"]}


def beyond(table, groups):
    """(error, group, kind, tally, limit) for the worst beyond a limit of each configuration, operation, type, kind."""
    worst = {}
    for group in groups:
        for kind, each in tallies(group).items():
            most = limit(table, group, kind)
            key = (group["configuration"], group["operation"], group["type"], kind)
            if most < float("inf") and not each["max"] <= max(most, worst[key][0] if key in worst else 0):
                worst[key] = (each["max"], group, kind, each, most)
    return [worst[key] for key in sorted(worst)]


def describe(entry):
    """One of those on one line."""
    value, group, kind, each, most = entry
    where = f"{group['family']}, T = {group['temperature']:g}, {each['worst']['input']}"
    return (
        f"{group['configuration']}, {group['operation']} {group['type']}, {kind}: {value:.3g} > {most:g} at {where}: "
        f"got {each['worst']['got']}, exact {each['worst']['exact']}"
    )


def broken(raw):
    """What is beyond the published bounds, a line each."""
    groups = [group for part in PARTS for group in raw[part]]
    return [describe(entry) for entry in beyond(BOUNDS, groups)]
