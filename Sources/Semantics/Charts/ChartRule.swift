/// The soft rules of chart choice, each with what breaking it costs: a chart starts at nothing, pays for every rule that
/// it breaks, and the cheapest wins. In the manner of Draco (Moritz et al., "Formalizing Visualization Design Knowledge
/// as Constraints", 2018), with weights set by hand. What a chart cannot express at all is no rule: it is no candidate.
///
/// The weights only mean something beside each other; ``points`` is the whole table.
enum ChartRule: String, CaseIterable {
    // What each chart says less directly than the best one would.
    case tableOfFigures, tableOfList, chartOfList
    case figureOfMany
    case bars, barsOverTime, groupedBars, stackedBars
    case lines, linesOfFewPeriods, linesOverNames, areas, areasOfParts
    case pie, heatmap, map, scatter, histogram, histogramOfNamedRows
    // What makes a chart worse.
    case measureNotShown, categoryNotShown, oneBar, manyBars, tooManyBars, manySlices, tooManySlices
    case manySeries, manyBarsInGroups, groupsOfManyPeriods, emptyCells, fewDots, namedDots, onePlace
    // What the wording asks for, as a discount.
    case wordsOfShare, wordsOfRelation, wordsOfDistribution, wordsOfRunningTotal
    // What makes a chart better.
    case manyDots, fewPeriodsAsBars, manyRowsInGrid

    /// What breaking the rule costs; below zero, what keeping it earns.
    var points: Double {
        switch self {
        case .tableOfFigures: 10  // Figures are there to be compared; a table makes the reader do it.
        case .tableOfList: 3  // A plain list of rows was asked for to be read.
        case .chartOfList: 4  // … and a chart of its columns was not.
        case .figureOfMany: 1  // A figure with a name or other figures beside it.
        case .bars: 2
        case .barsOverTime: 5  // Bars lose the course of time.
        case .fewPeriodsAsBars: -3  // … of which a few periods have none.
        case .groupedBars: 3
        case .stackedBars: 4  // Only the lowest part and the whole stand on a common base.
        case .lines: 1
        case .linesOfFewPeriods: 3
        case .linesOverNames: 5  // A line says that there is something between two values.
        case .areas: 5  // A filled area says "sum", which few courses are.
        case .areasOfParts: 2  // Only the lowest part has a straight base.
        case .pie: 6  // Angles are read worse than lengths.
        case .heatmap: 7  // Colours are read worse than both.
        case .manyRowsInGrid: -3  // More series than lines could tell apart.
        case .map: 2
        case .scatter: 3
        case .histogram: 4
        case .histogramOfNamedRows: 7  // Where rows have names, their spread is seldom what was asked for.
        case .measureNotShown: 2  // For each measure that the chart leaves out.
        case .categoryNotShown: 1  // For each column of names that the chart leaves out.
        case .oneBar: 3
        case .manyBars: 5  // More than 30.
        case .tooManyBars: 12  // More than 60.
        case .manySlices: 1  // More than six.
        case .tooManySlices: 10  // More than eight.
        case .manySeries: 8  // More than there are colours.
        case .manyBarsInGroups: 4  // More than 60 in all.
        case .groupsOfManyPeriods: 2  // More than four.
        case .emptyCells: 6  // Less than a third of a grid is filled.
        case .fewDots: 4  // Fewer than five.
        case .manyDots: -2  // Twenty or more.
        case .namedDots: 2  // Dots do not tell the names of their rows.
        case .onePlace: 2
        case .wordsOfShare: -5
        case .wordsOfRelation: -4
        case .wordsOfDistribution: -3
        case .wordsOfRunningTotal: -5
        }
    }
}
