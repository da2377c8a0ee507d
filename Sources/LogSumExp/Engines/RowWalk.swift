import Synchronization

/// The one walk over rows: every operation on rows goes this way, with three steps of its own.
///
///     whole rows:  tile of rows -> reduce -> finish -> map
///     long rows:   each block -> reduce; merge the blocks' states; finish; each block -> map
///
/// A row is whole if it fits one block (`_RowScalarFormat.blockLength`). Which way a row goes, and in
/// which order its terms are summed, depends on its length alone, so that its bits do not depend on
/// the other rows, on strides or on threads. Rows that are not neighbours in memory, or that need a
/// change on the way, are packed into a tile first and take the same kernels.
struct RowWalk<Steps: RowSteps> {
  private let pointer: UnsafePointer<RowCall>

  init(_ call: UnsafeMutablePointer<RowCall>) { pointer = UnsafePointer(call) }

  var call: RowCall {
    @inline(__always) _read { yield pointer.pointee }
  }

  var format: _RowScalarFormat { call.format }

  func run() {
    let rows = call.input.layout.totalRows
    if rows == 0 { return }
    if call.columns == 0 || !TemperatureScale.isOrdinary(call.scale.temperature, format) {
      for row in 0..<rows { PlainRow(call, row).run() }
      return
    }
    if Steps.isSequence { return sequences() }
    let isWhole = call.columns <= format.blockLength
    if rows == 1 && isWhole && call.extras == nil && !call.packsInput && !call.packsOutput {
      return loneRow()
    }
    let workers = call.workers
    if workers > 1 && !isWhole && rows < 2 * workers && rows % workers != 0 {
      withTerms { terms in
        for row in 0..<rows { longRow(row, terms, workers: workers) }
      }
    } else {
      // No part begins or ends within a cache line that its neighbour takes the rest of.
      let unit = workers > 1 && usesScratch ? rowsOfPart(rows, workers: workers) : 1
      forEachPart(of: (rows &+ unit &- 1) / unit, workers: workers) { units in
        let part = (units.lowerBound &* unit)..<min(rows, units.upperBound &* unit)
        isWhole ? wholeRows(part) : longRows(part)
        endStreams()
      }
    }
  }

  /// After what this thread stored past the cache: other threads learn of it by ordinary stores, which
  /// would otherwise come first.
  private func endStreams() {
    if call.streams { atomicMemoryFence(ordering: .sequentiallyConsistent) }
  }

  /// How many rows a part is to be a multiple of.
  private func rowsOfPart(_ rows: Int, workers: Int) -> Int {
    if !isWide { return 1 }
    let line = RowWalkLimits.turnedRows(format)
    let share = (rows &+ workers &- 1) / workers
    // Steps overlap from one tile to the next, but threads are to end together.
    let tiles = joinsSteps ? max(1, min(4, share / (2 &* rowsTogether))) : 1
    return min(tiles &* rowsTogether, (share &+ line &- 1) / line &* line)
  }

  // MARK: Whole rows

  /// One whole row in place: `tiles` without its loops, which would cost a small call half as much again.
  @inline(__always)
  private func loneRow() {
    var memory = InlineArray<3, Double>(repeating: 0)
    withUnsafeMutableBytes(of: &memory) { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
      let tile = Tile(
        x: UnsafeRawPointer(call.input.base), stride: 0, out: call.output.base, outStride: 0,
        rows: 1, columns: call.columns, state: Tile.State(base: base, capacity: 1), firstRow: 0)
      if shortRows(tile) ?? Steps.reduce(tile, call) > 0 { return rowByRow(tile, firstRow: 0) }
      if call.shortRows != nil { return }
      finish(tile, firstRow: 0)
      if !Steps.isReduction { Steps.map(tile, call) }
    }
  }

  /// Rows in one tile: few enough that the tile stays in the first-level cache between the steps.
  private var tileRows: Int {
    max(1, min(RowWalkLimits.tileRows, RowWalkLimits.tileBytes / (call.columns &* format.size)))
  }

  @inline(__always)
  private func wholeRows(_ part: Range<Int>) {
    if usesScratch {
      withScratch { manyRows(part, scratch: $0) }
    } else if part.count <= 4 {
      var memory = InlineArray<12, Double>(repeating: 0)
      withUnsafeMutableBytes(of: &memory) { bytes in
        let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
        tiles(part, Tile.State(base: base, capacity: 4), scratch: nil)
      }
    } else {
      manyRows(part)
    }
  }

  @inline(never)
  private func manyRows(_ part: Range<Int>, scratch: UnsafeMutableRawPointer? = nil) {
    var memory = InlineArray<384, Double>(repeating: 0)  // three Doubles for each of tileRows
    withUnsafeMutableBytes(of: &memory) { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
      tiles(part, Tile.State(base: base, capacity: RowWalkLimits.tileRows), scratch: scratch)
    }
  }

  @inline(__always)
  private func tiles(_ part: Range<Int>, _ state: Tile.State, scratch: UnsafeMutableRawPointer?) {
    let limit = scratch == nil ? min(tileRows, state.capacity) : packedRows
    let turnsTiles = scratch != nil && takesTurned
    // All steps in one, where the rows before were ordinary.
    var joinsSteps = joinsSteps
    var row = part.lowerBound
    while row < part.upperBound {
      if joinsSteps, let scratch, rowsToLineEnd(row, limit) == limit {
        let count = min(part.upperBound - row, call.uniformRows(from: row))
        row += call.softmaxTurned(row, rows: count, scratch)
        if row == part.upperBound { break }
      }
      var count = min(limit, part.upperBound - row, call.uniformRows(from: row))
      if scratch != nil { count = min(count, rowsToLineEnd(row, limit)) }
      var tile = loadTile(row, rows: count, columns: 0..<call.columns, state, scratch)
      if turnsTiles { turn(&tile, scratch) }
      var special = shortRows(tile) ?? Steps.reduce(tile, call)
      if turnsTiles && special > 0 {
        tile = loadTile(row, rows: count, columns: 0..<call.columns, state, scratch, packing: true)
        special = Steps.reduce(tile, call)
        joinsSteps = false
      }
      if special == 0 && call.shortRows != nil {
        storeTile(tile, row, columns: 0..<call.columns, scratch)
      } else if special == 0 {
        finish(tile, firstRow: row)
        mapTile(tile, row, columns: 0..<call.columns, scratch)
      } else {
        rowByRow(tile, firstRow: row)
        storeTile(tile, row, columns: 0..<call.columns, scratch)
      }
      row += count
    }
  }

  /// All steps at once for short rows, if there is a kernel for that. Returns the number of special rows.
  @inline(__always)
  private func shortRows(_ tile: Tile) -> Int? {
    call.shortRows?(
      tile.x, tile.rows, tile.columns, tile.stride, tile.out, tile.outStride,
      call.scale.scaleHigh, call.scale.scaleLow, tile.state.base, tile.state.capacity)
  }

  /// Rows in a packed tile: few enough for the first-level cache, but as many as stand side by side in
  /// memory where the rows' own elements do not.
  private var packedRows: Int {
    // Where no other step reads the elements again, there may be more, in the room of weights.
    let both = scratchSize == RowWalkLimits.tileBytes && Steps.reducesSource
    let size = both ? 2 * RowWalkLimits.tileBytes : scratchSize
    let limit = min(
      size / (packedStride(call.columns) &* format.size), RowWalkLimits.packedRows)
    let together = RowWalkLimits.turnedRows(format)
    return limit > together ? limit / together * together : max(1, limit)
  }

  /// True if a kernel does all steps of softmax of rows side by side, more than one tile of them.
  private var joinsSteps: Bool {
    takesTurned && Steps.scales && packedRows >= rowsTogether && call.hasSoftmaxTurned
  }

  /// Rows side by side that kernels take together.
  private var rowsTogether: Int {
    RowWalkLimits.turnedPanels &* RowWalkLimits.turnedRows(format)
  }

  /// Lets terms stand side by side, as the rows do; log-softmax has none and writes results at once.
  private func turn(_ tile: inout Tile, _ scratch: UnsafeMutableRawPointer?) {
    guard let scratch, Steps.scales else { return stayInOutput(&tile, tile.columnRange) }
    tile.out = scratch
    (tile.outStride, tile.outColumnStride) = (1, tile.rows)
  }

  /// Finishes a tile that holds special rows, ordinary ones between them together.
  @inline(never)
  private func rowByRow(_ tile: Tile, firstRow: Int) {
    var first = 0
    for index in 0...tile.rows {
      let isSpecial = index < tile.rows && tile.state.isSpecial(index)
      if !isSpecial && index < tile.rows { continue }
      if first < index && call.shortRows == nil {
        let rows = tile.rows(first..<index, format)
        finish(rows, firstRow: firstRow + first)
        if !Steps.isReduction { Steps.map(rows, call) }
      }
      first = index + 1
      if !isSpecial { return }
      let special = SpecialRow(
        call, firstRow + index, maximum: tile.state.maximum(index), sum: tile.state.sum(index))
      if Steps.writesTile {
        let out = tile.out + index &* tile.outStride &* format.size
        special.fill(out, stride: 1, format)
      } else {
        special.fill()
      }
    }
  }

  /// Finishes the states of ordinary rows; results near 0 are done again in wider arithmetic.
  @inline(__always)
  private func finish(_ tile: Tile, firstRow: Int) {
    let again = Steps.finish(tile, call)
    if Steps.isReduction && Steps.writesTile {
      if again > 0 { WideRow.redo(tile, firstRow: firstRow, call) }
      if call.packing.negates { negate(tile, columns: 1) }
    }
  }

  /// Results of the soft minimum, `columns` a row.
  @inline(never)
  func negate(_ tile: Tile, columns: Int) {
    for row in 0..<tile.rows {
      for column in 0..<columns {
        let index = row &* tile.outStride &+ column
        format.store(-format.load(UnsafeRawPointer(tile.out), index), tile.out, index)
      }
    }
  }

  // MARK: Long rows

  private var blockLength: Int { format.blockLength }
  private var blockCount: Int { (call.columns &+ blockLength &- 1) / blockLength }

  @inline(never)
  private func longRows(_ part: Range<Int>) {
    // As many rows side by side as there is room for states of their blocks.
    let line = RowWalkLimits.turnedRows(format)
    let room = Steps.mapsByBlock ? RowWalkLimits.turnedStates / blockCount : .max
    let together = min(panelsTogether * line, room > line ? room / line * line : room)
    if isTurned && together > 1 {
      withScratch { scratch in
        var row = part.lowerBound
        while row < part.upperBound {
          let count = min(
            rowsToLineEnd(row, together), part.upperBound - row, call.uniformRows(from: row))
          turnedRows(row, count, scratch)
          row += count
        }
      }
    } else {
      withTerms { terms in
        for row in part { longRow(row, terms, workers: 1) }
      }
    }
  }

  /// Memory for one row's terms if results go past the cache; else they wait in the output.
  private func withTerms(_ body: (UnsafeMutableRawPointer?) -> Void) {
    if !Steps.scales || !call.streams { return body(nil) }
    let terms = UnsafeMutableRawPointer.allocate(
      byteCount: call.columns &* format.size, alignment: 64)
    defer { terms.deallocate() }
    body(terms)
  }

  /// One long row, with its blocks spread over `workers` threads.
  private func longRow(_ row: Int, _ terms: UnsafeMutableRawPointer?, workers: Int) {
    if Steps.mapsByBlock && blockCount > RowWalkLimits.stateBlocks {
      // Every block's state is needed until the end.
      let base = UnsafeMutablePointer<Double>.allocate(capacity: 3 * blockCount)
      defer { base.deallocate() }
      longRow(row, Tile.State(base: base, capacity: blockCount), terms, workers: workers)
    } else {
      var memory = InlineArray<1536, Double>(repeating: 0)  // three for each of stateBlocks
      withUnsafeMutableBytes(of: &memory) { bytes in
        let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
        let state = Tile.State(base: base, capacity: RowWalkLimits.stateBlocks)
        longRow(row, state, terms, workers: workers)
      }
    }
  }

  private func longRow(
    _ row: Int, _ state: Tile.State, _ terms: UnsafeMutableRawPointer?, workers: Int
  ) {
    var found = SpecialRow.Found()
    var carried = 0  // 1 if state 0 holds what was merged before
    var next = 0
    while next < blockCount {
      let blocks = next..<min(blockCount, next + state.capacity - carried)
      reduceBlocks(row, blocks, state.from(carried), terms, workers: workers)
      found.add(call, row, blocks, state.from(carried))
      if found.maximum.isFinite { Steps.merge(state, count: carried + blocks.count, call) }
      carried = found.maximum.isFinite ? 1 : 0
      next = blocks.upperBound
    }
    if let special = SpecialRow(call, row, found) { return special.fill() }
    if !Steps.mapsByBlock { finishRow(row, state) }
    if !Steps.isReduction { mapBlocks(row, state, terms, workers: workers) }
  }

  /// Finishes the state of one long row; a result by the kernels goes to the caller's memory.
  private func finishRow(_ row: Int, _ state: Tile.State) {
    var value = 0.0
    withUnsafeMutableBytes(of: &value) { bytes in
      let tile = Tile(
        x: UnsafeRawPointer(call.input.base), stride: 0, out: bytes.baseAddress!, outStride: 1,
        rows: 1, columns: call.columns, state: state, firstRow: row)
      finish(tile, firstRow: row)
      if Steps.isReduction && Steps.writesTile {
        call.store(format.load(UnsafeRawPointer(tile.out), 0), row)
      }
    }
  }

  /// Columns of block `block`.
  private func columns(_ block: Int) -> Range<Int> {
    (block * blockLength)..<min((block + 1) * blockLength, call.columns)
  }

  /// Reduces `blocks` to a state each, from `state` on.
  private func reduceBlocks(
    _ row: Int, _ blocks: Range<Int>, _ state: Tile.State, _ terms: UnsafeMutableRawPointer?,
    workers: Int
  ) {
    nonisolated(unsafe) let (state, terms) = (state, terms)
    forEachPart(of: blocks.count, workers: workers) { part in
      forEachBlock(part) { index, scratch in
        let columns = columns(blocks.lowerBound + index)
        if call.keptColumns(row) <= columns.lowerBound {
          return state.from(index).setEmpty()
        }
        var tile = loadTile(row, rows: 1, columns: columns, state.from(index), scratch)
        if let terms { tile.out = terms + columns.lowerBound &* format.size }
        _ = Steps.reduce(tile, call)
        if Steps.mapsByBlock && call.storesTerms && tile.state.maximum(0).isFinite {
          storeTile(tile, row, columns: columns, scratch)
        }
      }
    }
  }

  /// Maps every block by its own state, or by the row's. What one thread has reduced last comes first, as it
  /// is still in the cache; of several, each has its own share again.
  private func mapBlocks(
    _ row: Int, _ state: Tile.State, _ terms: UnsafeMutableRawPointer?, workers: Int
  ) {
    nonisolated(unsafe) let (state, terms) = (state, terms)
    forEachPart(of: blockCount, workers: workers) { part in
      forEachBlock(part) { index, scratch in
        let block = workers > 1 ? index : blockCount &- 1 &- index
        let columns = columns(block)
        if Steps.mapsByBlock {
          mapStored(row, columns, state.from(block), terms, scratch)
        } else {
          let tile = loadTile(row, rows: 1, columns: columns, state, scratch)
          mapTile(tile, row, columns: columns, scratch)
        }
      }
      if workers > 1 { endStreams() }
    }
  }

  /// Maps a block whose terms are in the output or `terms`. One without mass has the factor 0 and was not stored.
  private func mapStored(
    _ row: Int, _ columns: Range<Int>, _ state: Tile.State, _ terms: UnsafeMutableRawPointer?,
    _ scratch: UnsafeMutableRawPointer?
  ) {
    let out = call.output.address(row, column: columns.lowerBound)
    let stride = call.output.layout.columnStride
    if state.base[0] == 0 && state.base[state.capacity] == 0 {
      if stride == 1 {
        out.initializeMemory(
          as: UInt8.self, repeating: 0, count: columns.count * call.output.format.size)
      } else {
        for column in 0..<columns.count { call.output.format.store(0, out, column &* stride) }
      }
      return
    }
    if let terms, let scale = call.kernels.pointee.scaleStreaming {
      return scale(
        terms + columns.lowerBound &* format.size, columns.count, out, state.base, state.capacity)
    }
    var tile = Tile(
      x: UnsafeRawPointer(out), stride: 0, out: out, outStride: 0, rows: 1,
      columns: columns.count, state: state, firstRow: row)
    if !call.storesTerms {
      var memory = InlineArray<3, Double>(repeating: 0)
      withUnsafeMutableBytes(of: &memory) { bytes in
        let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
        tile = loadTile(
          row, rows: 1, columns: columns, Tile.State(base: base, capacity: 1), scratch)
        _ = Steps.reduce(tile, call)
      }
      tile.state = state
    } else if let scratch, call.packsOutput {
      call.reload(row, rows: 1, columns: columns, into: scratch, stride: columns.count)
      tile.out = scratch
    }
    mapTile(tile, row, columns: columns, scratch)
  }

  @inline(__always)
  private func forEachBlock(
    _ blocks: Range<Int>, _ body: (Int, UnsafeMutableRawPointer?) -> Void
  ) {
    if usesScratch {
      withScratch { scratch in for block in blocks { body(block, scratch) } }
    } else {
      for block in blocks { body(block, nil) }
    }
  }

  // MARK: Long rows side by side

  /// True if rows are neighbours in memory and their own elements are not.
  private var isTurned: Bool {
    call.packsInput && !call.input.isContiguous && call.input.columnIndices == nil
      && call.input.layout.rowStride <= call.input.layout.columnStride
  }

  /// Rows up to `limit` from `row` on, fewer where that lets the next ones begin a cache line of the
  /// output, so that lines are written whole.
  private func rowsToLineEnd(_ row: Int, _ limit: Int) -> Int {
    if Steps.isReduction || call.output.isContiguous { return limit }
    let inLine = Int(bitPattern: call.output.address(row)) & 63 / call.output.format.size
    return inLine == 0 || inLine >= limit
      ? limit : min(limit, 64 / call.output.format.size - inLine)
  }

  /// Long rows that lie side by side: each block of all of them in one tile, so that what one row leaves
  /// of a cache line the next one takes.
  private func turnedRows(_ first: Int, _ count: Int, _ scratch: UnsafeMutableRawPointer) {
    var memory = InlineArray<6144, Double>(repeating: 0)  // three for each of turnedStates
    withUnsafeMutableBytes(of: &memory) { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
      let capacity = min(blockCount, RowWalkLimits.turnedStates / count)
      turnedRows(first, count, TurnedStates(base: base, capacity: capacity), scratch)
    }
  }

  private func turnedRows(
    _ first: Int, _ count: Int, _ states: TurnedStates, _ scratch: UnsafeMutableRawPointer
  ) {
    let isDirect = takesTurned
    // Special rows are written last, over what the others' results leave there.
    let defers = isDirect && !call.isInPlace
    var found = InlineArray<64, SpecialRow.Found>(repeating: SpecialRow.Found())
    var carried = InlineArray<64, Int>(repeating: 0)
    var isSpecial = InlineArray<64, Bool>(repeating: false)
    var memory = InlineArray<192, Double>(repeating: 0)
    withUnsafeMutableBytes(of: &memory) { bytes in
      let state = Tile.State(
        base: bytes.baseAddress!.assumingMemoryBound(to: Double.self), capacity: 64)
      var next = 0
      while next < blockCount {
        // State 0 of a row may hold what was merged before.
        let room = next == 0 ? states.capacity : states.capacity - 1
        let blocks = next..<min(blockCount, next + room)
        for block in blocks {
          let columns = columns(block)
          var tile = loadTile(first, rows: count, columns: columns, state, scratch)
          if isDirect { stayInOutput(&tile, columns) }
          _ = Steps.reduce(tile, call)
          for index in 0..<count {
            states.of(index).copy(from: state, index, to: carried[index] + block - next)
          }
          if Steps.mapsByBlock && call.storesTerms && !isDirect {
            storeRows(tile, first, columns, scratch) { state.maximum($0).isFinite }
          }
        }
        for index in 0..<count {
          let row = states.of(index)
          found[index].add(call, first + index, blocks, row.from(carried[index]))
          if found[index].maximum.isFinite {
            Steps.merge(row, count: carried[index] + blocks.count, call)
          }
          carried[index] = found[index].maximum.isFinite ? 1 : 0
        }
        next = blocks.upperBound
      }
      for index in 0..<count {
        if let special = SpecialRow(call, first + index, found[index]) {
          if !defers { special.fill() }
          isSpecial[index] = true
        } else if !Steps.mapsByBlock {
          finishRow(first + index, states.of(index))
        }
      }
      if Steps.isReduction { return }
      let hasSpecial = (0..<count).contains { isSpecial[$0] }
      for block in 0..<blockCount {
        let columns = columns(block)
        if defers || isDirect && !hasSpecial {
          var tile = loadTile(first, rows: count, columns: columns, state, scratch)
          stayInOutput(&tile, columns)
          for index in 0..<count {
            state.copy(from: states.of(index), Steps.mapsByBlock ? block : 0, to: index)
          }
          mapTile(tile, first, columns: columns, scratch)
          continue
        }
        let isAgain = Steps.mapsByBlock && !call.storesTerms
        var tile = loadTile(first, rows: count, columns: columns, state, isAgain ? scratch : nil)
        if isAgain { _ = Steps.reduce(tile, call) }
        for index in 0..<count {
          state.copy(from: states.of(index), Steps.mapsByBlock ? block : 0, to: index)
        }
        if Steps.mapsByBlock {
          tile.out = scratch
          tile.outStride = packedStride(columns.count)
          if !isAgain {
            call.reload(first, rows: count, columns: columns, into: scratch, stride: tile.outStride)
          }
          for index in 0..<count
          where state.base[index] == 0 && state.base[state.capacity + index] == 0 {
            // Without mass: what stands there is not a term.
            (scratch + index * tile.outStride * format.size).initializeMemory(
              as: UInt8.self, repeating: 0, count: columns.count * format.size)
          }
        } else {
          tile = loadTile(first, rows: count, columns: columns, state, scratch, packing: true)
          if hasSpecial {
            // In the caller's memory the special rows are there already.
            tile.out = scratch
            tile.outStride = packedStride(columns.count)
          }
        }
        if call.packsOutput && !hasSpecial {
          mapTile(tile, first, columns: columns, scratch)
        } else {
          Steps.map(tile, call)
          storeRows(tile, first, columns, scratch) { !isSpecial[$0] }
        }
      }
      for index in 0..<count where defers && isSpecial[index] {
        SpecialRow(call, first + index, found[index])?.fill()
      }
    }
  }

  /// Lets the terms of a block stand where their results will.
  private func stayInOutput(_ tile: inout Tile, _ columns: Range<Int>) {
    tile.out = call.output.address(tile.firstRow, column: columns.lowerBound)
    (tile.outStride, tile.outColumnStride) = (1, call.output.layout.columnStride)
  }

  /// Stores those rows of a tile that `isWanted` picks.
  private func storeRows(
    _ tile: Tile, _ first: Int, _ columns: Range<Int>, _ scratch: UnsafeMutableRawPointer,
    _ isWanted: (Int) -> Bool
  ) {
    if !call.packsOutput && tile.out != scratch { return }
    if (0..<tile.rows).allSatisfy(isWanted) {
      return call.unpack(
        UnsafeRawPointer(tile.out), stride: tile.outStride, first, rows: tile.rows,
        columns: columns)
    }
    for index in 0..<tile.rows where isWanted(index) {
      call.unpack(
        UnsafeRawPointer(tile.out + index * tile.outStride * format.size), stride: tile.outStride,
        first + index, rows: 1, columns: columns)
    }
  }

  // MARK: Tiles

  /// True if tiles stand in memory of their own.
  var usesScratch: Bool {
    call.packsInput || call.packsOutput || (Steps.isWeighted && packsWeights)
  }

  private var packsWeights: Bool {
    guard let weights = call.extras?.pointee.weights else { return false }
    return !weights.isContiguous || weights.format != format
  }

  /// A tile on the caller's memory where kernels can use it as it is, else on `scratch`. With `packing`
  /// rows side by side are packed for steps that would take them where they are.
  @inline(__always)
  func loadTile(
    _ row: Int, rows: Int, columns: Range<Int>, _ state: Tile.State,
    _ scratch: UnsafeMutableRawPointer?, packing: Bool = false
  ) -> Tile {
    var tile = Tile(
      x: UnsafeRawPointer(call.input.blockAddress(row, column: columns.lowerBound)),
      stride: call.input.layout.rowStride,
      out: call.output.address(row, column: Steps.isReduction ? 0 : columns.lowerBound),
      outStride: call.output.layout.rowStride, rows: rows, columns: columns.count, state: state,
      firstRow: row)
    if Steps.isWeighted { loadWeights(&tile, columns, scratch) }
    guard let scratch else { return tile }
    if call.packsInput {
      tile.x = UnsafeRawPointer(scratch)
      tile.stride = packedStride(columns.count)
      tile.firstColumn = columns.lowerBound
      tile.isPacked = !(Steps.reducesSource && call.reducesSource || takesTurned && !packing)
      if tile.isPacked {
        call.pack(row, rows: rows, columns: columns, into: scratch, stride: tile.stride)
      }
    }
    if call.packsOutput {
      tile.out = Steps.isReduction ? scratch - RowWalkLimits.resultBytes : scratch
      tile.outStride = Steps.isReduction ? 1 : packedStride(columns.count)
    }
    return tile
  }

  private func loadWeights(
    _ tile: inout Tile, _ columns: Range<Int>, _ scratch: UnsafeMutableRawPointer?
  ) {
    guard let weights = call.extras?.pointee.weights else { return }
    tile.weights = UnsafeRawPointer(
      weights.address(tile.firstRow, column: columns.lowerBound))
    tile.weightsStride = weights.layout.rowStride
    if packsWeights, let scratch {
      let packed = scratch + scratchSize
      let repeats = weights.layout.rowStride == 0
      call.packWeights(
        weights, tile.firstRow, rows: repeats ? 1 : tile.rows, columns: columns, into: packed)
      tile.weights = UnsafeRawPointer(packed)
      tile.weightsStride = repeats ? 0 : columns.count
    }
  }

  /// Maps a tile of ordinary rows and takes its results to the caller's memory, in one pass where that can
  /// be.
  @inline(__always)
  private func mapTile(
    _ tile: Tile, _ row: Int, columns: Range<Int>, _ scratch: UnsafeMutableRawPointer?
  ) {
    if Steps.scales && scratch != nil && call.scalesResults {
      return call.unpack(
        UnsafeRawPointer(tile.out), stride: tile.outStride, columnStride: tile.outColumnStride, row,
        rows: tile.rows, columns: columns, scale: tile.state)
    }
    if !Steps.isReduction { Steps.map(tile, call) }
    if tile.outColumnStride == 1 { storeTile(tile, row, columns: columns, scratch) }
  }

  /// Takes results from `scratch` to the caller's memory where they were not written there at once.
  @inline(__always)
  func storeTile(
    _ tile: Tile, _ row: Int, columns: Range<Int>, _ scratch: UnsafeMutableRawPointer?
  ) {
    if scratch == nil || !call.packsOutput { return }
    call.unpack(
      UnsafeRawPointer(tile.out), stride: tile.outStride, row, rows: tile.rows,
      columns: Steps.isReduction ? 0..<1 : columns)
  }

  /// Distance between rows of a packed tile of `columns`. Rows side by side are written column by column:
  /// at a multiple of some large power of two they would all meet in the same few lines of the cache.
  @inline(__always)
  private func packedStride(_ columns: Int) -> Int {
    let bytes = columns &* format.size
    return bytes & 1023 == 0 ? columns &+ 64 / format.size : columns
  }

  /// Bytes of a packed tile: what the first-level cache takes, and more where neighbours in memory
  /// belong to different rows.
  var scratchSize: Int {
    let columns = min(call.columns, blockLength)
    let rows = min(call.input.layout.totalRows, RowWalkLimits.packedRows)
    if rows * columns * format.size <= RowWalkLimits.smallBytes { return RowWalkLimits.smallBytes }
    if !isWide || rows * packedStride(columns) * format.size <= RowWalkLimits.tileBytes {
      return RowWalkLimits.tileBytes
    }
    // Two lines' worth of rows, so that more of a line is written at once.
    return Steps.isWeighted ? RowWalkLimits.turnedBytes : 2 * RowWalkLimits.turnedBytes
  }

  /// True if neighbours in the memory of the input or the output belong to different rows.
  private var isWide: Bool {
    isTurned || (call.packsOutput && !call.output.isContiguous)
  }

  /// How many cache lines' worth of rows that lie side by side are taken together, so that more of what lies
  /// side by side is fetched and written at once; all that the kernels like where nothing is transposed.
  private var panelsTogether: Int {
    if Steps.isWeighted { return 1 }
    let isDirect =
      takesTurned ? !call.isInPlace : Steps.reducesSource && Steps.isReduction && call.reducesTurned
    return isDirect ? RowWalkLimits.turnedPanels : 2
  }

  /// True if rows are taken where they are, side by side, and so are the terms of softmax.
  private var takesTurned: Bool {
    Steps.takesTurned && call.reducesTurned && call.output.isTurned
      && call.output.format == format && scratchSize > RowWalkLimits.tileBytes
  }

  /// Calls `body` with memory for a packed tile, before which there is room for results and behind which
  /// there is room for as many weights.
  @inline(never)
  func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
    func call(_ bytes: UnsafeMutableRawBufferPointer) {
      body(bytes.baseAddress!.alignedUp(toMultipleOf: 64) + RowWalkLimits.resultBytes)
    }
    switch scratchSize {
    case RowWalkLimits.smallBytes:
      var memory = InlineArray<392, Double>.unset
      withUnsafeMutableBytes(of: &memory, call)
    case RowWalkLimits.tileBytes:
      var memory = InlineArray<4232, Double>.unset
      withUnsafeMutableBytes(of: &memory, call)
    default:
      var memory = InlineArray<33_416, Double>.unset
      withUnsafeMutableBytes(of: &memory, call)
    }
  }
}

extension InlineArray where Element == Double {
  /// Memory that holds anything: clearing a packed tile would take as long as a tenth of its work.
  fileprivate static var unset: InlineArray {
    @inline(__always) get {
      InlineArray(initializingWith: { memory in
        memory.withUnsafeMutableBufferPointer { $1 = $0.count }
      })
    }
  }
}

/// The states of long rows side by side: for each row three arrays of `capacity`.
private struct TurnedStates {
  let base: UnsafeMutablePointer<Double>
  let capacity: Int

  func of(_ index: Int) -> Tile.State {
    Tile.State(base: base + 3 * capacity * index, capacity: capacity)
  }
}

/// Sizes of the walk's tiles.
enum RowWalkLimits {
  /// Rows in a tile at most: the states of a tile lie on the stack.
  static var tileRows: Int { 128 }
  /// Bytes of a tile of whole rows, about.
  static var tileBytes: Int { 16384 }
  /// Bytes of a packed tile where neighbours in memory belong to different rows: so many blocks as a
  /// cache line has elements, and some between them.
  static var turnedBytes: Int { 133_120 }
  /// Panels, each a cache line's worth of rows side by side, that kernels take together.
  static var turnedPanels: Int { 4 }
  /// Bytes of a packed tile of a small call, which larger memory would cost time to clear.
  static var smallBytes: Int { 1024 }
  /// Bytes before a packed tile for one result a row.
  static var resultBytes: Int { 1024 }
  /// Rows in a packed tile at most.
  static var packedRows: Int { 64 }
  /// States of a long row's blocks that lie on the stack.
  static var stateBlocks: Int { 512 }
  /// States of the blocks of rows side by side.
  static var turnedStates: Int { 2048 }
  /// Rows side by side that share a cache line.
  @inline(__always)
  static func turnedRows(_ format: _RowScalarFormat) -> Int { 64 / format.size }
}
