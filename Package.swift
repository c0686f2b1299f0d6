// swift-tools-version: 6.2
import PackageDescription

// The manifest is the drawing of the house: targets stand bottom-up, and a target may import
// only what it lists here (the build refuses the rest: --explicit-target-dependency-import-check error).

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

/// A library of the house; `below` names the targets on lower floors that it may import.
func library(_ name: String, below: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: below, swiftSettings: settings)
}

/// The tests of one library, or of several at once.
func tests(_ name: String, of below: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: below, path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
    name: "operon",
    products: [.executable(name: "operon", targets: ["operon"])],
    targets: [
        // Floor 0: C libraries, one module map each
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Its header stands in a directory of its own, which pkg-config knows.
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),
        // The agents' definitions, carried in the binary (clang's #embed, C23).
        .target(name: "CAssets", cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),
        // The English lexicon, carried likewise.
        .target(
            name: "CLexicon", exclude: ["english.txt"], cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),

        // Floor 1: what is said
        library("Values", below: ["CYAML", "CCrypto"]),

        // Floor 2: when code runs; the nouns of a warehouse
        library("Services", below: ["Values"]),
        library("Schemas", below: ["Values"]),

        // Floor 3: doors to C libraries; inference
        library("Databases", below: ["CSQLite", "CPQ", "Values", "Services", "Schemas"]),
        library("HTTPClient", below: ["CCurl", "Values", "Services"]),
        library("WebServer", below: ["CLinux", "COpenSSL", "CZlib", "Values", "Services"]),
        library("Modeling", below: ["CLexicon", "Values", "Schemas"]),

        // Floor 4: how parts talk; models; questions; the demo business
        library("MessageBus", below: ["Values", "Services"]),
        library("LanguageModels", below: ["Values", "Services", "HTTPClient"]),
        library("Semantics", below: ["Values", "Schemas", "Modeling"]),
        library("DemoData", below: ["Values", "Schemas", "Databases"]),

        // Floor 5: runtime
        library("Traces", below: ["Values", "Services", "Databases", "MessageBus"]),
        library("AgentRuntime", below: ["Values", "Services", "MessageBus", "LanguageModels"]),

        // Floor 6: front doors
        library(
            "Toolbox",
            below: [
                "Values", "Services", "Schemas", "Databases", "Modeling", "Semantics", "DemoData",
                "AgentRuntime",
            ]),

        // Floor 7: the one place that wires everything together
        .executableTarget(
            name: "operon",
            dependencies: [
                "CAssets", "Values", "Services", "Schemas", "Databases", "HTTPClient", "Modeling", "MessageBus",
                "LanguageModels", "Semantics", "DemoData", "Traces", "AgentRuntime", "Toolbox",
            ],
            swiftSettings: settings),

        // Tests mirror the floors
        .target(
            name: "Support",
            dependencies: [
                "Values", "Services", "Schemas", "Databases", "MessageBus", "LanguageModels", "AgentRuntime",
            ],
            path: "Tests/Support", swiftSettings: settings),
        tests("ValuesTests", of: ["Values", "Support"]),
        tests("ServicesTests", of: ["Values", "Services", "Support"]),
        tests("DatabasesTests", of: ["Values", "Services", "Schemas", "Databases", "Support"]),
        tests("HTTPClientTests", of: ["Values", "Services", "HTTPClient", "Support"]),
        tests("WebServerTests", of: ["Values", "Services", "WebServer", "Support"]),
        tests("MessageBusTests", of: ["Values", "Services", "MessageBus", "Support"]),
        tests("LanguageModelsTests", of: ["Values", "Services", "HTTPClient", "LanguageModels", "Support"]),
        tests("SemanticsTests", of: ["Values", "Schemas", "Databases", "Modeling", "Semantics", "Support"]),
        tests("DemoDataTests", of: ["Values", "Schemas", "Databases", "DemoData", "Support"]),
        tests("TracesTests", of: ["Values", "Services", "Databases", "MessageBus", "Traces", "Support"]),
        tests(
            "AgentRuntimeTests",
            of: ["Values", "Services", "MessageBus", "LanguageModels", "AgentRuntime", "Support"]),
        tests(
            "ToolboxTests",
            of: ["Values", "Services", "Schemas", "Databases", "Semantics", "AgentRuntime", "Toolbox", "Support"]),
        // These run the binary: that they depend on it makes every test build build it, too.
        tests(
            "IntegrationTests",
            of: [
                "operon", "Values", "Services", "Databases", "MessageBus", "LanguageModels", "Traces",
                "AgentRuntime",
                "Toolbox", "Support",
            ]),
        tests(
            "ReplayTests",
            of: [
                "Values", "Services", "MessageBus", "LanguageModels", "Traces", "AgentRuntime", "Toolbox",
                "Support",
            ]),
        tests("ArchitectureTests", of: ["Values"]),
    ]
)
