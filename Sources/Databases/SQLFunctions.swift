/// The SQL functions that a sandboxed statement may call. Left out are those that reach outside the data
/// (load_extension, fts3_tokenizer, sqlite_log …), make large values from nothing (zeroblob, randomblob), tell of the
/// connection (changes, last_insert_rowid), or take quadratic time in one step (json_patch).
enum SQLFunctions {
    /// Their names in lower case.
    static let allowed: Set<String> = Set(
        (scalars + aggregates + windows + dates + mathematics + json).split(separator: " ").map(String.init))

    private static let scalars =
        "abs char coalesce format glob hex ifnull iif instr length like likelihood likely lower ltrim match max min "
        + "nullif printf quote random replace round rtrim sign soundex substr substring trim typeof unicode unlikely "
        + "upper "
    private static let aggregates = "avg count group_concat sum total string_agg "
    private static let windows =
        "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value "
    private static let dates =
        "date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp "
    private static let mathematics =
        "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow "
        + "power radians sin sinh sqrt tan tanh trunc "
    private static let json =
        "json json_array json_array_length json_extract -> ->> json_insert json_object json_quote json_remove "
        + "json_replace json_set json_type json_valid json_group_array json_group_object json_each json_tree"
}
