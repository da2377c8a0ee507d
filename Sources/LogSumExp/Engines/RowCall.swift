/// One operation on one matrix: what the public functions hand to the walk, arguments checked.
@usableFromInline
struct RowCall {
  let operation: RowOperation
  let input: RowMemory
  let output: RowMemory
  let scale: TemperatureScale
  let kernels: UnsafePointer<RowKernels>
  let plan: Engine.Plan
  let packing: Packing
  let options: RowOptions
  let cumulation: Cumulation

  @inline(__always) var format: _RowScalarFormat { input.format }
  @inline(__always) var columns: Int { input.layout.columns }

  /// Checks the arguments; stops the program on a refused one, before any memory is written.
  @inline(__always)
  private init(
    _ operation: RowOperation, _ format: _RowScalarFormat,
    from input: UnsafeRawPointer, _ inputLayout: MatrixLayout,
    to output: UnsafeMutableRawPointer, _ outputLayout: MatrixLayout,
    temperature: Double, options: RowOptions, cumulation: Cumulation
  ) {
    require(
      temperature.isFinite && temperature != 0,
      "temperature is \(temperature), must be finite and not 0")
    require(
      (options.threads ?? 1) >= 1, "options.threads is \(options.threads ?? 0), must be at least 1")
    if operation != .logSumExp {
      require(
        outputLayout.rows == inputLayout.rows && outputLayout.columns == inputLayout.columns
          && outputLayout.batches == inputLayout.batches,
        """
        into: output of \(outputLayout.batches) x \(outputLayout.rows) x \(outputLayout.columns) \
        does not fit input of \(inputLayout.batches) x \(inputLayout.rows) x \(inputLayout.columns)
        """)
    }
    self.operation = operation
    self.input = RowMemory(
      base: UnsafeMutableRawPointer(mutating: input), layout: inputLayout, format: format)
    self.output = RowMemory(base: output, layout: outputLayout, format: format)
    self.scale = TemperatureScale(temperature.magnitude, format)
    self.kernels = options.engine.kernels(format)
    self.plan = options.engine.plan(for: operation, columns: inputLayout.columns)
    self.packing = Packing(negates: temperature < 0, skipsNaN: options.skipsNaN)
    self.options = options
    self.cumulation = cumulation
    requireApart()
  }

  /// Input and output may be the same elements in the same order, or must not share memory.
  @inline(__always)
  private func requireApart() {
    let from = UInt(bitPattern: input.base)
    let to = UInt(bitPattern: output.base)
    let inputBytes = UInt(bitPattern: input.layout.span &* format.size)
    let outputBytes = UInt(bitPattern: output.layout.span &* format.size)
    if from &+ inputBytes <= to || to &+ outputBytes <= from { return }
    if operation != .logSumExp && from == to && input.layout == output.layout { return }
    require(
      inputBytes == 0 || outputBytes == 0,
      """
      into: output of \(outputBytes) bytes overlaps input of \(inputBytes) bytes, \
      \(Int(bitPattern: to &- from)) bytes from its start; it must lie apart or be the same elements
      """)
  }

  /// True if rows reach the kernels through a tile of their own.
  @inline(__always)
  var packsInput: Bool { !input.isContiguous || !packing.isIdentity }

  /// True if results leave the kernels through a tile.
  @inline(__always)
  var packsOutput: Bool { operation != .logSumExp && !output.isContiguous }

  /// Row `row` for reading element by element.
  func reader(_ row: Int) -> RowReader {
    RowReader(
      base: input.address(row), stride: input.layout.columnStride, columns: columns,
      format: format, packing: packing)
  }

  /// Number of threads that take part. Below `serialElements` a second thread costs more to wake
  /// than it saves (docs/performance.md).
  @inline(__always)
  var workers: Int {
    let elements = input.layout.totalRows &* max(columns, 1)
    if elements < RowCall.serialElements { return 1 }
    return min(options.threads ?? processorCount, elements / RowCall.elementsPerWorker + 1)
  }

  static var serialElements: Int { 1 << 16 }
  static var elementsPerWorker: Int { 1 << 14 }

  /// Checks the arguments and does the operation.
  @usableFromInline
  static func run(
    _ operation: RowOperation, _ format: _RowScalarFormat,
    from input: UnsafeRawPointer, _ inputLayout: MatrixLayout,
    to output: UnsafeMutableRawPointer, _ outputLayout: MatrixLayout,
    temperature: Double, options: RowOptions, cumulation: Cumulation = .inclusive
  ) {
    // A variable, so that the walk can point to it: a copy would cost a small call a tenth of its time.
    var call = RowCall(
      operation, format, from: input, inputLayout, to: output, outputLayout,
      temperature: temperature, options: options, cumulation: cumulation)
    withUnsafeMutablePointer(to: &call) { call in
      switch operation {
      case .logSumExp: RowWalk<LogSumExpSteps>(call).run()
      case .softmax: RowWalk<SoftmaxSteps>(call).run()
      case .logSoftmax: RowWalk<LogSoftmaxSteps>(call).run()
      case .cumulativeLogSumExp: RowWalk<CumulativeSteps>(call).run()
      }
    }
  }
}
