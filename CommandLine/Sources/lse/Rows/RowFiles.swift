import LogSumExp
import NumPyFile

/// What an operation takes beside the matrix, read from files and checked against it.
struct RowFiles {
  /// The matrix as the rows operated on.
  private let rows: MatrixLayout
  private let each: MatrixOptions.Each
  private let weights: MatrixFile?
  private let isWeightPerElement: Bool
  private let bias: MatrixFile?
  private let mask: FileMask

  /// Reads what `options` and `weights` name. Throws where it does not fit `matrix`.
  init(
    _ options: PartOptions, weights: String?, for matrix: MatrixFile, each: MatrixOptions.Each
  ) throws {
    self.each = each
    rows = each.rows(of: matrix.layout)
    mask = try FileMask(options, for: matrix, each: each)
    bias = try options.bias.map { path in
      let file = try MatrixFile(path)
      try file.requireShape(of: matrix, path)
      return file
    }
    self.weights = try weights.map { try MatrixFile($0) }
    isWeightPerElement = self.weights?.shape == matrix.shape
    if let weights, let shape = self.weights?.shape, !isWeightPerElement, shape != [rows.columns] {
      throw Failure.data(
        """
        \(fileName(weights)): has shape \(text(shape)); weights have the input's, \
        \(text(matrix.shape)), or are \(rows.columns), one for each \(each.across)
        """)
    }
  }

  /// Calls `body` with all of it as the library takes it.
  func withArguments<Scalar: FileScalar, R>(
    temperature: Double, options: RowOptions, _ body: (RowArguments<Scalar>) -> R
  ) -> R {
    withView(of: bias) { bias in
      withView(of: weights) { weights in
        mask.withMask { mask in
          body(
            RowArguments(
              weights: weights.map(weightsOfRows), mask: mask,
              bias: bias.map { MatrixView($0.base, layout: each.rows(of: $0.layout)) },
              temperature: temperature, options: options))
        }
      }
    }
  }

  private func weightsOfRows<Scalar>(_ view: MatrixView<Scalar>) -> Weights<Scalar> {
    isWeightPerElement
      ? .perElement(MatrixView(view.base, layout: each.rows(of: view.layout)))
      : .perColumn(Array(UnsafeBufferPointer(start: view.base, count: view.columns)))
  }

  private func withView<Scalar: FileScalar, R>(
    of file: MatrixFile?, _ body: (MatrixView<Scalar>?) -> R
  ) -> R {
    guard let file else { return body(nil) }
    return file.withView(as: Scalar.self, converted: Scalar.values) { body($0) }
  }
}

/// The mask that options and files make.
private enum FileMask {
  case simple(Mask)
  case flags([Bool], MatrixLayout)

  init(_ options: PartOptions, for matrix: MatrixFile, each: MatrixOptions.Each) throws {
    let rows = each.rows(of: matrix.layout)
    // Any farther is the same, and the sum with a row's number does not overflow.
    let offset = min(max(options.causalOffset ?? 0, -rows.rows), rows.columns)
    let lengths = try options.lengths.map { try Self.lengths($0, rows, each) }
    guard options.mask != nil || options.causal && lengths != nil else {
      self = .simple(
        lengths.map(Mask.lengths) ?? (options.causal ? .causal(offset: offset) : .none))
      return
    }
    var flags = [Bool](repeating: true, count: rows.count)
    var layout = MatrixLayout(batches: rows.batches, rows: rows.rows, columns: rows.columns)
    if let path = options.mask {
      let file = try MatrixFile(path)
      try file.requireShape(of: matrix, path)
      flags = try file.flags(path)
      layout = each.rows(of: file.layout)
    }
    if options.causal || lengths != nil {
      for row in 0..<layout.totalRows {
        let (batch, inside) = row.quotientAndRemainder(dividingBy: layout.rows)
        let start = batch * layout.batchStride + inside * layout.rowStride
        let seen = options.causal ? inside + offset + 1 : layout.columns
        let kept = min(max(seen, 0), lengths?[row] ?? layout.columns, layout.columns)
        for column in kept..<layout.columns { flags[start + column * layout.columnStride] = false }
      }
    }
    self = .flags(flags, layout)
  }

  func withMask<R>(_ body: (Mask) -> R) -> R {
    switch self {
    case .simple(let mask): body(mask)
    case .flags(let flags, let layout):
      flags.withUnsafeBufferPointer {
        body(.keeping(MatrixView($0.baseAddress ?? nowhere(), layout: layout)))
      }
    }
  }

  private static func lengths(
    _ path: String, _ rows: MatrixLayout, _ each: MatrixOptions.Each
  ) throws -> [Int] {
    let file = try MatrixFile(path)
    guard file.shape == [rows.totalRows] else {
      throw Failure.data(
        """
        \(fileName(path)): has shape \(text(file.shape)); lengths are \(rows.totalRows), one for \
        each \(each.rawValue)
        """)
    }
    let lengths = try file.integers(path)
    for (row, length) in lengths.enumerated() where length < 0 || length > rows.columns {
      throw Failure.data(
        """
        \(fileName(path)): length \(length) of \(each.rawValue) \(row) lies outside \
        0...\(rows.columns)
        """)
    }
    return lengths
  }
}

extension MatrixFile {
  /// The elements in C order. Throws where one is no integer.
  func integers(_ path: String) throws -> [Int] {
    guard let values = array.inCOrder().values(exactly: Int.self) else {
      throw notIntegers(path)
    }
    return values
  }

  /// Whether each element is not 0, in the file's order. Throws where one is no integer.
  fileprivate func flags(_ path: String) throws -> [Bool] {
    if let flags = array.elements(as: Bool.self) { return flags }
    guard let values = array.values(exactly: Int.self) else { throw notIntegers(path) }
    return values.map { $0 != 0 }
  }

  private func notIntegers(_ path: String) -> Failure {
    .data("\(fileName(path)): holds numbers that are no integers or too large for one")
  }

  /// Throws where this file, at `path`, has another shape than `matrix`.
  fileprivate func requireShape(of matrix: MatrixFile, _ path: String) throws {
    if shape == matrix.shape { return }
    throw Failure.data(
      "\(fileName(path)): has shape \(text(shape)), the input has \(text(matrix.shape))")
  }
}

extension MatrixOptions.Each {
  /// The rows operated on of a matrix that lies so.
  func rows(of layout: MatrixLayout) -> MatrixLayout {
    self == .row ? layout : layout.transposed
  }

  /// What the elements of one row operated on are numbered by.
  var across: String { self == .row ? "column" : "row" }
}

/// How an input is named in a message.
func fileName(_ path: String) -> String { path == "-" ? "standard input" : path }

private func text(_ shape: [Int]) -> String {
  shape.map(String.init).joined(separator: " x ")
}
