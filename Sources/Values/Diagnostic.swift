/// A place in a text that a person wrote: file, line and column.
public struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as the person gave it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1; 0 when only the line is known.
    public var column: Int

    /// Makes a place.
    public init(file: String, line: Int, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line` or `file:line:column`, as editors understand it.
    public var description: String { column > 0 ? "\(file):\(line):\(column)" : "\(file):\(line)" }
}

/// One mistake or doubt found in what a person wrote. Wrong input is a diagnostic, not a throw: a loader reports all
/// of them at once.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable { case error, warning }

    /// How bad it is.
    public var severity: Severity
    /// A stable name in snake_case, for programs.
    public var code: String
    /// What is wrong, for people.
    public var message: String
    /// What to do about it.
    public var hint: String
    /// Where.
    public var place: SourcePlace

    /// Makes a diagnostic.
    public init(_ severity: Severity = .error, code: String, message: String, hint: String, place: SourcePlace) {
        self.severity = severity
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place
    }

    /// `file:line:column: error: message (hint)`.
    public var description: String { "\(place): \(severity.rawValue): \(message). \(hint)" }

    /// The shape that `--json` prints.
    public var json: JSON {
        [
            "severity": .string(severity.rawValue), "code": .string(code), "message": .string(message),
            "hint": .string(hint), "at": .string(place.description), "file": .string(place.file),
            "line": .int(place.line), "column": .int(place.column),
        ]
    }
}

/// An error that a person or a program outside sees: a code, a sentence, a remedy and a place. It never carries
/// secrets, prompts or row values.
public struct OperonError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name in snake_case.
    public var code: String
    /// What went wrong.
    public var message: String
    /// What to do about it; empty when nothing helps.
    public var hint: String
    /// Where: `file:line`, an effect path, an argument; empty when it is nowhere.
    public var at: String

    /// Makes an error.
    public init(code: String, _ message: String, hint: String = "", at: String = "") {
        self.code = code
        self.message = message
        self.hint = hint
        self.at = at
    }

    /// `message (at). hint`
    public var description: String {
        message + (at.isEmpty ? "" : " (at \(at))") + (hint.isEmpty ? "" : ". \(hint)")
    }

    /// `{"code","message","hint","at"}`, the inside of the error shape of the wire.
    public var json: JSON {
        ["code": .string(code), "message": .string(message), "hint": .string(hint), "at": .string(at)]
    }

    /// Reads back ``json``.
    public init?(json: JSON) {
        guard let code = json["code"]?.string, let message = json["message"]?.string else { return nil }
        self.init(code: code, message, hint: json["hint"]?.string ?? "", at: json["at"]?.string ?? "")
    }
}
