"""The published bounds, the figures that were aimed for, and what is beyond them.

In ULP of the exact value for each operation and type; `subnormal` where that is a subnormal number and a ULP the
least of the type; `sums` for |sum of a row's softmax - 1| in unit roundoffs. An LSE of Doubles below 2^-47 is apart:
`nearZero` where max and log-sum cancel, an absolute error; `small`, in ULP, where they do not.
"""

OPERATIONS, TYPES = ["logsumexp", "softmax", "log-softmax"], ["float32", "float64"]
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


def limit(table, group, kind):
    """The limit on one kind of results of a group, from `BOUNDS` or `AIMS`; infinite where there is none."""
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
    kinds = group["errors"] | {kind: group[kind] for kind in ("sums", "nearZero", "small")}
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


def broken(groups):
    """What is beyond the published bounds, a line each."""
    return [describe(entry) for entry in beyond(BOUNDS, groups)]
