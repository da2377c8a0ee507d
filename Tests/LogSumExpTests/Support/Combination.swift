import LogSumExp
import TestSupport

/// A small matrix with a seeded choice of every option: layout, selection, mask, bias, temperature and the
/// choices for special rows. Its numbers are the same in every type.
struct Combination: CustomStringConvertible {
  let layout: MatrixLayout
  let selection: Selection
  /// The shape of what is selected.
  let shape: MatrixLayout
  let temperature: Double
  let skipsNaN: Bool
  let maskedNoMass: NoMass
  let unmaskedNoMass: NoMass
  let infinity: Infinity
  let mask: Mask
  private let flags: Laid<Bool>?
  private let biasLayout: MatrixLayout?
  private let seed: Int

  init(seed: Int) {
    var random = SplitMix64(seed: seed)
    func draw(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    self.seed = seed
    let whole = MatrixLayout(batches: 1 + draw(2), rows: 1 + draw(6), columns: 1 + draw(40))
    layout = whole.arranged[draw(4)]
    selection = Selection(
      rows: draw(3) == 0 ? (0..<draw(6)).map { _ in draw(whole.totalRows) } : nil,
      columns: draw(3) == 0 ? (0..<draw(30)).map { _ in draw(whole.columns) } : nil)
    shape = MatrixLayout(
      batches: selection.rows == nil ? whole.batches : 1,
      rows: selection.rows?.count ?? whole.rows,
      columns: selection.columns?.count ?? whole.columns)
    temperature = [1, 1, 0.7, 3, -2, -1][draw(6)]
    skipsNaN = draw(2) == 0
    maskedNoMass = [.nan, .zero, .uniform][draw(3)]
    unmaskedNoMass = [.nan, .zero, .uniform][draw(3)]
    infinity = draw(2) == 0 ? .limit : .nan
    let layouts = shape.arranged + shape.repeated
    let (columns, rows) = (shape.columns, shape.totalRows)
    var kept: Laid<Bool>?
    var mask = Mask.none
    switch draw(5) {
    case 0: mask = .causal(offset: draw(columns + 3) - 3)
    case 1: mask = .lengths((0..<rows).map { _ in draw(columns + 1) })
    case 2, 3:
      let flags = Laid<Bool>(layouts[draw(8)], filling: true) { _, _ in draw(3) > 0 }
      (mask, kept) = (.keeping(flags.view), flags)
    default: break
    }
    (self.mask, flags) = (mask, kept)
    biasLayout = draw(2) == 0 ? layouts[draw(8)] : nil
  }

  var description: String { "seed \(seed), \(shape), T=\(temperature)" }

  /// True if the mask keeps an element of the selection.
  func keeps(_ row: Int, _ column: Int) -> Bool {
    switch mask {
    case .none: true
    case .causal(let offset): column <= row % shape.rows + offset
    case .lengths(let lengths): column < lengths[row]
    case .keeping: flags![row, column]
    }
  }

  /// Eighths, which every type holds, with specials among them.
  private static func number(_ random: inout SplitMix64, _ specials: UInt64) -> Float {
    let kind = random.next() % 100
    if kind < specials { return [.nan, .infinity, -.infinity][Int(kind % 3)] }
    return Float(Int(random.next() % 193) - 96) / 8
  }

  /// The whole matrix.
  func input<T: RowScalar>(_ make: (Float) -> T) -> Laid<T> {
    var random = SplitMix64(seed: seed, 1)
    // A third of the matrices have no specials, a third has many.
    let specials = [0, 3, 40][seed % 3] as UInt64
    return Laid<T>(layout, filling: make(0)) { _, _ in make(Self.number(&random, specials)) }
  }

  /// The bias, of the selection's shape.
  func bias<T: RowScalar>(_ make: (Float) -> T) -> Laid<T>? {
    var random = SplitMix64(seed: seed, 2)
    return biasLayout.map { layout in
      Laid<T>(layout, filling: make(0)) { _, _ in make(Self.number(&random, 2)) }
    }
  }

  /// Weights of the selection's shape, some of them 0.
  func weights<T: RowScalar>(_ make: (Float) -> T) -> Laid<T> {
    var random = SplitMix64(seed: seed, 3)
    return Laid<T>(shape.arranged[seed % 4], filling: make(0)) { _, _ in
      make(Float(Int(random.next() % 9) - 2) / 4)
    }
  }

  /// The elements that an operation takes, one thing after another: selected, biased, kept; nil for what
  /// takes no part.
  func rows<T: TestScalar>(_ type: T.Type) -> [[T?]] {
    let (input, bias) = (input { T($0) }, bias { T($0) })
    return (0..<shape.totalRows).map { row in
      (0..<shape.columns).map { column in
        var x = input[selection.rows?[row] ?? row, selection.columns?[column] ?? column]
        if let bias { x += T(temperature) * bias[row, column] }
        return keeps(row, column) && !(skipsNaN && x.isNaN) ? x : nil
      }
    }
  }

  func options(_ configuration: Configuration) -> RowOptions {
    var options = configuration.options()
    options.skipsNaN = skipsNaN
    options.maskedNoMass = maskedNoMass
    options.unmaskedNoMass = unmaskedNoMass
    options.infinity = infinity
    return options
  }

  /// What a row without mass becomes.
  var noMass: NoMass {
    if case .none = mask, !skipsNaN { return unmaskedNoMass }
    return maskedNoMass
  }
}
