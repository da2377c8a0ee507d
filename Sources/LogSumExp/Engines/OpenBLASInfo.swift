#if OpenBLAS
  internal import COpenBLAS
#endif

/// What is known of OpenBLAS in this program.
public enum OpenBLASInfo {
  /// True in a build with the trait `OpenBLAS`.
  public static var isEnabled: Bool {
    #if OpenBLAS
      true
    #else
      false
    #endif
  }

  /// True if this program is linked to an OpenBLAS with 32-bit integers.
  public static let isPresent: Bool = {
    #if OpenBLAS
      return lse_openblas_is_present() != 0
    #else
      return false
    #endif
  }()

  /// True if OpenBLAS's header was there when the program was built.
  public static var builtWithHeaders: Bool {
    #if OpenBLAS
      return lse_openblas_built_with_headers() != 0
    #else
      return false
    #endif
  }

  /// OpenBLAS's own description: version and build options.
  public static var configuration: String? {
    #if OpenBLAS
      return isPresent ? String(cString: openblas_get_config()) : nil
    #else
      return nil
    #endif
  }

  /// Name of the processor core whose kernels OpenBLAS took.
  public static var core: String? {
    #if OpenBLAS
      return isPresent ? String(cString: openblas_get_corename()) : nil
    #else
      return nil
    #endif
  }

  /// Number of threads that OpenBLAS is set to. This library never changes it.
  public static var threads: Int? {
    #if OpenBLAS
      return isPresent ? Int(openblas_get_num_threads()) : nil
    #else
      return nil
    #endif
  }

  /// Why OpenBLAS is absent and the command that changes it.
  static var absence: String {
    if !isEnabled { return "built without the trait OpenBLAS" }
    return builtWithHeaders
      ? "OpenBLAS is not linked: pkg-config or its openblas.pc was not there when this was built; "
        + "run ./scripts/setup and build again"
      : "OpenBLAS is not there: run ./scripts/setup (or install libopenblas-dev) and build again"
  }
}
