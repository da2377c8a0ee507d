"""The prose of docs/accuracy.md."""

TITLE = """# Accuracy: what is promised, and what was measured

Written by `scripts/accuracy`; do not edit.

An error is the distance of a result from the exact value for the elements as they are, in ULP: the spacing of the
type's numbers around the exact value. The nearest number has an error of at most 0.5. *Measured* is the largest error
met, at any temperature, on the rows listed under "How it was measured"; a measurement finds errors, it does not exclude
larger ones. `simd` gives the bits of `fused`."""

PROMISE = """## Bounds

Of results that are normal numbers, an LSE of Doubles below 2^-47 excepted (next section). A bound is the largest error
ever met, rounded up; `scripts/accuracy` exits with 1 where it is broken. *Aim* is what the kernels were designed for;
a measured figure beyond it is **bold** and stands under "Beyond the aims"."""

OTHERS = """## Small results, and row sums

- *Subnormal*: results whose exact value is below the least normal number; a ULP is then the least number of the type.
- *Sums*: how far the elements of a row of softmax, added up exactly, are from 1, in unit roundoffs (2^-24, 2^-53).
- *LSE near 0*: absolute error, in 2^-100, of an LSE of Doubles below 2^-47 where max and log-sum cancel.
- *Small LSE*: error in ULP of one below 2^-47 where they do not: the max is 0 or nearly so, as in `[0, -40]`.

Bounds:"""

MEASURED = "Measured:"

FURTHER = """## Further operations

The bounds are the same on every engine, plan and kernel. *mean*: `logMeanExp`. *weighted*, *signed*: `logSumExp` and
`signedLogSumExp` with weights of one sign and of both, over many orders of magnitude, some 0, some that cancel; the
sign is compared too. *cumulative*: at up to 16 columns of a long row. *max and log-sum*: `maxAndLogSum`, the max
exactly. *picks*: `logProbabilities(of:)`, for half of the rows that of the max.

The first four depend on the input's condition. *Of the stated bound* is the largest error as a part of what
docs/semantics.md and the functions' documentation state for that input:

- mean, weighted, signed: 1 ULP, and 2 u T sum of |w| exp(x / T) (1 + (a - x) / T) over |sum of w exp(x / T)|, a the
  max, u the unit roundoff. Sums for which that is above 2 % of T are not measured.
- cumulative: 0.6 ULP (Float) and 1.5 (Double); where max and log-sum cancel, half an ULP and 2^-31 and 2^-53 of the
  log-sum.

The ULP of these four are those of inputs for which that is at most 2 ULP, or nothing cancels."""

MASKED = "Masked rows, by a mask and with -inf in the masked places: of {count:,} results {differing} differ in a bit."

SIXTEEN_BITS = """### 16-bit rows

In ULP of the 16-bit type: results are Float's, rounded once."""

FUNCTIONS = """### Functions of numbers

Alone, and over arrays; the aims are 0.51 and 1 ULP (Float and Double) alone, 1 over arrays. *Near 0*: absolute error, in 2^-100, of Doubles below 2^-47 whose parts cancel; its bound is 1.5."""

CONDITION = """## Condition

The elements are taken as exact. Where they are rounded results themselves, their own errors matter too, whatever
computes the rest. With s = softmax of x, to first order:

| result | changes, if each x_i changes by at most d, by at most | relative to itself |
|---|---|---|
| LSE | d | d / \\|LSE\\|: the condition number is (sum of s_i \\|x_i\\|) / \\|LSE\\|, without limit near LSE = 0 |
| softmax | 2 d (1 - s_i) s_i | 2 d: no cancellation, at any size of x |
| log-softmax | 2 d (1 - s_i) | 2 d for the dominant element, however small its result; less for others |

(d is absolute. Of an x rounded to u \\|x\\| it is u \\|x\\|, so softmax of scores around 1e4 that were rounded to
Float is good to 1e-3, computed by anything.) The bounds above have no condition in them: an LSE near 0 is within them
although it is ill-conditioned, because rows in which max and log-sum cancel are done again in wider arithmetic."""

MISSED = """## Beyond the aims

Every engine, plan and kernel with an aim, operation, type and kind of result for which an error was measured that is
beyond it, with the worst input."""

PEERS = """## Side by side

Largest errors at T = 1, over all lengths, on the same rows for all: SciPy {scipy}, PyTorch {torch} and JAX {jax} on
this processor. LSE: of Doubles below 2^-47 left out. From 8e6 (Float) and 4e15 (Double) on, nothing of a result is
right: it is 0, as the peers' log-softmax of a dominant element is, or farther off still."""

SPREAD = """## Error against spread

1,024 normal deviates a row; the larger their standard deviation, the fewer elements make up the sum."""

LENGTH = """## Error against length

Normal deviates with standard deviation 5."""

TEMPERATURE = """## Temperatures

Largest errors on normal rows (sigma 1, 5, 20). The peers have no temperature: they are given x / T, rounded to the
type, and their LSE is multiplied by T."""

EXPONENTIALS = """## The exponentials by themselves

The kernels in C, called directly. *LSE* is the form in which LSE and log-softmax sum them, *softmax* that in which
softmax stores them (2^(x log2 e - N), arguments `x beside a` for a row [a, x]), *blas* that of the plan. Arguments of
Floats: every one from -2^-149 to -128, one of 353 below; of Doubles: random ones, those around every boundary of a
table and an integer, and those of subnormal results. *Not nearest* is the share of normal results that are not the
nearest number. The Swift engine's are measured by rows [0, x]."""

WORST = """## Largest errors, and where

Print a row with `accuracy --show ROWS TYPE LENGTH DRAW`, for instance
`.build-accuracy/release/accuracy --show "one dominant" float64 7 125`."""

WORST_FURTHER = "Of the further operations, the 16-bit types and the functions of numbers:"

METHOD = """## How it was measured

Exact values are formed in pairs of Doubles (`Tests/TestSupport`), good to about 2^-100. Before every run they are
compared with {rows} rows ({results} results) and {functions} results of functions of numbers that mpmath computed in
4,000 bits (`scripts/golden`): here they differ by at most {ulp:.0e} ULP, and {nearZero:.0e} absolutely where they are
near 0.

Rows come from generators with a seed for each family, length and draw (`Accuracy/Sources/accuracy/Family.swift`):
normal with standard deviations from 0.01 to 100; uniform; one dominant element; all equal; normalised
log-probabilities, some off by 2^-60 to 1 (cancelling); some -inf; ascending; descending; two elements; offsets 1e4,
-1e4, 1e8; exponentials that are subnormal; elements that are; elements near overflow. Lengths: 1, 2, 3, 4, 7, 8, 10,
16, 17, 31, 64, 100, 256, 512, 1024, 2049, 4096, 10,000, 100,000, and 1,000,000 for four of them; about 24,000
elements of each at T = 1, 6,000 at T = 0.7 and 3. Rows [0, x]: every seventh Float from -104 to -2^-26. Further
operations and 16-bit types: a quarter of these rows, up to 4096 elements, without those that the type cannot hold.
Functions of one argument: one of 211 Floats of their whole domain, against Doubles; all functions: 450,000 operands a
type from nine families (several scales, results near 0, tiny, huge and subnormal ones), against pairs of Doubles.

`scripts/accuracy --quick` does a part of it within a minute, prints the first tables and exits with 1 if anything is
beyond its bound."""
