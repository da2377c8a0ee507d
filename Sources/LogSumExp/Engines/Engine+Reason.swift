extension Engine {
  /// Why an engine was taken.
  enum Reason: UInt8, Sendable {
    case requested, present, absent, builtWithoutC, asked, refused

    var text: String {
      switch self {
      case .requested:
        return "requested"
      case .present:
        return "OpenBLAS is present"
      case .absent:
        return OpenBLASInfo.absence
      case .builtWithoutC:
        return "built without the trait OpenBLAS"
      case .asked:
        return "LSE_ENGINE asks for it"
      case .refused:
        let asked = environment("LSE_ENGINE") ?? ""
        do {
          _ = try Engine(named: asked)
          return "LSE_ENGINE asks for it"
        } catch {
          return "LSE_ENGINE=\(asked) cannot be had: \(error)"
        }
      }
    }
  }
}

/// Why an engine cannot be had.
public enum EngineError: Error, Hashable, CustomStringConvertible {
  /// No engine, kernel or plan of that name; the known ones are listed.
  case unknown(what: String, name: String, known: [String])
  /// OpenBLAS was not found when the program was linked or started.
  case openBLASAbsent
  /// The program was built without the trait `OpenBLAS`, so it has no C.
  case builtWithoutC(String)

  public var description: String {
    switch self {
    case .unknown(let what, let name, let known):
      "no \(what) '\(name)' here; there is \(known.joined(separator: ", "))"
    case .openBLASAbsent:
      OpenBLASInfo.absence
    case .builtWithoutC(let name):
      "engine '\(name)' needs a build with the trait OpenBLAS"
    }
  }
}
