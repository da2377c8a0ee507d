import Foundation
import LogSumExp
import NumPyFile

/// An input file as a batch of matrices.
struct MatrixFile {
  /// Smaller files are read: mapping pays where copying would cost.
  static let smallestMapping = 1 << 20

  let array: any NumPyReadable
  /// Where the elements lie: rank 1 is one row, rank 3 is batches of rows.
  let layout: MatrixLayout

  /// Opens the file at `path`, or the array `IN.npz:NAME`; `-` is standard input, of any format.
  init(_ path: String) throws {
    do {
      array = try Self.open(path)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure.data("\(error)")
    }
    guard !array.shape.isEmpty else {
      throw Failure.data("\(path): holds a single number; 1 to 3 axes are needed")
    }
    layout = Self.layout(shape: array.shape, strides: array.strides)
  }

  /// Lengths of the axes.
  var shape: [Int] { array.shape }
  /// Type of the elements.
  var type: NumPyType { array.type }

  static func layout(shape: [Int], strides: [Int]) -> MatrixLayout {
    let axes = [Int](repeating: 1, count: 3 - shape.count) + shape
    let steps = [Int](repeating: 0, count: 3 - shape.count) + strides
    return MatrixLayout(
      batches: axes[0], rows: axes[1], columns: axes[2],
      batchStride: steps[0], rowStride: steps[1], columnStride: steps[2])
  }

  /// Calls `body` with the elements: in place if they are of type `Scalar`, else converted.
  func withView<Scalar: RowScalar & NumPyScalar, R>(
    as scalar: Scalar.Type, converted: (any NumPyReadable) -> [Scalar],
    _ body: (MatrixView<Scalar>) -> R
  ) -> R {
    let inPlace = array.withUnsafeElements(of: scalar) { body(view($0)) }
    return inPlace ?? converted(array).withUnsafeBufferPointer { body(view($0)) }
  }

  private func view<Scalar>(_ elements: UnsafeBufferPointer<Scalar>) -> MatrixView<Scalar> {
    MatrixView(elements.baseAddress ?? nowhere(), layout: layout)
  }

  private static func open(_ path: String) throws -> any NumPyReadable {
    if path == "-" { return try openInput() }
    if let input = ArchiveInput(path) { return try input.array() }
    if path.lowercased().hasSuffix(".csv") { return try NumPyArray.csv(contentsOf: path) }
    if isLarge(path), let mapped = try? MappedNumPyArray(contentsOf: path) { return mapped }
    return try NumPyArray(contentsOf: path)
  }

  /// Standard input tells by its first bytes which format it is.
  private static func openInput() throws -> any NumPyReadable {
    let name = "standard input"
    let data: Data?
    do {
      data = try FileHandle.standardInput.readToEnd()
    } catch {
      throw Failure.data("\(name): cannot read")
    }
    let bytes = [UInt8](data ?? Data())
    if bytes.first == 0x93 { return try NumPyArray(bytes: bytes, name: name) }
    if bytes.starts(with: "PK\u{3}\u{4}".utf8) || bytes.starts(with: "PK\u{5}\u{6}".utf8) {
      return try ArchiveInput.onlyArray(in: NumPyArchive(bytes: bytes, name: name), name)
    }
    return try NumPyArray.csv(bytes: bytes, name: name)
  }

  /// True for a regular file worth mapping. A pipe must be opened once only.
  private static func isLarge(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && status.st_size >= smallestMapping
  }
}

/// A pointer for views without elements; never read.
func nowhere<Element>() -> UnsafePointer<Element> {
  UnsafePointer(bitPattern: MemoryLayout<Element>.alignment)!
}
