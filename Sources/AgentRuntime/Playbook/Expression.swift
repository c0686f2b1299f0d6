public import Values

/// An expression of the playbook language: references, literals, comparisons and a few total functions. Evaluation
/// never fails: what is not there is `null`.
public indirect enum Expression: Sendable, Hashable {
    /// A value that stands in the text.
    case literal(JSON)
    /// `root.member[0]…`: a step's result, a loop variable, or one of ``Scope/reserved``.
    case reference(root: String, path: [Accessor])
    /// `not x`
    case not(Expression)
    /// `a and b`, `a == b`, …
    case binary(Operator, Expression, Expression)
    /// `name(arguments)`
    case call(Function, [Expression])

    /// One step into a value.
    public enum Accessor: Sendable, Hashable {
        /// `.name`
        case member(String)
        /// `[index]`
        case index(Int)
    }

    /// The binary operators, weakest first: or; and; comparisons and `in`; `+` and `-`.
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case or, and
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case plus = "+"
        case minus = "-"
    }

    /// The functions.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        /// `count(x)`: elements of a list, members of an object, characters of a text; 0 for null.
        case count
        /// `empty(x)`: whether `count(x)` is 0.
        case empty
        /// `exists(x)`: whether x is not null.
        case exists
        /// `default(x, y)`: x, or y when x is null.
        case `default`
        /// `first(x)`: the first element of a list, or null.
        case first
        /// `join(list, separator)`: the texts of a list as one text.
        case join
        /// `failed(step)`: whether the step ended with an error.
        case failed
        /// `skipped(step)`: whether the step did not run.
        case skipped
        /// `error(step)`: the message of the step's error, or null.
        case error
    }
}

/// A JSON value with expressions in it: what a step's arguments are made from.
public indirect enum Template: Sendable, Hashable {
    /// A value that stands in the text.
    case literal(JSON)
    /// `${…}` as the whole text: the expression's value with its type.
    case expression(Expression)
    /// Text with `${…}` in it: the values written into the text.
    case text([Part])
    /// An object; members whose value is null because a reference found nothing stay null.
    case object([Member])
    /// A list.
    case array([Template])

    /// A piece of a text.
    public enum Part: Sendable, Hashable {
        /// Plain text.
        case text(String)
        /// An expression whose value is written here.
        case expression(Expression)
    }

    /// A member of an object.
    public struct Member: Sendable, Hashable {
        /// The name.
        public var key: String
        /// The value.
        public var value: Template

        /// Makes a member.
        public init(_ key: String, _ value: Template) {
            self.key = key
            self.value = value
        }
    }
}

/// What expressions can see.
public struct Scope: Sendable {
    /// Roots that are no steps: the goal of the turn (`input`), the database and other context that travels with every
    /// request (`context`), the number of the round from 1 (`round`), and in later rounds what a failed check said
    /// (`feedback`: `message` and `steps`).
    public static let reserved = ["input", "context", "round", "feedback"]

    /// How a step ended, as expressions see it.
    public enum StepState: Sendable, Hashable {
        /// It ran; its result.
        case finished(JSON)
        /// It did not run.
        case skipped
        /// It failed, with this message, and the turn went on.
        case failed(String)
    }

    /// Values of reserved roots and loop variables.
    public var values: [String: JSON]
    /// Ended steps by id.
    public var steps: [String: StepState]

    /// Makes a scope.
    public init(values: [String: JSON] = [:], steps: [String: StepState] = [:]) {
        self.values = values
        self.steps = steps
    }
}
