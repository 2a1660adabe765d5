#if canImport(Glibc)
import Glibc
#endif

/// The distribution of a share of which `a` and `b` were seen of either sort.
struct BetaDistribution {
    let a: Double
    let b: Double

    /// The regularized incomplete beta function, by its continued fraction in Lentz's form.
    ///
    /// Source: Press et al., Numerical Recipes, 6.4. Good to some twelve digits for parameters below a few thousand.
    func cumulative(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges quickly below the mean only; above it the mirror image is taken.
        if x > (a + 1) / (a + b + 2) { return 1 - BetaDistribution(a: b, b: a).cumulative(1 - x) }
        let logarithm = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)
        return exp(logarithm) / a * (fraction(x) - 1)
    }

    private func fraction(_ x: Double) -> Double {
        let tiny = 1e-300
        var (value, c, d) = (1.0, 1.0, 0.0)
        for step in 0..<400 {
            let n = Double(step / 2)
            let numerator: Double =
                if step == 0 {
                    1
                } else if step % 2 == 0 {
                    n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n))
                } else {
                    -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1))
                }
            d = 1 + numerator * d
            d = 1 / (abs(d) > tiny ? d : tiny)
            c = 1 + numerator / c
            c = abs(c) > tiny ? c : tiny
            value *= c * d
            if abs(1 - c * d) < 1e-13 { break }
        }
        return value
    }

    /// The share below which `probability` of the distribution lies.
    func quantile(_ probability: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return low
    }

    private func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }
}
