import Synchronization

/// A value that a closure leaves behind.
final class LockedValue<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    init(_ value: Value) { storage = Mutex(value) }

    var value: Value { storage.withLock { $0 } }

    func set(_ value: Value) { storage.withLock { $0 = value } }

    func update(_ change: (inout Value) -> Void) { storage.withLock { change(&$0) } }
}
