import Foundation
import LogSumExp
import TestSupport
import Testing

/// No kernel reads or writes outside the rows: they lie against pages that may not be touched, so that one
/// byte too far would end the test program.
@Suite("Fences")
struct FenceTests {
  private static let lengths = Array(1...70) + [511, 512, 513, 1025, 2047, 2049, 4097]

  @Test("at both ends", arguments: Configuration.distinct, ScalarType.allCases)
  func ends(configuration: Configuration, type: ScalarType) {
    type.run { ends(configuration, $0) }
  }

  private func ends<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let (input, output, sums) = (
      FencedMemory<T>(count: 17 * 4097), FencedMemory<T>(count: 17 * 4097),
      FencedMemory<T>(count: 17)
    )
    for columns in Self.lengths {
      let row = RowFamily.normal1.row(T.self, count: columns)
      let expected = row.logSumExp(options: options)
      for rows in [1, 2, 3, 16, 17] {
        for isLast in [false, true] {
          let count = rows * columns
          let from = isLast ? input.last(count) : input.first(count)
          let to = isLast ? output.last(count) : output.first(count)
          let lse = isLast ? sums.last(rows) : sums.first(rows)
          for index in 0..<count { from[index] = row[index % columns] }
          let view = MatrixView(UnsafeBufferPointer(from), rows: rows, columns: columns)
          let out = MutableMatrixView(to, rows: rows, columns: columns)
          view.logSumExp(into: lse, options: options)
          view.softmax(into: out, options: options)
          view.logSoftmax(into: out, options: options)
          view.transposed.logSoftmax(into: out.transposed, options: options)
          view.cumulativeLogSumExp(into: out, options: options)
          view.cumulativeLogSumExp(.exclusive.reversed, into: out, options: options)
          #expect(
            lse.allSatisfy { $0 == expected },
            "\(T.self) \(configuration) \(rows) x \(columns)")
        }
      }
    }
  }

  @Test("mask, bias and weights", arguments: Configuration.distinct, ScalarType.allCases)
  func options(configuration: Configuration, type: ScalarType) {
    type.run { options(configuration, $0) }
  }

  private func options<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let count = 3 * 4097
    let (input, bias, weights) = (
      FencedMemory<T>(count: count), FencedMemory<T>(count: count), FencedMemory<T>(count: count)
    )
    let flags = FencedMemory<Bool>(count: count)
    for columns in Self.lengths {
      let size = 3 * columns
      for isLast in [false, true] {
        func part<E>(_ memory: FencedMemory<E>, _ value: E) -> MatrixView<E> {
          let elements = isLast ? memory.last(size) : memory.first(size)
          elements.update(repeating: value)
          return MatrixView(UnsafeBufferPointer(elements), rows: 3, columns: columns)
        }
        let (x, b, w) = (part(input, 1), part(bias, 2), part(weights, 0.5))
        let mask = Mask.keeping(part(flags, true))
        let logCount = T(log(Double(columns)))
        let expected = 3 + logCount
        let sums = x.logSumExp(mask: mask, bias: b, options: options)
        let weighted = x.signedLogSumExp(
          weights: .perElement(w), mask: mask, bias: b, options: options)
        let means = x.logMeanExp(mask: mask, bias: b, options: options)
        let all = sums + weighted.values.map { $0 + .ln2 } + means.map { $0 + logCount }
        #expect(
          all.allSatisfy { abs($0 - expected) <= 8 * expected.ulp },
          "\(T.self) \(configuration) \(columns), last \(isLast): \(all), not \(expected)")
      }
    }
  }

  @Test("16-bit rows", arguments: Configuration.distinct, SixteenBitType.allCases)
  func sixteenBit(configuration: Configuration, type: SixteenBitType) {
    type.run { sixteenBit(configuration, $0) }
  }

  private func sixteenBit<T: SixteenBit>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let (input, output) = (FencedMemory<T>(count: 17 * 4097), FencedMemory<T>(count: 17 * 4097))
    for columns in Self.lengths {
      let share = [Float](repeating: 1, count: columns).softmax(options: options)[0]
      for rows in [1, 3, 17] {
        for isLast in [false, true] {
          let count = rows * columns
          let from = isLast ? input.last(count) : input.first(count)
          let to = isLast ? output.last(count) : output.first(count)
          from.update(repeating: T(1))
          let view = MatrixView(UnsafeBufferPointer(from), rows: rows, columns: columns)
          let out = MutableMatrixView(to, rows: rows, columns: columns)
          view.softmax(into: out, options: options)
          #expect(
            to.allSatisfy { $0.bitPattern == T(share).bitPattern },
            "\(T.self) \(configuration) \(rows) x \(columns)")
          let turned = MatrixView(UnsafeBufferPointer(from), rows: columns, columns: rows)
          let outTurned = MutableMatrixView(to, rows: columns, columns: rows)
          turned.transposed.softmax(into: outTurned.transposed, options: options)
          #expect(
            to.allSatisfy { $0.bitPattern == T(share).bitPattern },
            "\(T.self) \(configuration) \(rows) x \(columns), transposed")
        }
      }
    }
  }
}
