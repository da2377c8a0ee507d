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
    if rows == 1 && isWhole && !call.packsInput && !call.packsOutput { return loneRow() }
    let workers = call.workers
    if workers > 1 && !isWhole && rows < 2 * workers && rows % workers != 0 {
      for row in 0..<rows { longRow(row, workers: workers) }
    } else {
      forEachPart(of: rows, workers: workers) { part in
        isWhole ? wholeRows(part) : longRows(part)
      }
    }
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
        rows: 1, columns: call.columns, state: Tile.State(base: base, capacity: 1))
      if Steps.reduce(tile, call) > 0 { return rowByRow(tile, firstRow: 0) }
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
    if call.packsInput || call.packsOutput {
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
    let limit =
      scratch == nil
      ? min(tileRows, state.capacity)
      : min(RowWalkLimits.scratchBytes / (call.columns &* format.size), RowWalkLimits.packedRows)
    var row = part.lowerBound
    while row < part.upperBound {
      let uniform = min(call.input.uniformRows(from: row), call.output.uniformRows(from: row))
      let count = min(limit, part.upperBound - row, uniform)
      let tile = loadTile(row, rows: count, columns: 0..<call.columns, state, scratch)
      let special = Steps.reduce(tile, call)
      if special == 0 {
        finish(tile, firstRow: row)
        if !Steps.isReduction { Steps.map(tile, call) }
      } else {
        rowByRow(tile, firstRow: row)
      }
      storeTile(tile, row, columns: 0..<call.columns, scratch)
      row += count
    }
  }

  /// Finishes a tile that holds special rows.
  @inline(never)
  private func rowByRow(_ tile: Tile, firstRow: Int) {
    for index in 0..<tile.rows {
      let row = tile.row(index, format)
      if row.state.isSpecial(0) {
        SpecialRow(call, firstRow + index, maximum: row.state.maximum(0), sum: row.state.sum(0))
          .fill(row.out, stride: 1)
      } else {
        finish(row, firstRow: firstRow + index)
        if !Steps.isReduction { Steps.map(row, call) }
      }
    }
  }

  /// Finishes the states of ordinary rows; results near 0 are done again in wider arithmetic.
  @inline(__always)
  private func finish(_ tile: Tile, firstRow: Int) {
    let again = Steps.finish(tile, call)
    if Steps.isReduction {
      if again > 0 { WideRow.redo(tile, firstRow: firstRow, call) }
      if call.packing.negates { negate(tile) }
    }
  }

  @inline(never)
  private func negate(_ tile: Tile) {
    for row in 0..<tile.rows {
      let index = row &* tile.outStride
      format.store(-format.load(UnsafeRawPointer(tile.out), index), tile.out, index)
    }
  }

  // MARK: Long rows

  private var blockLength: Int { format.blockLength }
  private var blockCount: Int { (call.columns &+ blockLength &- 1) / blockLength }

  @inline(never)
  private func longRows(_ part: Range<Int>) {
    for row in part { longRow(row, workers: 1) }
  }

  /// One long row, with its blocks spread over `workers` threads.
  private func longRow(_ row: Int, workers: Int) {
    if Steps.mapsByBlock && blockCount > RowWalkLimits.stateBlocks {
      // Every block's state is needed until the end.
      let base = UnsafeMutablePointer<Double>.allocate(capacity: 3 * blockCount)
      defer { base.deallocate() }
      longRow(row, Tile.State(base: base, capacity: blockCount), workers: workers)
    } else {
      var memory = InlineArray<1536, Double>(repeating: 0)  // three for each of stateBlocks
      withUnsafeMutableBytes(of: &memory) { bytes in
        let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
        let state = Tile.State(base: base, capacity: RowWalkLimits.stateBlocks)
        longRow(row, state, workers: workers)
      }
    }
  }

  private func longRow(_ row: Int, _ state: Tile.State, workers: Int) {
    var found = SpecialRow.Found()
    var carried = 0  // 1 if state 0 holds what was merged before
    var next = 0
    while next < blockCount {
      let blocks = next..<min(blockCount, next + state.capacity - carried)
      reduceBlocks(row, blocks, state.from(carried), workers: workers)
      found.add(call, row, blocks, state.from(carried))
      if found.maximum.isFinite { Steps.merge(state, count: carried + blocks.count, call) }
      carried = found.maximum.isFinite ? 1 : 0
      next = blocks.upperBound
    }
    if let special = SpecialRow(call, row, found) {
      special.fill(
        call.output.address(row), stride: Steps.isReduction ? 1 : call.output.layout.columnStride)
      return
    }
    if !Steps.mapsByBlock {
      let tile = Tile(
        x: UnsafeRawPointer(call.input.address(row)), stride: 0, out: call.output.address(row),
        outStride: 1, rows: 1, columns: call.columns, state: state)
      finish(tile, firstRow: row)
    }
    if !Steps.isReduction { mapBlocks(row, state, workers: workers) }
  }

  /// Columns of block `block`.
  private func columns(_ block: Int) -> Range<Int> {
    (block * blockLength)..<min((block + 1) * blockLength, call.columns)
  }

  /// Reduces `blocks` to a state each, from `state` on.
  private func reduceBlocks(
    _ row: Int, _ blocks: Range<Int>, _ state: Tile.State, workers: Int
  ) {
    nonisolated(unsafe) let state = state
    forEachPart(of: blocks.count, workers: workers) { part in
      forEachBlock(part) { index, scratch in
        let columns = columns(blocks.lowerBound + index)
        let tile = loadTile(row, rows: 1, columns: columns, state.from(index), scratch)
        _ = Steps.reduce(tile, call)
        if Steps.mapsByBlock && tile.state.maximum(0).isFinite {
          storeTile(tile, row, columns: columns, scratch)
        }
      }
    }
  }

  /// Maps every block by its own state, or by the row's.
  private func mapBlocks(_ row: Int, _ state: Tile.State, workers: Int) {
    nonisolated(unsafe) let state = state
    forEachPart(of: blockCount, workers: workers) { part in
      forEachBlock(part) { block, scratch in
        let columns = columns(block)
        if Steps.mapsByBlock {
          mapStored(row, columns, state.from(block), scratch)
        } else {
          let tile = loadTile(row, rows: 1, columns: columns, state, scratch)
          Steps.map(tile, call)
          storeTile(tile, row, columns: columns, scratch)
        }
      }
    }
  }

  /// Maps a block whose terms are in the output. One without mass has the factor 0 and was not stored.
  private func mapStored(
    _ row: Int, _ columns: Range<Int>, _ state: Tile.State, _ scratch: UnsafeMutableRawPointer?
  ) {
    let out = call.output.address(row, column: columns.lowerBound)
    let stride = call.output.layout.columnStride
    if state.base[0] == 0 && state.base[state.capacity] == 0 {
      for column in 0..<columns.count { format.store(0, out, column &* stride) }
      return
    }
    var tile = Tile(
      x: UnsafeRawPointer(out), stride: 0, out: out, outStride: 0, rows: 1,
      columns: columns.count, state: state)
    if let scratch, call.packsOutput {
      Packing().pack(
        tile.x, format, rows: 1, columns: columns.count, rowStride: 0, columnStride: stride,
        into: scratch)
      tile.out = scratch
    }
    Steps.map(tile, call)
    storeTile(tile, row, columns: columns, scratch)
  }

  @inline(__always)
  private func forEachBlock(
    _ blocks: Range<Int>, _ body: (Int, UnsafeMutableRawPointer?) -> Void
  ) {
    if call.packsInput || call.packsOutput {
      withScratch { scratch in for block in blocks { body(block, scratch) } }
    } else {
      for block in blocks { body(block, nil) }
    }
  }

  // MARK: Tiles

  /// A tile on the caller's memory where kernels can use it as it is, else on `scratch`.
  @inline(__always)
  func loadTile(
    _ row: Int, rows: Int, columns: Range<Int>, _ state: Tile.State,
    _ scratch: UnsafeMutableRawPointer?
  ) -> Tile {
    var tile = Tile(
      x: UnsafeRawPointer(call.input.address(row, column: columns.lowerBound)),
      stride: call.input.layout.rowStride,
      out: call.output.address(row, column: Steps.isReduction ? 0 : columns.lowerBound),
      outStride: call.output.layout.rowStride, rows: rows, columns: columns.count, state: state)
    guard let scratch else { return tile }
    if call.packsInput {
      call.packing.pack(
        tile.x, format, rows: rows, columns: columns.count,
        rowStride: call.input.layout.rowStride, columnStride: call.input.layout.columnStride,
        into: scratch)
      tile.x = UnsafeRawPointer(scratch)
      tile.stride = columns.count
    }
    if call.packsOutput {
      tile.out = scratch
      tile.outStride = columns.count
    }
    return tile
  }

  /// Takes results from `scratch` to the caller's memory where they were not written there at once.
  @inline(__always)
  func storeTile(
    _ tile: Tile, _ row: Int, columns: Range<Int>, _ scratch: UnsafeMutableRawPointer?
  ) {
    guard let scratch, call.packsOutput else { return }
    Packing.unpack(
      scratch, format, rows: tile.rows, columns: columns.count,
      rowStride: call.output.layout.rowStride, columnStride: call.output.layout.columnStride,
      into: call.output.address(row, column: columns.lowerBound))
  }

  @inline(never)
  func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
    var memory = InlineArray<8200, Double>(repeating: 0)  // scratchBytes and 64 to align
    withUnsafeMutableBytes(of: &memory) { bytes in
      body(bytes.baseAddress!.alignedUp(toMultipleOf: 64))
    }
  }
}

/// Sizes of the walk's tiles.
enum RowWalkLimits {
  /// Rows in a tile at most: the states of a tile lie on the stack.
  static var tileRows: Int { 128 }
  /// Bytes of a tile of whole rows, about.
  static var tileBytes: Int { 16384 }
  /// Bytes of a packed tile.
  static var scratchBytes: Int { 65536 }
  /// Rows in a packed tile at most.
  static var packedRows: Int { 64 }
  /// States of a long row's blocks that lie on the stack.
  static var stateBlocks: Int { 512 }
}
