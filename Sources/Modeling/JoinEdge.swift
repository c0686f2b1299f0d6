/// Why an edge is believed in.
public enum JoinEvidence: Sendable, Hashable, CustomStringConvertible {
    /// The schema declares it.
    case declared
    /// A glossary names it.
    case glossary
    /// The columns have the same name, which is the parent's key.
    case sameName
    /// The column is called like the parent, with or without a word for a key or a role before it.
    case namedAfterParent
    /// The column has a name of its own that says that rows refer to others ("reports to", "parent").
    case namedAsReference
    /// What part of the child's different values stands among the parent's, from 0 to 1.
    case inclusion(Double)
    /// What part of the parent's different values the child uses, from 0 to 1.
    case coverage(Double)

    /// In words, for explanations.
    public var description: String {
        switch self {
        case .declared: "declared"
        case .glossary: "named by the glossary"
        case .sameName: "same name"
        case .namedAfterParent: "named after the table"
        case .namedAsReference: "named as a reference"
        case .inclusion(let part): "\(Int((part * 100).rounded())) % of its values found there"
        case .coverage(let part): "\(Int((part * 100).rounded())) % of the rows there used"
        }
    }
}

/// One way to join two tables: many rows of the child refer to one row of the parent.
public struct JoinEdge: Sendable, Hashable {
    /// The table that refers.
    public var child: String
    /// Its referring columns.
    public var childColumns: [String]
    /// The table referred to.
    public var parent: String
    /// Its columns, in the same order.
    public var parentColumns: [String]
    /// Whether the schema declares the reference; otherwise it was inferred from names, types and values.
    public var isDeclared: Bool
    /// What the reference costs in a path: 1 for a declared one, more for a doubtful one.
    public var weight: Double
    /// How sure it is that the reference exists, from 0 to 1.
    public var confidence: Double
    /// Why it is believed in, in the order in which it was found.
    public var evidence: [JoinEvidence]
    /// The lemmas that tell this reference from others to the same parent: `ship` of `ship_date_id`, `home` of
    /// `home_team_id`, `support rep` of `support_rep_id`. Empty when the columns only name the parent.
    public var cueWords: [String] = []
    /// Whether other references of the same child lead to the same parent.
    public var isRolePlaying = false
    /// Whether it is the one to take when nothing tells the role: always for a single reference, and among several for
    /// the one without a role of its own. Where all have one (home and away), none is.
    public var isDefault = true
    /// Whether the child only links its parents (its key is made of references).
    public var isFromBridge = false
    /// What of ``weight`` comes from being a role beside a default.
    var roleSurcharge = 0.0

    /// Whether rows refer to rows of the same table (a manager, a parent category).
    public var isSelfReference: Bool { child == parent }

    /// Makes an edge.
    public init(
        child: String, childColumns: [String], parent: String, parentColumns: [String], isDeclared: Bool,
        weight: Double, confidence: Double = 1, evidence: [JoinEvidence] = []
    ) {
        self.child = child
        self.childColumns = childColumns
        self.parent = parent
        self.parentColumns = parentColumns
        self.isDeclared = isDeclared
        self.weight = weight
        self.confidence = confidence
        self.evidence = evidence
    }
}

/// A step along an edge.
public struct JoinStep: Sendable, Hashable {
    /// The edge walked.
    public var edge: JoinEdge
    /// Whether the step goes from the child to its one parent; otherwise it goes to many children.
    public var isToOne: Bool
    /// Where the step starts.
    public var from: String { isToOne ? edge.child : edge.parent }
    /// Where it ends.
    public var to: String { isToOne ? edge.parent : edge.child }

    /// Makes a step.
    public init(edge: JoinEdge, isToOne: Bool) {
        self.edge = edge
        self.isToOne = isToOne
    }
}

/// A path of joins.
public struct JoinPath: Sendable, Hashable {
    /// The steps from the start.
    public var steps: [JoinStep]
    /// The sum of the weights, with a penalty for each turn from "to one" to "to many".
    public var cost: Double
    /// Whether another path costs the same.
    public var isAmbiguous: Bool
    /// Makes a path.
    public init(steps: [JoinStep], cost: Double, isAmbiguous: Bool) {
        self.steps = steps
        self.cost = cost
        self.isAmbiguous = isAmbiguous
    }

    /// Whether following it keeps one row per row of the start.
    public var isToOne: Bool { steps.allSatisfy(\.isToOne) }
}
