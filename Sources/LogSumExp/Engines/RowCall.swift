/// One operation on one matrix: what the public functions hand to the walk, arguments checked.
@usableFromInline
struct RowCall {
  let task: RowTask
  let input: RowMemory
  let output: RowMemory
  let scale: TemperatureScale
  let kernels: UnsafePointer<RowKernels>
  let plan: Engine.Plan
  let packing: Packing
  let options: RowOptions
  /// What the operation takes beside the elements; nil in a plain call.
  let extras: UnsafePointer<RowExtras>?
  /// True if rows reach the kernels through a tile of their own.
  let packsInput: Bool
  /// True if results leave the kernels through a tile.
  let packsOutput: Bool
  /// True if results go to memory past the cache, which would not hold them until they are read: they
  /// are written once, at the end, and their memory is not fetched (docs/performance.md).
  let streams: Bool

  /// The format that kernels compute in.
  @inline(__always) var format: _RowScalarFormat { input.format.computed }
  @inline(__always) var columns: Int { input.layout.columns }

  /// Checks the arguments; stops the program on a refused one, before any memory is written.
  @inline(__always)
  private init(
    _ task: RowTask, from input: RowMemory, span: Int, to output: RowMemory,
    temperature: Double, options: RowOptions, extras: UnsafePointer<RowExtras>?
  ) {
    require(
      temperature.isFinite && temperature != 0,
      "temperature is \(temperature), must be finite and not 0")
    require(
      (options.threads ?? 1) >= 1, "options.threads is \(options.threads ?? 0), must be at least 1")
    if !task.isReduction {
      require(
        output.layout.rows == input.layout.rows && output.layout.columns == input.layout.columns
          && output.layout.batches == input.layout.batches,
        """
        into: output of \(output.layout.batches) x \(output.layout.rows) x \
        \(output.layout.columns) does not fit input of \(input.layout.batches) x \
        \(input.layout.rows) x \(input.layout.columns)
        """)
    }
    self.task = task
    self.input = input
    self.output = output
    self.scale = TemperatureScale(temperature.magnitude, input.format.computed)
    self.kernels = options.engine.kernels(input.format.computed)
    self.plan = options.engine.plan(for: task)
    self.packing = Packing(negates: temperature < 0, skipsNaN: options.skipsNaN)
    self.options = options
    self.extras = extras
    packsInput =
      !input.isContiguous || !packing.isIdentity || input.format != input.format.computed
      || extras?.pointee.changesElements ?? false
    packsOutput =
      task.isReduction
      ? task.writesInKernel && output.format != output.format.computed
      : !output.isContiguous || output.format != output.format.computed
    let rowBytes = input.layout.columns &* input.format.size
    let mayStream =
      task == .logSoftmax
      || task == .softmax && plan == .fused && rowBytes <= RowCall.keptRowBytes
        && kernels.pointee.scaleStreaming != nil
        && (input.format.size > 4 || output.layout.rowStride &* input.format.size & 63 != 0)
    streams =
      mayStream && rowBytes >= RowCall.streamedRowBytes
      && rowBytes &* input.layout.totalRows >= RowCall.streamedBytes && !packsInput
      && !packsOutput && input.base != output.base
    requireApart(span)
  }

  /// Input and output may be the same elements in the same order, or must not share memory.
  @inline(__always)
  private func requireApart(_ span: Int) {
    let from = UInt(bitPattern: input.base)
    let to = UInt(bitPattern: output.base)
    let inputBytes = UInt(bitPattern: span &* input.format.size)
    let outputBytes = UInt(bitPattern: output.layout.span &* output.format.size)
    if from &+ inputBytes <= to || to &+ outputBytes <= from { return }
    if !task.isReduction && from == to && input.layout == output.layout
      && input.rowOffsets == nil && input.columnIndices == nil
    {
      return
    }
    require(
      inputBytes == 0 || outputBytes == 0,
      """
      into: output of \(outputBytes) bytes overlaps input of \(inputBytes) bytes, \
      \(Int(bitPattern: to &- from)) bytes from its start; it must lie apart or be the same elements
      """)
  }

  /// True if results are written over the elements.
  @inline(__always) var isInPlace: Bool { input.base == output.base }

  /// True if the terms of a long row's softmax wait in the output for their sum. In a narrower format
  /// they would be rounded there, and are computed again.
  @inline(__always)
  var storesTerms: Bool { output.format == output.format.computed }

  /// The kernel that does all steps of short rows at once, if they are short and there is one.
  @inline(__always)
  var shortRows: RowKernels.SoftmaxRows? {
    columns <= kernels.pointee.shortColumns && plan == .fused && task == .softmax
      ? kernels.pointee.softmaxRows : nil
  }

  /// Row `row` for reading element by element.
  func reader(_ row: Int) -> RowReader {
    var reader = RowReader(
      base: input.address(row), stride: input.layout.columnStride, columns: columns,
      format: input.format, packing: packing, columnIndices: input.columnIndices)
    guard let extras = extras?.pointee else { return reader }
    reader.kept = keptColumns(row)
    if let flags = extras.flags { reader.mask = (flags.address(row), flags.layout.columnStride) }
    if let bias = extras.bias {
      reader.bias = (
        UnsafeRawPointer(bias.address(row)), bias.layout.columnStride, scale.temperature
      )
    }
    if let weights = extras.weights {
      reader.weights = (UnsafeRawPointer(weights.address(row)), weights.layout.columnStride)
    }
    return reader
  }

  /// How many rows from `row` on are a constant distance apart in all memory that takes part.
  @inline(__always)
  func uniformRows(from row: Int) -> Int {
    let count = min(input.uniformRows(from: row), output.uniformRows(from: row))
    guard let extras else { return count }
    return min(count, extras.pointee.uniformRows(from: row))
  }

  /// Rounds a result of row `row` to the output's format and writes it to the caller's memory.
  @inline(__always)
  func store(_ value: Double, _ row: Int, _ column: Int = 0) {
    output.format.store(value, output.address(row), column &* output.layout.columnStride)
  }

  /// How many of the first columns of row `row` the mask keeps, if it is of that kind.
  func keptColumns(_ row: Int) -> Int {
    switch extras?.pointee.kept ?? .all {
    case .causal(let offset):
      let (kept, isTooFar) = (row % max(1, input.layout.rows) &+ 1).addingReportingOverflow(offset)
      return isTooFar ? .max : max(0, kept)
    case .lengths(let lengths): return lengths[row]
    case .all, .flags: return .max
    }
  }

  /// How a cumulative sum runs.
  var cumulation: Cumulation { extras?.pointee.cumulation ?? .inclusive }

  /// True if a row without mass is one of which nothing may have been meant to take part.
  var isMasked: Bool { options.skipsNaN || extras?.pointee.isMasked ?? false }

  /// Number of threads that take part. Below `serialElements` a second thread costs more to wake
  /// than it saves (docs/performance.md).
  @inline(__always)
  var workers: Int {
    let elements = input.layout.totalRows &* max(columns, 1)
    if elements < RowCall.serialElements { return 1 }
    return min(options.threads ?? processorCount, elements / RowCall.elementsPerWorker + 1)
  }

  /// Bytes of results, and of each row, from which on they are streamed.
  static var streamedBytes: Int { 1 << 24 }
  static var streamedRowBytes: Int { 1 << 17 }
  /// Bytes of a row up to which softmax's terms are kept in memory of their own for that; not of rows of Floats
  /// that end with a cache line, for which it takes longer.
  static var keptRowBytes: Int { 1 << 24 }

  static var serialElements: Int { 1 << 16 }
  static var elementsPerWorker: Int { 1 << 14 }
}

// MARK: Running

extension RowCall {
  /// Checks the arguments and does an operation that takes the elements alone.
  @usableFromInline
  static func run(
    _ task: RowTask, _ format: _RowScalarFormat,
    from input: UnsafeRawPointer, _ inputLayout: MatrixLayout,
    to output: UnsafeMutableRawPointer, _ outputLayout: MatrixLayout,
    temperature: Double, options: RowOptions
  ) {
    if temperature == 1
      && doShortRow(
        task, format, from: input, inputLayout, to: output, outputLayout, options: options)
    {
      return
    }
    // A variable, so that the walk can point to it: a copy would cost a small call a tenth of its time.
    var call = RowCall(
      task,
      from: RowMemory(
        base: UnsafeMutableRawPointer(mutating: input), layout: inputLayout, format: format),
      span: inputLayout.span, to: RowMemory(base: output, layout: outputLayout, format: format),
      temperature: temperature, options: options, extras: nil)
    run(&call)
  }

  /// Does one short row in one kernel if nothing speaks against it, and else says so and leaves all, checks
  /// of the arguments too, to the walk: in a call this small they take most of the time.
  @inline(__always)
  private static func doShortRow(
    _ task: RowTask, _ format: _RowScalarFormat,
    from input: UnsafeRawPointer, _ layout: MatrixLayout,
    to output: UnsafeMutableRawPointer, _ outputLayout: MatrixLayout, options: RowOptions
  ) -> Bool {
    let columns = layout.columns
    guard columns >= 1 && columns <= 16, layout.rows == 1 && layout.batches == 1,
      layout.columnStride == 1, format == format.computed, !options.skipsNaN,
      (options.threads ?? 1) >= 1, options.engine.plan(for: task) == .fused
    else { return false }
    let bytes = columns &* format.size
    var outputBytes = format.size
    if !task.isReduction {
      if outputLayout != layout { return false }
      outputBytes = bytes
    }
    // Apart, or the same elements.
    if input != UnsafeRawPointer(output) || task.isReduction {
      let from = UInt(bitPattern: input)
      let to = UInt(bitPattern: output)
      if from &+ UInt(bitPattern: bytes) > to && to &+ UInt(bitPattern: outputBytes) > from {
        return false
      }
    }
    let kernels = options.engine.kernels(format)
    let kernel: RowKernels.Row? =
      switch task {
      case .softmax: kernels.pointee.softmaxRow
      case .logSumExp: kernels.pointee.logSumExpRow
      case .logSoftmax: kernels.pointee.logSoftmaxRow
      default: nil
      }
    guard let kernel else { return false }
    return kernel(input, columns, output) == 0
  }

  /// Checks the arguments and does an operation on some rows and columns, or one that takes more.
  static func run<Scalar: RowScalar>(
    _ task: RowTask, from view: MatrixView<Scalar>, _ inputs: RowInputs<Scalar>,
    to output: RowMemory, temperature: Double, options: RowOptions,
    _ complete: (inout RowExtras) -> Void = { _ in }
  ) {
    inputs.withMemory(view) { input, extras in
      var extras = extras
      complete(&extras)
      withUnsafePointer(to: extras) { extras in
        var call = RowCall(
          task, from: input, span: view.layout.span, to: output, temperature: temperature,
          options: options, extras: extras)
        run(&call)
      }
    }
  }

  /// Calls `body` with each row as it would take part, in order.
  static func forEachRow<Scalar: RowScalar>(
    from view: MatrixView<Scalar>, _ inputs: RowInputs<Scalar>, temperature: Double,
    options: RowOptions, _ body: (RowReader) -> Void
  ) {
    inputs.withMemory(view) { input, extras in
      withUnsafePointer(to: extras) { extras in
        let call = RowCall(
          .maxAndLogSum, from: input, span: 0,
          to: RowMemory(base: input.base, layout: input.layout.perRow(0), format: input.format),
          temperature: temperature, options: options, extras: extras)
        for row in 0..<input.layout.totalRows { body(call.reader(row)) }
      }
    }
  }

  private static func run(_ call: inout RowCall) {
    withUnsafeMutablePointer(to: &call) { call in
      switch call.pointee.task {
      case .logSumExp: RowWalk<LogSumExpSteps>(call).run()
      case .softmax: RowWalk<SoftmaxSteps>(call).run()
      case .logSoftmax: RowWalk<LogSoftmaxSteps>(call).run()
      case .cumulativeLogSumExp: RowWalk<CumulativeSteps>(call).run()
      case .weightedLogSumExp: RowWalk<WeightedSteps>(call).run()
      case .logMeanExp, .maxAndLogSum, .pick, .largest: RowWalk<SummarySteps>(call).run()
      }
    }
  }
}
