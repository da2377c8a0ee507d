extension NumPyArray {
  /// The table of numbers in the `.csv` file at `path`, or on standard input if `path` is `-`.
  ///
  /// ```swift
  /// let table = try NumPyArray.csv(contentsOf: "scores.csv")
  /// table.shape                    // [lines, numbers per line]
  /// table.type                     // .float64
  /// ```
  ///
  /// One row per line, the numbers separated by commas. Blank lines are skipped; so is a first line
  /// in which no field is a number. `nan`, `inf` and `infinity` are numbers in any case of letters
  /// and with either sign; a number out of range is infinite or zero. There is no quoting.
  ///
  /// The array has two axes in C order; a file of nothing but a first line of names has no rows.
  ///
  /// - Throws: ``NumPyFileError`` that names the line: a field that is no number, a line that is
  ///   longer or shorter than the first, or no line at all.
  public static func csv(contentsOf path: String) throws(NumPyFileError) -> NumPyArray {
    try csv(bytes: POSIX.contents(of: path), name: POSIX.sourceName(path))
  }

  /// The table of numbers in a `.csv` file, as ``csv(contentsOf:)``, each rounded once to `scalar`.
  ///
  /// - Throws: ``NumPyFileError``, see ``csv(contentsOf:)``.
  public static func csv(
    contentsOf path: String, as scalar: Float.Type
  ) throws(NumPyFileError) -> NumPyArray {
    try csv(bytes: POSIX.contents(of: path), name: POSIX.sourceName(path), as: scalar)
  }

  /// The table of numbers in the bytes of a `.csv` file, see ``csv(contentsOf:)``.
  ///
  /// - Throws: ``NumPyFileError``, in which `name` stands for the file.
  public static func csv(bytes: [UInt8], name: String) throws(NumPyFileError) -> NumPyArray {
    let table = try CSVTable<Double>(bytes, name: name)
    return NumPyArray(table.numbers, shape: [table.rows, table.columns])
  }

  /// The table of numbers in the bytes of a `.csv` file, each rounded once to `scalar`.
  ///
  /// - Throws: ``NumPyFileError``, in which `name` stands for the file.
  public static func csv(
    bytes: [UInt8], name: String, as scalar: Float.Type
  ) throws(NumPyFileError) -> NumPyArray {
    let table = try CSVTable<Float>(bytes, name: name)
    return NumPyArray(table.numbers, shape: [table.rows, table.columns])
  }
}
