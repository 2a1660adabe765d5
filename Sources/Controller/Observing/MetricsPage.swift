import FoundationEssentials

/// A page in Prometheus' text format, version 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats.
struct MetricsPage {
    private var samples: [MetricName: [(labels: [(String, String)], value: Double)]] = [:]
    private var histograms: [(labels: [(String, String)], histogram: MetricsRegistry.Histogram)] = []

    mutating func add(_ name: MetricName, _ labels: [(String, String)] = [], _ value: Double) {
        samples[name, default: []].append((labels, value))
    }

    mutating func add(_ registry: MetricsRegistry) {
        for (series, value) in registry.counters {
            guard let name = MetricName(rawValue: series.name) else { continue }
            add(name, series.labels, Double(value))
        }
        for (series, value) in registry.gauges {
            guard let name = MetricName(rawValue: series.name) else { continue }
            add(name, series.labels, value)
        }
        for (series, histogram) in registry.histograms where series.name == MetricName.runDuration.rawValue {
            histograms.append((series.labels, histogram))
        }
        add(.droppedSeries, [], Double(registry.dropped))
    }

    var text: String {
        var text = ""
        for name in MetricName.allCases {
            let lines = name == .runDuration ? histogramLines(name) : sampleLines(name)
            guard !lines.isEmpty else { continue }
            text += "# HELP \(name.rawValue) \(name.help)\n# TYPE \(name.rawValue) \(name.type)\n"
            text += lines.joined(separator: "\n") + "\n"
        }
        return text
    }

    private func sampleLines(_ name: MetricName) -> [String] {
        (samples[name] ?? []).map { "\(name.rawValue)\(Self.labels($0.labels)) \(Self.number($0.value))" }.sorted()
    }

    private func histogramLines(_ name: MetricName) -> [String] {
        histograms.sorted { Self.labels($0.labels) < Self.labels($1.labels) }.flatMap { labels, histogram in
            var lines = zip(MetricsRegistry.bounds, histogram.counts).map { bound, count in
                "\(name.rawValue)_bucket\(Self.labels(labels + [("le", Self.number(bound))])) \(count)"
            }
            lines.append("\(name.rawValue)_bucket\(Self.labels(labels + [("le", "+Inf")])) \(histogram.count)")
            lines.append("\(name.rawValue)_sum\(Self.labels(labels)) \(Self.number(histogram.sum))")
            lines.append("\(name.rawValue)_count\(Self.labels(labels)) \(histogram.count)")
            return lines
        }
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    /// A label's value as the format wants it; a stranger's name can break no line.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(200) {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
