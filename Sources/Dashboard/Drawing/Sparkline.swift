import Settings
import Telemetry

/// A row's little graph: one column a slice, never higher than seven eighths so that rows keep a gap between them.
enum Sparkline {
    /// Cells of `series` in `width` columns, newest at the right; `hot` colours the slices near the highest,
    /// `top` is the value of a full column where two graphs share a scale.
    static func cells(
        _ series: Series, width: Int, glyphs: Glyphs, role: Role = .graph1, hot: Role? = nil, top fixed: Double? = nil
    ) -> [(glyph: String, role: Role)] {
        let slices = Resample.fit(series, to: width)
        let top = fixed ?? slices.reduce(0) { max($0, finite($1)) }
        return slices.map { slice in
            guard let slice, slice.isFinite else { return (String(glyphs.gap), .faint) }
            let level = top > 0 ? Figures.whole(finite(slice) / top * 7) : 0
            let isHot = hot != nil && top > 0 && slice > 0.8 * top
            return (glyphs.step(min(7, level)), isHot ? (hot ?? role) : role)
        }
    }

    private static func finite(_ value: Double?) -> Double {
        guard let value, value.isFinite, value > 0 else { return 0 }
        return value
    }
}

/// A graph two rows high, for tiles: sixteen levels, the hottest part in its own colour.
enum AreaGraph {
    /// Two rows of cells, the upper one first; a slice of which nothing is known is a gap at the foot.
    static func cells(
        _ series: Series, width: Int, glyphs: Glyphs, role: Role = .graph1, hot: Role = .graphPeak
    ) -> [[(glyph: String, role: Role)]] {
        let slices = Resample.fit(series, to: width)
        let top = slices.reduce(0.0) { max($0, ($1 ?? 0).isFinite ? ($1 ?? 0) : 0) }
        var upper: [(glyph: String, role: Role)] = []
        var lower: [(glyph: String, role: Role)] = []
        for slice in slices {
            guard let slice, slice.isFinite else {
                upper.append((" ", .faint))
                lower.append((String(glyphs.gap), .faint))
                continue
            }
            let level = top > 0 ? min(15, max(1, Figures.whole(slice / top * 15))) : 1
            let colour: Role = top > 0 && slice > 0.85 * top ? hot : role
            lower.append((glyphs.step(min(8, level)), colour))
            upper.append(level > 8 ? (glyphs.step(level - 8), colour) : (" ", .faint))
        }
        return [upper, lower]
    }
}

/// Fits a series to a number of columns.
enum Resample {
    /// Each column shows the highest of the slices that fall on it; a short series is stretched by whole slices.
    static func fit(_ series: Series, to width: Int) -> Series {
        guard width > 0 else { return [] }
        guard !series.isEmpty else { return Series(repeating: nil, count: width) }
        if series.count == width { return series }
        return (0..<width).map { column in
            let first = column * series.count / width
            let last = max(first + 1, (column + 1) * series.count / width)
            return series[first..<min(last, series.count)].reduce(nil) { highest, slice in
                guard let slice else { return highest }
                return max(highest ?? slice, slice)
            }
        }
    }
}
