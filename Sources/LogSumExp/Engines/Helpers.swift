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
    /// The parts of each thread, the caller's first: it begins with its own, the same from call to call,
    /// as they may still be in its cache, and then helps the others with theirs.
    private let shares: [Share]
    private let isTaken = Atomic(false)
    /// Counts jobs; a helper takes part in each at most once.
    fileprivate let job = Atomic(0)
    private let isOpen = Atomic(false)
    /// Helpers that are looking at the job or working on it.
    private let inside = Atomic(0)
    private let places = Atomic(0)
    private let partCount = Atomic(0)
    private let shareCount = Atomic(0)
    /// Processor on which the caller runs, -1 if that is unknown.
    private let callerProcessor = Atomic(-1)
    /// The job, valid while it is open or somebody is inside.
    nonisolated(unsafe) private var work: ((Int) -> Void)?

    private init(count: Int) {
      helpers = (1...count).map { Helper(share: $0) }
      shares = (0...count).map { _ in Share() }
    }

    /// Calls `body` with 0..<parts, on the calling thread and up to `helpers` others.
    func run(parts: Int, helpers wanted: Int, _ body: (Int) -> Void) {
      let count = min(wanted, helpers.count)
      if isTaken.exchange(true, ordering: .acquiring) {
        for part in 0..<parts { body(part) }
        return
      }
      withoutActuallyEscaping(body) { body in
        work = body
        partCount.store(parts, ordering: .relaxed)
        shareCount.store(count + 1, ordering: .relaxed)
        for share in 0...count { shares[share].next.store(first(share), ordering: .relaxed) }
        places.store(count, ordering: .relaxed)
        callerProcessor.store(Processor.current, ordering: .relaxed)
        isOpen.store(true, ordering: .sequentiallyConsistent)
        job.add(1, ordering: .sequentiallyConsistent)
        for helper in helpers.prefix(count) { helper.wake(self) }
        takeParts(from: 0)
        isOpen.store(false, ordering: .sequentiallyConsistent)
        while inside.load(ordering: .sequentiallyConsistent) > 0 {}
        work = nil
      }
      isTaken.store(false, ordering: .releasing)
    }

    /// The first part of a share, which ends where the next one begins.
    private func first(_ share: Int) -> Int {
      partCount.load(ordering: .relaxed) * share / shareCount.load(ordering: .relaxed)
    }

    /// Takes the parts of all shares, those of `own` first.
    private func takeParts(from own: Int) {
      let count = shareCount.load(ordering: .relaxed)
      for step in 0..<count {
        let share = (own + step) % count
        let end = first(share + 1)
        while true {
          let part = shares[share].next.add(1, ordering: .relaxed).oldValue
          if part >= end { break }
          work?(part)
        }
      }
    }

    /// What a helper does with a job: either it sees that the job is closed, or `run` sees it inside.
    fileprivate func join(as share: Int) {
      Processor.leave(callerProcessor.load(ordering: .relaxed))
      inside.add(1, ordering: .sequentiallyConsistent)
      if isOpen.load(ordering: .sequentiallyConsistent)
        && places.subtract(1, ordering: .relaxed).oldValue > 0
      {
        takeParts(from: share)
      }
      inside.subtract(1, ordering: .sequentiallyConsistent)
    }
  }

  private final class Share: Sendable {
    let next = Atomic(0)
  }

  /// One helper: a thread that works, watches, sleeps, and ends when there is nothing to do.
  private final class Helper: Sendable {
    private let isAlive = Atomic(false)
    private let isAsleep = Atomic(false)
    private let bell = DispatchSemaphore(value: 0)
    private let share: Int

    /// Nanoseconds of looking out for the next job.
    private static let watch: UInt64 = 200_000

    init(share: Int) { self.share = share }

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
          helpers.join(as: share)
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
