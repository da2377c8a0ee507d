/// One elementwise function on its operands: what the public functions call. Cuts the elements into
/// chunks, shares them among threads, calls the engine's kernel, and does again what that marks.
@usableFromInline
struct ElementwiseCall {
  /// An operand: `count` elements, or one for all.
  @usableFromInline
  struct Operand {
    let base: UnsafeRawPointer
    let isEach: Bool

    @usableFromInline
    init(_ base: UnsafeRawPointer, isEach: Bool) {
      self.base = base
      self.isEach = isEach
    }
  }

  typealias Operands = (Operand, Operand?, Operand?)

  let function: Elementwise
  /// The format of operands and results in memory, and that of the kernels.
  let stored: _RowScalarFormat
  let format: _RowScalarFormat
  let operands: Operands
  let count: Int
  let out: UnsafeMutableRawPointer
  let kernel: ElementwiseKernels.Kernel?
  /// True if `out` is one of the operands.
  let isInPlace: Bool

  /// Elements of a chunk: so few that its tiles stay in the first-level cache.
  @inline(__always) var chunk: Int { 2048 / format.size }
  /// Chunks that a kernel takes at a time where they need no tile: what it does for a few elements at the
  /// end of a call is then for more of them.
  @inline(__always) static var directChunks: Int { 4 }
  /// Below this a second thread costs more to wake than it saves.
  @inline(__always) static var serialElements: Int { 1 << 15 }

  @usableFromInline
  static func run(
    _ function: Elementwise, _ stored: _RowScalarFormat, _ x: Operand, _ y: Operand? = nil,
    _ z: Operand? = nil, count: Int, into out: UnsafeMutableRawPointer?, outCount: Int,
    _ options: RowOptions
  ) {
    require(
      (options.threads ?? 1) >= 1, "options.threads is \(options.threads ?? 0), must be at least 1")
    require(outCount == count, "into: \(outCount) elements do not fit \(count) of the operands")
    guard count > 0, let out else { return }
    var isInPlace = false
    for operand in [x, y, z] {
      guard let operand, operand.isEach else { continue }
      if operand.base == UnsafeRawPointer(out) {
        isInPlace = true
        continue
      }
      let from = UInt(bitPattern: operand.base)
      let to = UInt(bitPattern: out)
      let bytes = UInt(bitPattern: count * stored.size)
      require(
        from + bytes <= to || to + bytes <= from,
        """
        into: output of \(bytes) bytes overlaps an operand, \(Int(bitPattern: to &- from)) bytes from \
        its start; it must lie apart or be the same elements
        """)
    }
    let call = ElementwiseCall(
      function: function, stored: stored, format: stored.computed, operands: (x, y, z),
      count: count, out: out, kernel: options.engine.kernel(function, stored.computed),
      isInPlace: isInPlace)
    let chunk = call.chunk
    let chunks = (count + chunk - 1) / chunk
    let workers =
      count < serialElements ? 1 : min(options.threads ?? processorCount, count / 8192 + 1)
    forEachPart(of: chunks, workers: workers) { call.run($0) }
  }

  /// Tiles for the operands, the results and the marks.
  private typealias Tiles = InlineArray<1280, Double>

  @inline(never)
  private func run(_ chunks: Range<Int>) {
    var tiles = Tiles(repeating: 0)
    withUnsafeMutablePointer(to: &tiles) { tiles in
      let tile = UnsafeMutableRawPointer(tiles)
      let again = (tile + 4 * 2048).assumingMemoryBound(to: UInt8.self)
      fill(operands.0, tile)
      if let y = operands.1 { fill(y, tile + 2048) }
      if let z = operands.2 { fill(z, tile + 2 * 2048) }
      var first = chunks.lowerBound * chunk
      let end = min(chunks.upperBound * chunk, count)
      while first < end {
        let left = end - first
        let most = isTiled || left < chunk ? chunk : min(left / chunk, Self.directChunks) * chunk
        run(first, min(left, most), tile, again)
        first += most
      }
    }
  }

  /// True if some operand or the result of whole chunks goes through a tile too.
  private var isTiled: Bool {
    isInPlace || stored != format || !operands.0.isEach || operands.1?.isEach == false
      || operands.2?.isEach == false
  }

  /// An operand that is one number for all fills its tile once.
  private func fill(_ operand: Operand, _ tile: UnsafeMutableRawPointer) {
    if operand.isEach { return }
    let value = stored.load(operand.base, 0)
    for index in 0..<chunk { format.store(value, tile, index) }
  }

  @inline(__always)
  private func run(
    _ first: Int, _ present: Int, _ tile: UnsafeMutableRawPointer,
    _ again: UnsafeMutablePointer<UInt8>
  ) {
    var pointers: InlineArray<3, UnsafeRawPointer> = [
      place(operands.0, tile, first, present), UnsafeRawPointer(tile), UnsafeRawPointer(tile),
    ]
    if let y = operands.1 { pointers[1] = place(y, tile + 2048, first, present) }
    if let z = operands.2 { pointers[2] = place(z, tile + 2 * 2048, first, present) }
    let target = out + first * stored.size
    let isDirect = present >= chunk && !isInPlace && stored == format
    let results = isDirect ? target : tile + 3 * 2048
    // Whole vectors of any kernel.
    let padded = (present + 15) / 16 * 16
    withUnsafePointer(to: &pointers) { pointers in
      let pointers = UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafeRawPointer.self)
      let marks =
        if let kernel {
          kernel(pointers, padded, results, again) != 0
        } else {
          function.swiftKernel(format, pointers, padded, results, again)
        }
      if marks { redo(pointers, results, again, present) }
    }
    if isDirect { return }
    if stored == format {
      target.copyMemory(from: results, byteCount: present * format.size)
    } else {
      SwiftSource.unpack(
        results, present, stored, rows: 1, columns: present, rowStride: 0, columnStride: 1,
        into: target)
    }
  }

  /// Where the kernel finds a chunk of an operand: the last one, if it is not whole, in the tile.
  @inline(__always)
  private func place(
    _ operand: Operand, _ tile: UnsafeMutableRawPointer, _ first: Int, _ present: Int
  ) -> UnsafeRawPointer {
    if !operand.isEach { return UnsafeRawPointer(tile) }
    let base = operand.base + first * stored.size
    if stored != format {
      SwiftSource(x: base, rowStride: 0, columnStride: 1, format: stored)
        .pack(1, present, into: tile, stride: present)
      return UnsafeRawPointer(tile)
    }
    if present >= chunk { return base }
    tile.copyMemory(from: base, byteCount: present * format.size)
    return UnsafeRawPointer(tile)
  }

  /// The elements that the kernel has marked, by the scalar function; the marks are taken back.
  @inline(never)
  private func redo(
    _ pointers: UnsafePointer<UnsafeRawPointer>, _ results: UnsafeMutableRawPointer,
    _ again: UnsafeMutablePointer<UInt8>, _ present: Int
  ) {
    let raw = UnsafeMutableRawPointer(again)
    for eight in stride(from: 0, to: present, by: 8)
    where raw.load(fromByteOffset: eight, as: UInt64.self) != 0 {
      for index in eight..<min(eight + 8, present) where again[index] != 0 {
        let x = format.load(pointers[0], index)
        let y = operands.1 == nil ? 0 : format.load(pointers[1], index)
        let z = operands.2 == nil ? 0 : format.load(pointers[2], index)
        format.store(function(x, y, z, narrow: format == .float32), results, index)
      }
      raw.storeBytes(of: 0, toByteOffset: eight, as: UInt64.self)
    }
    // Elements between the last one and the end of a vector.
    for index in present..<(present + 15) / 16 * 16 { again[index] = 0 }
  }
}
