/// The statements that read PostgreSQL's system catalogue (manual, chapter 53). All of them are texts without any part
/// from outside.
enum PostgreSQLCatalogue {
    private static let system = "('pg_catalog', 'information_schema', 'pg_toast')"

    /// Every relation outside of the system's schemas: identifier, schema, name, kind, whether it is offered, and the
    /// estimate of its rows; the search path's schemas in its order, relations in the order in which they were made.
    static let relations = """
        SELECT c.oid, n.nspname, c.relname, c.relkind,
          c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND pg_table_is_visible(c.oid)
            AND n.nspname = ANY (current_schemas(false)) AND has_schema_privilege(n.oid, 'USAGE')
            AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
              AND d.deptype = 'e'),
          c.reltuples::float8
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN \(system)
          AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'
        ORDER BY array_position(current_schemas(false), n.nspname), c.oid
        """

    /// Pairs of a view and a relation that it reads. The server keeps no account of what hangs on its own relations,
    /// whose identifiers are below 16384; they stand in the view's rule.
    static let viewReads = """
        SELECT DISTINCT r.ev_class, d.refobjid
        FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class c ON c.oid = r.ev_class
        WHERE d.refobjid <> r.ev_class AND c.relkind IN ('v', 'm')
        UNION
        SELECT r.ev_class, m[1]::oid
        FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':relid ([0-9]+)', 'g') AS m
        WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN \(system) AND m[1]::int8 BETWEEN 1 AND 16383
        """

    /// Pairs of a partition (or inheriting table) and its parent.
    static let inheritance = "SELECT inhrelid, inhparent FROM pg_inherits"

    /// Every function's name, and whether one of that name comes with the server and is not volatile.
    static let functions = """
        SELECT p.proname, bool_or(n.nspname = 'pg_catalog' AND p.provolatile <> 'v' AND p.prokind IN ('f', 'a', 'w')
          AND p.oid < 16384)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        GROUP BY p.proname
        """

    /// Pairs of a relation and the name of one of its columns.
    static let columnNames = """
        SELECT attrelid, attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
        """

    /// Columns in order: relation, name, type as written, type's name, modifier, whether NULL is allowed, default.
    /// Domains stand for what they are made of.
    static let columns = """
        SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname),
          CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, NOT (a.attnotnull OR t.typnotnull),
          pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND n.nspname = ANY (current_schemas(false)) AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
        ORDER BY a.attrelid, a.attnum
        """

    /// Primary and foreign keys, one row per column: identifier of the key, kind (p, f), relation, column, and for
    /// foreign keys the other relation and column; in the order in which keys were declared, columns in key order.
    static let keys = """
        SELECT k.oid, k.contype, k.conrelid, a.attname, nullif(k.confrelid, 0), f.attname
        FROM pg_constraint k
        CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(mine, theirs, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.mine
        LEFT JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = p.theirs
        WHERE k.contype IN ('p', 'f') AND k.conparentid = 0
        ORDER BY k.oid, p.place
        """

    /// Indices, one row per column: identifier, relation, name, whether it forbids duplicates, column (empty for an
    /// expression). An index over a part of the rows forbids duplicates only there.
    static let indices = """
        SELECT i.indexrelid, i.indrelid, x.relname, i.indisunique AND i.indpred IS NULL, coalesce(a.attname, '')
        FROM pg_index i
        JOIN pg_class x ON x.oid = i.indexrelid
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS p(mine, place)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.mine
        WHERE i.indisvalid AND n.nspname = ANY (current_schemas(false)) AND p.place <= i.indnkeyatts
        ORDER BY x.relname, i.indexrelid, p.place
        """
}
