/// Takes a value and does nothing that the optimiser knows of.
@inline(never)
public func blackHole<T>(_ value: borrowing T) {}
