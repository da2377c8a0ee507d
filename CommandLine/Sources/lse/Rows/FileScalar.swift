import LogSumExp
import NumPyFile

/// A type in which the rows of a file are computed.
protocol FileScalar: RowScalar, NumPyScalar {
  /// The elements of `array`, each rounded to the nearest, in the file's order.
  static func values(of array: any NumPyReadable) -> [Self]
}

extension Float: FileScalar {
  static func values(of array: any NumPyReadable) -> [Self] { array.values(as: Float.self) }
}

extension Double: FileScalar {
  static func values(of array: any NumPyReadable) -> [Self] { array.values(as: Double.self) }
}

#if !(os(macOS) && arch(x86_64))
  @available(macOS 11, *)
  extension Float16: FileScalar {
    static func values(of array: any NumPyReadable) -> [Self] {
      array.values(as: Double.self).map { Self($0) }
    }
  }
#endif
