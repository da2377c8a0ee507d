// The elements as Swift arrays, always in the file's element order (see `strides`).

extension NumPyReadable {
  /// The elements as `Float`, each rounded to the nearest; `false` is 0 and `true` is 1.
  ///
  /// The element order is the file's: see ``strides``.
  ///
  /// - Complexity: O(`count`)
  public func values(as _: Float.Type) -> [Float] {
    withUnsafeBytes { rounded($0, type) }
  }

  /// The elements as `Double`, each rounded to the nearest; `false` is 0 and `true` is 1.
  ///
  /// The element order is the file's: see ``strides``.
  ///
  /// - Complexity: O(`count`)
  public func values(as _: Double.Type) -> [Double] {
    withUnsafeBytes { rounded($0, type) }
  }

  /// The elements as `Int`, or `nil` if one of them is no integer or does not fit.
  ///
  /// ```swift
  /// let labels = try NumPyArray(contentsOf: "labels.npy").values(exactly: Int.self)
  /// ```
  ///
  /// The element order is the file's: see ``strides``.
  ///
  /// - Complexity: O(`count`)
  public func values(exactly _: Int.Type) -> [Int]? {
    withUnsafeBytes { exact($0, type) }
  }

  /// The elements as they are, or `nil` if they are of another type.
  ///
  /// A `bool` byte other than 0 counts as `true`. The element order is the file's: see ``strides``.
  ///
  /// - Complexity: O(`count`)
  public func elements<Scalar: NumPyScalar>(as scalar: Scalar.Type) -> [Scalar]? {
    guard scalar.numPyType == type else { return nil }
    if scalar == Bool.self {
      return withUnsafeBytes { $0.map { $0 != 0 } } as? [Scalar]
    }
    return withUnsafeBytes { Array($0.assumingMemoryBound(to: scalar)) }
  }

  /// The bit patterns of half-precision elements, or `nil` if they are of another type.
  ///
  /// The element order is the file's: see ``strides``.
  ///
  /// - Complexity: O(`count`)
  public func float16BitPatterns() -> [UInt16]? {
    guard type == .float16 else { return nil }
    return withUnsafeBytes { Array($0.assumingMemoryBound(to: UInt16.self)) }
  }
}

private func rounded<Value: BinaryFloatingPoint>(
  _ bytes: UnsafeRawBufferPointer, _ type: NumPyType
) -> [Value] {
  switch type {
  case .bool: map(bytes) { (x: UInt8) in x == 0 ? 0 : 1 }
  case .int8: map(bytes) { (x: Int8) in Value(x) }
  case .int16: map(bytes) { (x: Int16) in Value(x) }
  case .int32: map(bytes) { (x: Int32) in Value(x) }
  case .int64: map(bytes) { (x: Int64) in Value(x) }
  case .uint8: map(bytes) { (x: UInt8) in Value(x) }
  case .uint16: map(bytes) { (x: UInt16) in Value(x) }
  case .uint32: map(bytes) { (x: UInt32) in Value(x) }
  case .uint64: map(bytes) { (x: UInt64) in Value(x) }
  case .float16: map(bytes) { (x: UInt16) in Value(Float(float16BitPattern: x)) }
  case .float32: map(bytes) { (x: Float) in Value(x) }
  case .float64: map(bytes) { (x: Double) in Value(x) }
  }
}

private func exact(_ bytes: UnsafeRawBufferPointer, _ type: NumPyType) -> [Int]? {
  switch type {
  case .bool: map(bytes) { (x: UInt8) in x == 0 ? 0 : 1 }
  case .int8: map(bytes) { (x: Int8) in Int(x) }
  case .int16: map(bytes) { (x: Int16) in Int(x) }
  case .int32: map(bytes) { (x: Int32) in Int(x) }
  case .int64: mapAll(bytes) { (x: Int64) in Int(exactly: x) }
  case .uint8: map(bytes) { (x: UInt8) in Int(x) }
  case .uint16: map(bytes) { (x: UInt16) in Int(x) }
  case .uint32: mapAll(bytes) { (x: UInt32) in Int(exactly: x) }
  case .uint64: mapAll(bytes) { (x: UInt64) in Int(exactly: x) }
  case .float16: mapAll(bytes) { (x: UInt16) in Int(exactly: Float(float16BitPattern: x)) }
  case .float32: mapAll(bytes) { (x: Float) in Int(exactly: x) }
  case .float64: mapAll(bytes) { (x: Double) in Int(exactly: x) }
  }
}

/// `transform` of each element.
@inline(__always)
private func map<Stored: BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, _ transform: (Stored) -> Value
) -> [Value] {
  let size = MemoryLayout<Stored>.size
  let total = bytes.count / size
  return [Value](unsafeUninitializedCapacity: total) { values, count in
    for index in 0..<total {
      let stored = bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self)
      values.initializeElement(at: index, to: transform(stored))
    }
    count = total
  }
}

/// `transform` of each element, or `nil` from the first element that has none.
private func mapAll<Stored: BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, _ transform: (Stored) -> Value?
) -> [Value]? {
  let size = MemoryLayout<Stored>.size
  var values: [Value] = []
  values.reserveCapacity(bytes.count / size)
  for offset in stride(from: 0, to: bytes.count, by: size) {
    guard let value = transform(bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self)) else {
      return nil
    }
    values.append(value)
  }
  return values
}
