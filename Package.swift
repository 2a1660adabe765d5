// swift-tools-version: 6.2
import PackageDescription

/// One list for every target, so that no module is held to less than another.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // `any P` says what costs a box
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency leaks into our API only on purpose
    .enableUpcomingFeature("MemberImportVisibility"),  // a file names each module that it uses
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // async code stays on its caller's actor
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
/// swift-configuration, which Hummingbird can use, has a module of our room's name.
let renamed = ["Configuration": "SwiftConfiguration"]
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird", moduleAliases: renamed)
let hummingbirdCore = Target.Dependency.product(
    name: "HummingbirdCore",
    package: "hummingbird",
    moduleAliases: renamed
)
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird", moduleAliases: renamed)
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A program that is started often: its own relocations are packed, so that starting it reads and keeps less.
///
/// The packed form needs glibc 2.36 and the linker that comes with Swift.
let quickStart: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
        .when(platforms: [.linux], configuration: .release)
    )
]

/// A room of the house: a library target, held to the same settings as every other.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A room's tests; each may use the fixtures and helpers of `TestSupport`.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        exclude: exclude,
        swiftSettings: settings
    )
}

let package = Package(
    name: "mitregate",
    products: [
        .executable(name: "mitregate", targets: ["mitregate"]),
        .executable(name: "exchange-simulator", targets: ["exchange-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CUnbound", providers: [.apt(["libunbound-dev"])]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        room("Connectors", ["CIDN2"]),
        room("YAML", ["Connectors", yams]),
        room("Definitions", ["Connectors", "YAML"]),
        room("Configuration", ["Connectors", "YAML"]),
        .target(
            name: "Onboarding",
            dependencies: ["Connectors", "YAML", "Definitions", "Configuration"],
            swiftSettings: settings,
            plugins: ["EmbeddingPlugin"]
        ),
        room("Planning", ["Connectors", crypto]),
        room("Scheduling", ["Connectors", "Planning", crypto]),
        room("MailWatch", ["Connectors", "Planning", crypto]),
        room("StateStore", ["Connectors", "Planning", "Scheduling", grdb]),
        room("Transfers", ["CCurl"]),
        room("JSON"),
        room(
            "Probing",
            ["COpenSSL", "CUnbound", "Transfers", nioCore, nioPosix]
        ),
        room("TLSGate", ["Connectors", "Probing", "COpenSSL", crypto]),
        room("Reports", ["Connectors", "Planning", "TLSGate"]),
        room("GitRepositories", ["CGit2", subprocess]),
        room("ExchangeOnline", ["Connectors", "JSON", "Transfers", crypto, cryptoExtras, logging]),
        room(
            "Reconciling",
            [
                "Connectors", "YAML", "Definitions", "Configuration", "Planning", "StateStore", "GitRepositories",
                "ExchangeOnline", "Forges", "PullRequests", "Transfers", "Probing", "TLSGate", "Reports", crypto,
                logging,
            ]
        ),
        room("Notices", ["Scheduling", "Transfers", crypto, logging]),
        room("Forges", ["JSON", "Transfers", crypto, cryptoExtras]),
        room(
            "PullRequests",
            ["Connectors", "Definitions", "Forges", "Planning", "Reports", "TLSGate", "YAML", crypto]
        ),
        room(
            "Site",
            [
                "Configuration", "Connectors", "Planning", "Reports", "Scheduling", "StateStore", crypto, hummingbird,
                hummingbirdCore,
                hummingbirdTLS, httpTypes, logging, nioCore, nioSSL, serviceLifecycle,
            ]
        ),
        room(
            "Controller",
            [
                "Configuration", "Connectors", "Definitions", "ExchangeOnline", "Forges", "GitRepositories",
                "MailWatch", "Notices", "Planning", "PullRequests", "Reconciling", "Reports", "Scheduling", "Site",
                "StateStore",
                "TLSGate", "Transfers", "YAML", "CLinux", crypto, logging, metrics, serviceLifecycle,
            ]
        ),
        room("ExchangeSimulator", [crypto, nioCore, nioHTTP1, nioPosix]),
        .executableTarget(
            name: "exchange-simulator",
            dependencies: ["ExchangeSimulator", argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "mitregate",
            dependencies: [
                "Connectors", "YAML", "Definitions", "Configuration", "Planning", "StateStore", "GitRepositories",
                "ExchangeOnline", "Transfers", "Probing", "TLSGate", "Reports", "Reconciling", "Controller",
                "Onboarding", "Scheduling", "CLinux", argumentParser, logging,
            ],
            swiftSettings: settings,
            linkerSettings: quickStart,
            plugins: ["RevisionPlugin"]
        ),
        .plugin(name: "RevisionPlugin", capability: .buildTool()),
        .plugin(name: "EmbeddingPlugin", capability: .buildTool()),
        .executableTarget(
            name: "bench",
            dependencies: [
                "Connectors", "Definitions", "Configuration", "Planning", "StateStore", "Reconciling", "Probing",
                "TLSGate", "Transfers", "ForgeSimulator", "Forges",
            ],
            swiftSettings: settings,
            linkerSettings: quickStart
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Connectors"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(name: "GitServers", path: "Tests/GitServers", swiftSettings: settings),
        .target(
            name: "Laboratory",
            dependencies: ["ExchangeSimulator", "Planning", "Scheduling", "StateStore", "TestSupport", subprocess],
            path: "Tests/Laboratory",
            swiftSettings: settings
        ),
        .target(
            name: "ForgeSimulator",
            dependencies: ["JSON", crypto, cryptoExtras, nioCore, nioHTTP1, nioPosix],
            path: "Tests/ForgeSimulator",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "forge-simulator",
            dependencies: ["ForgeSimulator", argumentParser],
            path: "Tests/forge-simulator",
            swiftSettings: settings
        ),
        .target(
            name: "Fuzzing",
            dependencies: [
                "Configuration", "Connectors", "Definitions", "ExchangeOnline", "ForgeSimulator", "Forges",
                "GitRepositories", "JSON", "Probing", "PullRequests", "Reports", "TLSGate",
            ],
            path: "Tests/Fuzzing",
            exclude: ["Corpus"],
            swiftSettings: settings
        ),
        .executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz", swiftSettings: settings),
        .target(
            name: "Simulation",
            dependencies: [
                "Connectors", "Definitions", "Forges", "MailWatch", "Planning", "PullRequests", "Reports", "Scheduling",
                "TLSGate",
            ],
            path: "Tests/Simulation",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulation"],
            path: "Tests/Simulate",
            swiftSettings: settings
        ),
        tests(of: "Simulation"),
        tests(of: "Fuzzing", ["Forges", "JSON", "PullRequests"]),
        tests(of: "Connectors"),
        tests(of: "YAML"),
        tests(of: "Definitions", ["Connectors", "YAML"], exclude: ["Golden"]),
        tests(of: "Configuration", ["Connectors"], exclude: ["Golden"]),
        tests(of: "Onboarding", ["Configuration", "Connectors"], exclude: ["Golden"]),
        tests(of: "Planning", ["Connectors"], exclude: ["Golden"]),
        tests(of: "Scheduling", ["Connectors", "Planning"]),
        tests(of: "MailWatch", ["Connectors", "Planning"], exclude: ["Golden"]),
        tests(of: "JSON"),
        tests(of: "Notices", ["Scheduling", "Transfers", crypto]),
        tests(
            of: "Forges",
            ["ForgeSimulator", "Fuzzing", "JSON", "Transfers", crypto, cryptoExtras],
            exclude: ["Fixtures"]
        ),
        tests(
            of: "PullRequests",
            ["Connectors", "Definitions", "Forges", "Planning", "Reports", "TLSGate"],
            exclude: ["Offers/Golden"]
        ),
        tests(
            of: "Site",
            [
                "Configuration", "Connectors", "ForgeSimulator", "JSON", "Planning", "Reports", "Scheduling",
                "StateStore", "Transfers", logging, serviceLifecycle, hummingbirdCore, httpTypes, nioCore,
            ]
        ),
        tests(
            of: "Controller",
            [
                "Configuration", "Connectors", "ExchangeOnline", "ExchangeSimulator", "Forges", "GitRepositories",
                "Laboratory", "MailWatch", "Planning", "PullRequests", "Reconciling", "Reports", "Scheduling", "Site",
                "StateStore", "TLSGate", crypto, logging,
            ],
            exclude: ["Requests/Golden"]
        ),
        tests(of: "StateStore", ["Connectors", "Planning", "Scheduling"], exclude: ["Golden"]),
        tests(of: "Transfers"),
        tests(of: "GitRepositories", ["GitServers"]),
        tests(of: "ExchangeOnline", ["Connectors", "Transfers", "ExchangeSimulator"]),
        tests(of: "ExchangeSimulator"),
        tests(of: "Probing", ["Transfers"]),
        tests(of: "TLSGate", ["Connectors", "Probing", crypto], exclude: ["Golden"]),
        tests(of: "Reports", ["Connectors", "Planning", "TLSGate"], exclude: ["Golden"]),
        tests(
            of: "Reconciling",
            [
                "Connectors", "Configuration", "Definitions", "ExchangeOnline", "ExchangeSimulator", "Laboratory",
                "Planning", "Reports", "StateStore", "TLSGate", logging,
            ],
            exclude: ["Golden"]
        ),
        tests(
            of: "mitregate",
            [
                "Connectors", "ExchangeSimulator", "ForgeSimulator", "Forges", "GitServers", "Laboratory", "Planning",
                "StateStore", "Transfers", nioCore, nioPosix, nioSSL,
            ],
            exclude: ["Golden"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
