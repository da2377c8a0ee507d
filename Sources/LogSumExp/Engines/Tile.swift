/// Some rows, or one block of a row, on their way through the three steps of an operation.
struct Tile {
  /// Per-row states: three arrays of `capacity` Doubles, as `RowKernels` describes them.
  struct State {
    let base: UnsafeMutablePointer<Double>
    let capacity: Int

    /// Max of the row, -inf without any.
    @inline(__always)
    func maximum(_ row: Int) -> Double { base[row] }
    /// Sum of the row: without the max's own term in LSE form, with it in softmax form.
    @inline(__always)
    func sum(_ row: Int) -> Double { base[capacity &+ row] }
    /// True for a row that `RowKernels.reduce` calls special.
    @inline(__always)
    func isSpecial(_ row: Int) -> Bool { !maximum(row).isFinite || sum(row).isNaN }
    /// Takes over the state of row `from` of `other`.
    @inline(__always)
    func copy(from other: State, _ from: Int, to row: Int) {
      base[row] = other.base[from]
      base[capacity &+ row] = other.base[other.capacity &+ from]
      base[2 &* capacity &+ row] = other.base[2 &* other.capacity &+ from]
    }
    /// The state of a row without mass.
    @inline(__always)
    func setEmpty() {
      base[0] = -.infinity
      base[capacity] = 0
      base[2 &* capacity] = 0
    }
    /// The states from `row` on.
    @inline(__always)
    func from(_ row: Int) -> State { State(base: base + row, capacity: capacity) }
  }

  /// The elements, neighbours within a row.
  var x: UnsafeRawPointer
  /// Distance between rows of `x`.
  var stride: Int
  /// Where results go: elements as `x`'s, or one a row.
  var out: UnsafeMutableRawPointer
  /// Distance between rows of `out`.
  var outStride: Int
  /// Distance between columns of `out`; above 1 rows lie side by side there, with an `outStride` of 1.
  var outColumnStride = 1
  var rows: Int
  var columns: Int
  var state: State
  /// Which row of the call the tile's first one is.
  var firstRow: Int
  /// Which column of the call the first one is.
  var firstColumn = 0
  /// False while `x` is room for the elements, which stand in the caller's memory only.
  var isPacked = true
  /// The weights of the elements, for a weighted sum.
  var weights: UnsafeRawPointer?
  /// Distance between rows of `weights`.
  var weightsStride = 0

  /// The part of the tile that is one row.
  @inline(__always)
  func row(_ index: Int, _ format: _RowScalarFormat) -> Tile {
    rows(index..<(index &+ 1), format)
  }

  /// The part of the tile that is some of its rows.
  @inline(__always)
  func rows(_ range: Range<Int>, _ format: _RowScalarFormat) -> Tile {
    var part = self
    let first = range.lowerBound
    part.x += first &* stride &* format.size
    part.out += first &* outStride &* format.size
    part.rows = range.count
    part.state = state.from(first)
    part.firstRow &+= first
    part.weights = weights.map { $0 + first &* weightsStride &* format.size }
    return part
  }

  /// The columns of the call that the tile's are.
  var columnRange: Range<Int> { firstColumn..<firstColumn &+ columns }
}
