/// What the header of a `.npy` file says.
///
/// A file is, from its first byte on:
///
/// ```
/// magic string    6 bytes              \x93NUMPY
/// version         2 bytes              major, minor
/// length          2 bytes, or 4 from version 2.0 on; low byte first
/// dictionary      `length` bytes       {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
/// data            the elements, one after the other
/// ```
///
/// Source: the description of `numpy.lib.format`, "Format Version 1.0" to "3.0".
package struct NumPyHeader: Sendable {
  /// The type of the elements.
  let type: NumPyType
  /// Whether the elements' bytes must be turned around on this machine.
  let isForeignByteOrder: Bool
  /// Whether the first axis varies fastest.
  let isFortranOrder: Bool
  /// The length of each axis.
  let shape: [Int]
  /// Where the elements begin in the file.
  let dataOffset: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let keys = ["descr", "fortran_order", "shape"]
}
