import Reports
import Testing

struct ExitStatusTests {
    private static let rows: [(codes: [Int32], combined: Int32)] = [
        ([], 0), ([0, 0], 0), ([0, 2], 2), ([2, 4], 4), ([4, 3], 3), ([3, 5], 5), ([5, 6], 6), ([6, 1], 1),
        ([1, 8], 8),
        ([8, 7], 7), ([7, 130], 130), ([0, 1, 2, 3, 4, 5, 6, 7, 8, 130], 130), ([64, 0], 64),
    ]

    @Test(arguments: rows)
    func `the exit code of several tenants is the gravest in its order`(codes: [Int32], combined: Int32) {
        #expect(Reports.ExitStatus.combined(codes.compactMap(Reports.ExitStatus.init(rawValue:))).rawValue == combined)
    }
}
