/// What the shop of ``MeasuredSamples`` calls things, with answers that were worked out by hand.
extension MeasuredSamples {
    static let glossary = """
        version: 1
        name: shop
        calendar:
          fiscal_year_start: february
          weekend: [friday, saturday]
        measures:
          - name: units on hand
            table: stock_levels
            expression: quantity_on_hand
            aggregation: sum
            additivity: semi_additive
            time: stock_levels.snapshot_date
            synonyms: [inventory]
          - name: takings
            table: orders
            expression: total_amount
            aggregation: sum
            time: orders.order_date
          - name: paid back
            table: refunds
            expression: refund_amount
            aggregation: sum
            time: refunds.refund_date
        metrics:
          - name: refund rate
            formula: 100.0 * "paid back" / NULLIF(takings, 0)
            format: percent
          - name: takings per employee
            formula: takings / COUNT(employees.employee_id)
          - name: net takings
            formula: takings - "paid back"
        dimensions:
          - name: order size
            expression: CASE WHEN orders.total_amount >= 100 THEN 'big' ELSE 'small' END
            synonyms: [size class]
            values:
              big: [bulk]
        sets:
          - name: recent customer
            table: customers
            filters: ["customers.birth_date >= MONTHS_AGO(480)"]
        """

    /// Fiscal years start in February: the order of 2023-01-10 is of fiscal 2022, the one of 2024-01-05 of fiscal 2023.
    static let glossaryAnswers: [(String, [String])] = [
        ("takings by fiscal year", ["2022 100", "2023 250", "2024 250"]),
        ("takings in fiscal year 2023", ["250"]), ("takings in FY24", ["250"]),
        ("takings in Q1 FY2024", ["250"]), ("number of orders in Q4 of fiscal year 2023", ["1"]),
        ("takings per fiscal quarter in FY2023", ["2023-Q1 50", "2023-Q4 200"]),
        // 2023-02-10 and 2024-01-05 were Fridays; 2024-03-03, a Sunday, is a day of work here.
        ("number of orders on weekends", ["2"]),
        ("units on hand", ["40"]), ("inventory by month", ["2024-01 35", "2024-02 37", "2024-03 40"]),
        ("average inventory by product", ["Milk 24", "Tea 13.3333"]),
        ("refund rate", ["10.8333"]), ("refund rate by store", ["Beta 16.6667", "Alpha 5"]),
        // Two employees at Alpha, one each at Beta and Gamma.
        ("takings per employee by store", ["Beta 300", "Alpha 150", "Gamma 0"]),
        ("net takings by region", ["North 285", "South 250"]),
        ("takings by order size", ["big 550", "small 50"]),
        ("number of orders by size class", ["big 4", "small 1"]),
        ("takings of recent customers", ["400"]),
    ]
}
