import LogSumExp
import TestSupport

/// Masked elements count as -inf in their places, to the last bit: a spot check. What is masked is NaN.
enum MaskCheck<T: MeasuredScalar> {
  static func group(_ configuration: Configuration) -> RowGroup {
    var group = RowGroup(
      configuration: configuration.name, type: T.typeName, operation: "masked",
      family: "normal, sigma 5", temperature: 1, length: 0)
    for length in [1, 3, 10, 17, 100, 600, 2049, 5000] {
      for draw in 0..<10 { check(length, draw, configuration, &group) }
    }
    return group
  }

  private static func check(
    _ length: Int, _ draw: Int, _ configuration: Configuration, _ group: inout RowGroup
  ) {
    var random = SplitMix64(seed: length, draw)
    var flags = (0..<length).map { _ in random.uniform() < 0.7 }
    flags[Int(random.next() % UInt64(length))] = true
    let row = (0..<length).map { _ in T(random.normal(0, 5)) }
    let spoilt = zip(row, flags).map { $1 ? $0 : T(Double.nan) }
    let filled = zip(row, flags).map { $1 ? $0 : T(-Double.infinity) }
    let options = configuration.options
    let expected = filled.withMatrixView(rows: 1, columns: length) {
      results($0, mask: .none, options)
    }
    let got = flags.withMatrixView(rows: 1, columns: length) { flags in
      spoilt.withMatrixView(rows: 1, columns: length) {
        results($0, mask: .keeping(flags), options)
      }
    }
    for (index, (got, expected)) in zip(got, expected).enumerated() {
      let isSame = isSame(got, expected)
      group.errors.normal.note(
        isSame ? 0 : .infinity,
        Witness("length \(length), draw \(draw), result \(index)", got: got, exact: expected))
    }
  }

  private static func results(
    _ view: MatrixView<T>, mask: Mask, _ options: RowOptions
  ) -> [Double] {
    let pairs = view.maxAndLogSum(mask: mask, options: options)
    let some = view.logSumExp(mask: mask, options: options) + pairs.flatMap { [$0.max, $0.logSum] }
    let all =
      view.softmax(mask: mask, options: options).scalars
      + view.logSoftmax(mask: mask, options: options).scalars
      + view.cumulativeLogSumExp(mask: mask, options: options).scalars
    return (some + all).map { Double($0.wide) }
  }
}
