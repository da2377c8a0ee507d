#if canImport(Dispatch)
  import Dispatch
  import Synchronization

  /// Threads that help the calling one, one for each further processor.
  ///
  /// Waking a thread takes longer than a matrix of a million elements, so a helper that has done its part
  /// looks out for the next for a moment (`watch`) before it sleeps, and gives its thread back after a
  /// second without work. The helpers serve one caller at a time; another one that comes meanwhile does
  /// its work alone, so that callers never wait for each other.
  final class Helpers: Sendable {
    static let shared = Helpers(count: max(1, processorCount - 1))

    private let helpers: [Helper]
    private let isTaken = Atomic(false)
    /// Counts jobs; a helper takes part in each at most once.
    fileprivate let job = Atomic(0)
    private let isOpen = Atomic(false)
    /// Helpers that are looking at the job or working on it.
    private let inside = Atomic(0)
    private let places = Atomic(0)
    private let nextPart = Atomic(0)
    private let partCount = Atomic(0)
    /// Processor on which the caller runs, -1 if that is unknown.
    private let callerProcessor = Atomic(-1)
    /// The job, valid while it is open or somebody is inside.
    nonisolated(unsafe) private var work: ((Int) -> Void)?

    private init(count: Int) { helpers = (0..<count).map { _ in Helper() } }

    /// Calls `body` with 0..<parts, on the calling thread and up to `helpers` others.
    func run(parts: Int, helpers count: Int, _ body: (Int) -> Void) {
      if isTaken.exchange(true, ordering: .acquiring) {
        for part in 0..<parts { body(part) }
        return
      }
      withoutActuallyEscaping(body) { body in
        work = body
        partCount.store(parts, ordering: .relaxed)
        nextPart.store(0, ordering: .relaxed)
        places.store(count, ordering: .relaxed)
        callerProcessor.store(Processor.current, ordering: .relaxed)
        isOpen.store(true, ordering: .sequentiallyConsistent)
        job.add(1, ordering: .sequentiallyConsistent)
        for helper in helpers.prefix(count) { helper.wake(self) }
        takeParts()
        isOpen.store(false, ordering: .sequentiallyConsistent)
        while inside.load(ordering: .sequentiallyConsistent) > 0 {}
        work = nil
      }
      isTaken.store(false, ordering: .releasing)
    }

    private func takeParts() {
      let parts = partCount.load(ordering: .relaxed)
      while true {
        let part = nextPart.add(1, ordering: .relaxed).oldValue
        if part >= parts { return }
        work?(part)
      }
    }

    /// What a helper does with a job: either it sees that the job is closed, or `run` sees it inside.
    fileprivate func join() {
      Processor.leave(callerProcessor.load(ordering: .relaxed))
      inside.add(1, ordering: .sequentiallyConsistent)
      if isOpen.load(ordering: .sequentiallyConsistent)
        && places.subtract(1, ordering: .relaxed).oldValue > 0
      {
        takeParts()
      }
      inside.subtract(1, ordering: .sequentiallyConsistent)
    }
  }

  /// One helper: a thread that works, watches, sleeps, and ends when there is nothing to do.
  private final class Helper: Sendable {
    private let isAlive = Atomic(false)
    private let isAsleep = Atomic(false)
    private let bell = DispatchSemaphore(value: 0)

    /// Nanoseconds of looking out for the next job.
    private static let watch: UInt64 = 200_000

    func wake(_ helpers: Helpers) {
      if isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
        bell.signal()
      } else if !isAlive.exchange(true, ordering: .sequentiallyConsistent) {
        DispatchQueue.global(qos: .userInitiated).async { self.work(for: helpers) }
      }
    }

    private func work(for helpers: Helpers) {
      var seen = helpers.job.load(ordering: .sequentiallyConsistent) &- 1
      while true {
        if watches(helpers, since: seen) || sleeps(helpers, since: seen) {
          seen = helpers.job.load(ordering: .sequentiallyConsistent)
          helpers.join()
        } else {
          isAlive.store(false, ordering: .sequentiallyConsistent)
          // A job that came in between found this helper alive.
          if helpers.job.load(ordering: .sequentiallyConsistent) == seen
            || isAlive.exchange(true, ordering: .sequentiallyConsistent)
          {
            return
          }
        }
      }
    }

    /// True if there is a new job within a moment.
    private func watches(_ helpers: Helpers, since seen: Int) -> Bool {
      let start = DispatchTime.now().uptimeNanoseconds
      repeat {
        for _ in 0..<32 where helpers.job.load(ordering: .acquiring) != seen { return true }
      } while DispatchTime.now().uptimeNanoseconds &- start < Self.watch
      return false
    }

    /// True if the bell rang within a second.
    private func sleeps(_ helpers: Helpers, since seen: Int) -> Bool {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      if helpers.job.load(ordering: .sequentiallyConsistent) == seen
        && bell.wait(timeout: .now() + 1) == .success
      {
        return true
      }
      if isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
        return helpers.job.load(ordering: .sequentiallyConsistent) != seen
      }
      bell.wait()  // it is ringing
      return true
    }
  }
#endif
