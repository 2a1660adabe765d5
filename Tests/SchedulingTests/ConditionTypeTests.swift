import Scheduling
import Testing

struct ConditionTypeTests {
    @Test(
        "A condition's name becomes kebab-case for CloudEvents",
        arguments: [
            ("LiveStateUnknown", "live-state-unknown"), ("Ready", "ready"), ("connector-blocked", "connector-blocked"),
        ]
    )
    func kebab(name: String, expected: String) {
        #expect(ConditionType(rawValue: name).kebabCase == expected)
    }
}
