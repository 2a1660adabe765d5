import Metrics
import Synchronization

/// Keeps what swift-metrics is told, for a page in Prometheus' text format.
///
/// It is handed to each metric, and not installed for the whole process: a test has one of its own. At most `limit` series
/// are kept; what would be one more is dropped, and the page says how many were.
final class MetricsRegistry: MetricsFactory, Sendable {
    static let limit = 100_000

    struct Series: Hashable, Sendable {
        let name: String
        /// The labels' names in order, each followed by its value: there are thousands of series, and a dictionary takes twice as much.
        private let words: [String]

        init(name: String, labels: [(String, String)]) {
            self.name = name
            words = labels.sorted { $0.0 < $1.0 }.flatMap { [$0.0, $0.1] }
        }

        var labels: [(String, String)] {
            stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) }
        }
    }

    /// Upper bounds in seconds of the buckets of a duration.
    static let bounds: [Double] = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800]

    struct Histogram: Sendable {
        var counts = [Int](repeating: 0, count: MetricsRegistry.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private struct State {
        var counters: [Series: Int64] = [:]
        var gauges: [Series: Double] = [:]
        var histograms: [Series: Histogram] = [:]
        var dropped = 0

        var size: Int { counters.count + gauges.count + histograms.count }
    }

    private let state = Mutex(State())

    var counters: [Series: Int64] { state.withLock { $0.counters } }
    var gauges: [Series: Double] { state.withLock { $0.gauges } }
    var histograms: [Series: Histogram] { state.withLock { $0.histograms } }
    var dropped: Int { state.withLock { $0.dropped } }

    fileprivate func add(_ amount: Int64, to series: Series) {
        state.withLock { state in
            guard state.counters[series] != nil || state.size < Self.limit else {
                state.dropped += 1
                return
            }
            let (sum, isTooMuch) = state.counters[series, default: 0].addingReportingOverflow(amount)
            state.counters[series] = isTooMuch ? amount : sum
        }
    }

    fileprivate func set(_ value: Double, of series: Series) {
        state.withLock { state in
            guard state.gauges[series] != nil || state.size < Self.limit else {
                state.dropped += 1
                return
            }
            state.gauges[series] = value
        }
    }

    fileprivate func observe(_ seconds: Double, of series: Series) {
        state.withLock { state in
            guard state.histograms[series] != nil || state.size < Self.limit else {
                state.dropped += 1
                return
            }
            var histogram = state.histograms[series] ?? Histogram()
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { histogram.counts[index] += 1 }
            histogram.count += 1
            histogram.sum += seconds
            state.histograms[series] = histogram
        }
    }

    fileprivate func forget(_ series: Series) {
        state.withLock { state in
            state.counters[series] = nil
            state.gauges[series] = nil
            state.histograms[series] = nil
        }
    }

    // MARK: MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Handler(registry: self, label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Handler(registry: self, label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        Handler(registry: self, label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler(registry: self, label, dimensions)
    }

    // A handler holds nothing but its series, which stays when the handler goes.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

/// One series, as swift-metrics writes to it.
private final class Handler: CounterHandler, MeterHandler, RecorderHandler, TimerHandler, Sendable {
    private let registry: MetricsRegistry
    private let series: MetricsRegistry.Series
    private let value = Mutex(0.0)

    init(registry: MetricsRegistry, _ label: String, _ dimensions: [(String, String)]) {
        self.registry = registry
        series = MetricsRegistry.Series(name: label, labels: dimensions)
    }

    func increment(by amount: Int64) { registry.add(amount, to: series) }
    func reset() { registry.forget(series) }
    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) {
        self.value.withLock { $0 = value }
        registry.set(value, of: series)
    }

    func increment(by amount: Double) { set(value.withLock { $0 } + amount) }
    func decrement(by amount: Double) { set(value.withLock { $0 } - amount) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func recordNanoseconds(_ duration: Int64) { registry.observe(Double(duration) / 1e9, of: series) }
}
