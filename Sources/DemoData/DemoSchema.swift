/// The declarations of the demo tables, in an order in which each table stands after those that it refers to.
enum DemoSchema {
    static let categories = DemoTable(
        "categories",
        [
            DemoColumn("category_id", "INTEGER"), DemoColumn("category_name", "TEXT", "UNIQUE"),
            DemoColumn("parent_category_id", "INTEGER", null: true, to: "categories"),
        ])

    static let products = DemoTable(
        "products",
        [
            DemoColumn("product_id", "INTEGER"), DemoColumn("product_name", "TEXT", "UNIQUE"),
            DemoColumn("category_id", "INTEGER", to: "categories"), DemoColumn("brand", "TEXT"),
            DemoColumn("unit_cost", "REAL", "CHECK (unit_cost >= 0)"),
            DemoColumn("list_price", "REAL", "CHECK (list_price > 0)"), DemoColumn("launch_date", "DATE"),
        ])

    static let stores = DemoTable(
        "stores",
        [
            DemoColumn("store_id", "INTEGER"), DemoColumn("store_name", "TEXT", "UNIQUE"),
            DemoColumn("city", "TEXT"),
            DemoColumn("region", "TEXT"), DemoColumn("country", "TEXT"), DemoColumn("opening_date", "DATE"),
        ])

    static let employees = DemoTable(
        "employees",
        [
            DemoColumn("employee_id", "INTEGER"), DemoColumn("first_name", "TEXT"), DemoColumn("last_name", "TEXT"),
            DemoColumn("job_title", "TEXT"), DemoColumn("store_id", "INTEGER", to: "stores"),
            DemoColumn("manager_id", "INTEGER", null: true, to: "employees"), DemoColumn("hire_date", "DATE"),
        ])

    static let customers = DemoTable(
        "customers",
        [
            DemoColumn("customer_id", "INTEGER"), DemoColumn("first_name", "TEXT"), DemoColumn("last_name", "TEXT"),
            DemoColumn("email", "TEXT", "UNIQUE"), DemoColumn("city", "TEXT"), DemoColumn("country", "TEXT"),
            DemoColumn("segment", "TEXT", "CHECK (segment IN ('Consumer', 'Small Business', 'Enterprise'))"),
            DemoColumn("signup_date", "DATE"),
        ])

    static let promotions = DemoTable(
        "promotions",
        [
            DemoColumn("promotion_id", "INTEGER"), DemoColumn("promotion_name", "TEXT", "UNIQUE"),
            DemoColumn("start_date", "DATE"), DemoColumn("end_date", "DATE"),
            DemoColumn("discount_percent", "REAL", "CHECK (discount_percent > 0 AND discount_percent < 100)"),
        ], constraint: "CHECK (end_date >= start_date)")

    static let orders = DemoTable(
        "orders",
        [
            DemoColumn("order_id", "INTEGER"), DemoColumn("customer_id", "INTEGER", to: "customers"),
            DemoColumn("store_id", "INTEGER", to: "stores"), DemoColumn("employee_id", "INTEGER", to: "employees"),
            DemoColumn("promotion_id", "INTEGER", null: true, to: "promotions"),
            DemoColumn("ordered_at", "DATETIME"),
            DemoColumn(
                "status", "TEXT", "CHECK (status IN ('completed', 'shipped', 'processing', 'cancelled'))"),
            DemoColumn("total_amount", "REAL", "CHECK (total_amount >= 0)"),
        ])

    static let orderLines = DemoTable(
        "order_lines",
        [
            DemoColumn("order_line_id", "INTEGER"), DemoColumn("order_id", "INTEGER", to: "orders"),
            DemoColumn("product_id", "INTEGER", to: "products"),
            DemoColumn("quantity", "INTEGER", "CHECK (quantity > 0)"),
            DemoColumn("unit_price", "REAL", "CHECK (unit_price >= 0)"),
            DemoColumn("discount", "REAL", "CHECK (discount >= 0)"),
            DemoColumn("line_total", "REAL", "CHECK (line_total >= 0)"),
        ])

    static let payments = DemoTable(
        "payments",
        [
            DemoColumn("payment_id", "INTEGER"), DemoColumn("order_id", "INTEGER", to: "orders"),
            DemoColumn("payment_method", "TEXT"), DemoColumn("amount", "REAL", "CHECK (amount > 0)"),
            DemoColumn("paid_at", "DATETIME"),
        ])

    static let returns = DemoTable(
        "returns",
        [
            DemoColumn("return_id", "INTEGER"), DemoColumn("order_line_id", "INTEGER", to: "order_lines"),
            DemoColumn("returned_at", "DATETIME"), DemoColumn("quantity", "INTEGER", "CHECK (quantity > 0)"),
            DemoColumn("reason", "TEXT"), DemoColumn("refund_amount", "REAL", "CHECK (refund_amount >= 0)"),
        ])

    static let healthPlans = DemoTable(
        "health_plans",
        [
            DemoColumn("plan_id", "INTEGER"), DemoColumn("plan_name", "TEXT", "UNIQUE"),
            DemoColumn("monthly_premium", "REAL", "CHECK (monthly_premium > 0)"),
        ])

    static let policies = DemoTable(
        "policies",
        [
            DemoColumn("policy_id", "INTEGER"), DemoColumn("customer_id", "INTEGER", to: "customers"),
            DemoColumn("plan_id", "INTEGER", to: "health_plans"), DemoColumn("start_date", "DATE"),
            DemoColumn("end_date", "DATE", null: true),
            DemoColumn("monthly_premium", "REAL", "CHECK (monthly_premium > 0)"),
        ], constraint: "CHECK (end_date IS NULL OR end_date > start_date)")

    static let claims = DemoTable(
        "claims",
        [
            DemoColumn("claim_id", "INTEGER"), DemoColumn("policy_id", "INTEGER", to: "policies"),
            DemoColumn("claim_date", "DATE"), DemoColumn("treatment", "TEXT"),
            DemoColumn("claimed_amount", "REAL", "CHECK (claimed_amount > 0)"),
            DemoColumn("approved_amount", "REAL", "CHECK (approved_amount >= 0)"),
        ], constraint: "CHECK (approved_amount <= claimed_amount)")
}
