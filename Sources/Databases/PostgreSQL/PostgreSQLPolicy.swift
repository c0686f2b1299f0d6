import Values

/// What of a database may be read: which relations are visible, and which a plan may touch.
///
/// A pure value made of the system catalogue. A statement's plan names what is read after every name has been
/// resolved and every view opened, so nothing hides behind quoting, aliases or a search path.
struct PostgreSQLPolicy: Sendable {
    /// A table, view or the like.
    struct Relation: Sendable, Hashable {
        var id: String
        var schema: String
        var name: String
        /// As `pg_class.relkind` has it: r, p, v, m, f.
        var kind: String
        /// Whether it can be named without its schema, is no partition, belongs to no extension, and may be read.
        var isOffered: Bool
        /// An estimate of its rows; below 0 when there is none.
        var estimate: Double
    }
    struct Name: Sendable, Hashable {
        var schema: String
        var name: String
    }

    private(set) var visible: [Relation] = []
    /// What may stand in a plan.
    private(set) var readable: Set<Name> = []
    /// Whether anything is hidden at all.
    private let hidesSomething: Bool

    /// Works out what is visible. `reads` holds what views read: pairs of identifiers, where a relation outside of
    /// `relations` belongs to the system. `parts` holds pairs of a partition (or child) and its parent.
    init(
        relations: [Relation], reads: [(view: String, relation: String)],
        parts: [(child: String, parent: String)], hidden: Set<String>
    ) {
        hidesSomething = !hidden.isEmpty
        var byID: [String: Relation] = [:]
        for relation in relations { byID[relation.id] = relation }
        var under: [String: [String]] = [:]
        for (view, relation) in reads where view != relation { under[view, default: []].append(relation) }
        var children: [String: [String]] = [:]
        for (child, parent) in parts { children[parent, default: []].append(child) }

        /// All that is read where `id` is: views opened, partitions counted in.
        func closure(_ id: String) -> Set<String> {
            var found: Set<String> = []
            var open = [id]
            while let next = open.popLast() {
                if found.insert(next).inserted { open += (under[next] ?? []) + (children[next] ?? []) }
            }
            return found
        }
        for relation in relations where relation.isOffered {
            let all = closure(relation.id)
            let isClean = all.allSatisfy { id in
                // A view over the system's own tables would open them to every statement.
                guard let part = byID[id] else { return false }
                return !hidden.contains(SQLText.fold(part.name))
                    && !hidden.contains(SQLText.fold(part.schema + "." + part.name))
            }
            guard isClean else { continue }
            visible.append(relation)
            for id in all {
                if let part = byID[id] { readable.insert(Name(schema: part.schema, name: part.name)) }
            }
        }
    }

    /// An empty policy: nothing may be read.
    init() { hidesSomething = true }

    /// Why a plan (`EXPLAIN (VERBOSE, FORMAT JSON)`) must not run; nil when it reads only what it may.
    func refusal(ofPlan plan: JSON, _ mayCall: (String) -> Bool?) -> QueryVerdict? {
        switch plan {
        case .array(let parts):
            for part in parts {
                if let verdict = refusal(ofPlan: part, mayCall) { return verdict }
            }
            return nil
        case .object:
            if let verdict = refusal(ofNode: plan, mayCall) { return verdict }
            for key in ["Plan", "Plans"] {
                if let part = plan[key], let verdict = refusal(ofPlan: part, mayCall) { return verdict }
            }
            return nil
        default: return nil
        }
    }

    private func refusal(ofNode node: JSON, _ mayCall: (String) -> Bool?) -> QueryVerdict? {
        let type = node["Node Type"]?.string ?? ""
        if type == "ModifyTable" || type == "LockRows" { return .denied(.statement) }
        if let name = node["Relation Name"]?.string {
            let schema = node["Schema"]?.string ?? ""
            if readable.contains(Name(schema: schema, name: name)) { return nil }
            return schema == "pg_catalog" || schema == "information_schema"
                ? .denied("The server's own tables are not readable; the catalogue describes the schema")
                : .denied(.table)
        }
        // A server that joins on another server names its tables in one text.
        if type == "Foreign Scan", hidesSomething { return .denied(.table) }
        if let function = node["Function Name"]?.string, mayCall(function) == false {
            return .denied(.function(function))
        }
        return nil
    }
}
