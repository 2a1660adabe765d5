import Connectors
import YAML

extension FieldPlaces {
    /// Places in one file.
    init(of source: SourceText, capacity: Int) {
        self.init(file: source.path, instance: source.instance, capacity: capacity)
    }
}
