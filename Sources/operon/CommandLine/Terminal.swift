import Glibc
import Synchronization
import Values

/// Standard input, output and error: results go to output, progress and logs to error.
final class Terminal: Sendable {
    /// Whether a person reads the output.
    let isOutputTerminal: Bool
    /// Whether a person reads the progress.
    let isErrorTerminal: Bool
    /// Whether a person types.
    let isInputTerminal: Bool
    /// Whether colours may be used (https://no-color.org).
    let hasColour: Bool
    /// Whether the last line of the progress can be drawn again: a person reads it, and the terminal moves its cursor.
    let canRedraw: Bool
    private let hasColourOnError: Bool
    /// The line that is drawn again and again, or nil.
    private let status = Mutex(String?.none)

    init(environment: [String: String]) {
        isOutputTerminal = isatty(1) == 1
        isErrorTerminal = isatty(2) == 1
        isInputTerminal = isatty(0) == 1
        let isCapable = environment["TERM"] != "dumb" && environment["TERM"] != nil
        let mayColour = isCapable && (environment["NO_COLOR"] ?? "").isEmpty
        hasColour = isOutputTerminal && mayColour
        hasColourOnError = isErrorTerminal && mayColour
        canRedraw = isErrorTerminal && isCapable
    }

    /// The columns of the terminal; 100 when there is none.
    var width: Int { columns(of: [1, 2]) }
    /// The columns of the terminal that shows the progress; 100 when there is none.
    var errorWidth: Int { columns(of: [2]) }

    private func columns(of descriptors: [Int32]) -> Int {
        var size = winsize()
        for descriptor in descriptors where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return 100
    }

    /// Writes a line of the result.
    func print(_ line: String) { write(line + "\n", to: 1) }
    /// Writes a line of progress or a message.
    func note(_ line: String) { write(line + "\n", to: 2) }
    /// Writes text of progress without ending the line.
    func noteRaw(_ text: String) { write(text, to: 2) }
    /// Writes bytes of the result.
    func print(_ bytes: [UInt8]) { write(bytes, to: 1) }

    /// Shows `line` as the last line of the progress, in place of the one before; nil takes it away. It must fit the
    /// terminal. Nothing happens where lines cannot be drawn again.
    func status(_ line: String?) {
        guard canRedraw else { return }
        status.withLock { status in
            if status == line { return }
            status = line
            Self.write(Array(("\r\u{1B}[K" + (line ?? "")).utf8), to: 2)
        }
    }

    private func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        status.withLock { status in
            guard let line = status else { return Self.write(bytes, to: descriptor) }
            Self.write(Array("\r\u{1B}[K".utf8), to: 2)
            Self.write(bytes, to: descriptor)
            Self.write(Array(line.utf8), to: 2)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                // The reader has gone (`| head`): nothing that is written can reach anybody.
                if descriptor == 1 { exit(errno == EPIPE ? 0 : 1) }
                return
            }
            rest = rest.dropFirst(written)
        }
    }

    /// A line of standard input without its end; nil at the end of input. Blocks: call it from a thread of its own.
    static func readInputLine() -> String? { readLine(strippingNewline: true) }

    /// `text` in a style when colours may be used on `isError ? stderr : stdout`.
    func styled(_ text: String, _ style: Style, onError: Bool = false) -> String {
        (onError ? hasColourOnError : hasColour) ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// ANSI styles.
    enum Style: String { case bold = "1", faint = "2", red = "31", green = "32", yellow = "33", cyan = "36" }
}
