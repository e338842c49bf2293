// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target of ours.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Rooms whose declarations the corridor calls for each request: their bodies may be inlined into other rooms.
///
/// Without the flag each cross-target call stays a real call. Rooms that are only entered at the edges do without it:
/// there it gains nothing, and the compiler (6.3.1) fails on `Gateway.init` when it optimises it in another module.
let hot: [SwiftSetting] = house + [.unsafeFlags(["-enable-cmo-everything"], .when(configuration: .release))]

/// The same specialisation of a generic of the standard library comes out of several `hot` rooms with a strong symbol
/// (6.3.1); the copies are alike, so the linker may take the first.
let oneOfMany: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--allow-multiple-definition"], .when(configuration: .release))
]

/// `Domain` and `Wire` hold no unsafe construct that is not marked.
let strict: [SwiftSetting] = hot + [.strictMemorySafety()]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "tollgate",
    products: [.executable(name: "tollgate", targets: ["tollgate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "CLinux"),
        .target(name: "Threads", dependencies: ["CLinux"], swiftSettings: house),
        .target(name: "Domain", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["Domain"], swiftSettings: strict),
        .target(name: "Settings", dependencies: ["Domain", "Yams"], swiftSettings: house),
        .target(name: "HTTP", dependencies: [nioCore], swiftSettings: hot),
        .target(name: "Telemetry", dependencies: ["Domain", "Wire", "Threads"], swiftSettings: hot),
        .target(
            name: "Ledger",
            dependencies: ["Domain", "Threads", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: house),
        .target(
            name: "Proxy",
            dependencies: [
                "Domain", "Wire", "HTTP", "Telemetry", nioCore, nioPosix, nioTLS, crypto,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: house),
        .target(
            name: "Control",
            dependencies: [
                "Domain", "Wire", "Settings", "HTTP", "Telemetry", "Ledger", "Proxy", nioCore, nioPosix,
                crypto,
            ],
            swiftSettings: house),
        .target(name: "Terminal", dependencies: ["CNcurses", "CLinux"], swiftSettings: house),
        .target(
            name: "Dashboard",
            dependencies: ["Domain", "Wire", "Telemetry", "Settings", "Terminal", "Threads", "CLinux"],
            swiftSettings: house),
        .target(
            name: "Simulator",
            dependencies: ["Wire", "HTTP", nioCore, nioPosix],
            swiftSettings: house),
        .executableTarget(
            name: "tollgate",
            dependencies: [
                "Domain", "Wire", "Settings", "Telemetry", "Ledger", "Proxy", "Control", "Terminal", "Dashboard",
                "Simulator", "Threads", "CLinux",
                nioCore, nioPosix,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house, linkerSettings: oneOfMany),
        .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: house),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Domain"], swiftSettings: house),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "Domain"], swiftSettings: house),
        .testTarget(
            name: "HTTPTests",
            dependencies: ["HTTP", nioCore, nioEmbedded, .product(name: "NIOHTTP1", package: "swift-nio")],
            swiftSettings: house),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", "Domain"], swiftSettings: house),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Ledger", "Domain", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: house),
        .testTarget(
            name: "ProxyTests",
            dependencies: ["Proxy", "Domain", "Wire", "HTTP", "Telemetry", nioCore, crypto],
            swiftSettings: house),
        .testTarget(
            name: "ControlTests",
            dependencies: ["Control", "Domain", "Ledger", "Settings", "Proxy", "Telemetry", nioCore],
            swiftSettings: house),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads"], swiftSettings: house),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "CLinux"], swiftSettings: house),
        .testTarget(
            name: "DashboardTests", dependencies: ["Dashboard", "Domain", "Telemetry", "Settings", "Terminal"],
            exclude: ["Golden"], swiftSettings: house),
        .testTarget(
            name: "SimulatorTests", dependencies: ["Simulator", "HTTP", nioCore, nioPosix], swiftSettings: house),
        .testTarget(
            name: "TollgateTests",
            dependencies: [
                "tollgate", "Domain", "Settings", "Ledger", "Telemetry", "Control", "Terminal", "Dashboard", nioCore,
            ],
            swiftSettings: house),
    ],
    cLanguageStandard: .gnu11
)
