/// When a certificate's end is near, as a share of its lifetime between two bounds.
///
/// Lifetimes shrink to 47 days by 2029, so a fixed number of days would always warn, or never in time.
package struct ExpiryWindows: Hashable, Sendable {
    package struct Window: Hashable, Sendable {
        /// Of the lifetime, between 0 and 1.
        package var share: Double
        package var minimum: Duration
        package var maximum: Duration

        package init(share: Double, minimum: Duration, maximum: Duration) {
            self.share = share
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    package var soon: Window
    package var urgent: Window

    package init(
        soon: Window = Window(share: 0.20, minimum: .seconds(7 * 86_400), maximum: .seconds(30 * 86_400)),
        urgent: Window = Window(share: 0.07, minimum: .seconds(3 * 86_400), maximum: .seconds(7 * 86_400))
    ) {
        self.soon = soon
        self.urgent = urgent
    }
}
