public import AgentRuntime

/// Every capability of Operon as a tool. Agents, the command line and the other doors reach them through one registry.
public enum StandardTools {
    /// The registry over the databases of `pool`.
    public static func registry(_ pool: DatabasePool) -> ToolRegistry {
        ToolRegistry([
            DescribeDatabase(pool: pool), ReadQuestion(pool: pool), RunSQL(pool: pool), WriteAnswer(),
            ChooseChart(),
        ])
    }
}
