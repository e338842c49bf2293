import Domain
import Testing

@testable import Dashboard

@Suite struct FiguresTests {
    @Test(arguments: [(0, "0 streams"), (1, "1 stream"), (12_345, "12.3k streams")])
    func countsAgreeWithTheirNouns(count: Int, text: String) { #expect(Figures.counted(count, "stream") == text) }

    @Test(
        arguments: [
            (0, "–"), (-1, "–"), (.nan, "–"), (.infinity, "–"), (0.01, "<0.1"), (0.05, "0.1"), (188.2, "188.2"),
            (999.94, "999.9"), (999.96, "1.0k"), (91_300, "91.3k"), (999_949, "999.9k"), (999_951, "1.0M"),
            (4.56e9, "4.6G"),
            (1e18, ">999G"),
        ] as [(Double, String)])
    func ratesFitSixColumns(value: Double, text: String) {
        #expect(Figures.rate(value) == text)
        #expect(Figures.rate(value).count <= 6)
    }

    @Test(
        arguments: [
            (0, "–"), (0.0001, "<0.1"), (0.104, "10.4"), (0.002, "0.2"), (0.9994, "99.9"), (0.9999, "100"), (1, "100"),
            (.nan, "–"), (1e9, "9999"),
        ] as [(Double, String)])
    func percentsHaveOneDecimal(share: Double, text: String) { #expect(Figures.percent(share) == text) }

    @Test(
        arguments: [
            (0, "0"), (0.0001, "<1"), (0.57, "57"), (0.994, "99"), (0.999, "99"), (1, "100"), (1.5, "150"), (.nan, "–"),
        ] as [(Double, String)])
    func almostFullIsNotFull(share: Double, text: String) { #expect(Figures.wholePercent(share) == text) }

    @Test(
        arguments: [
            (nil, "–"), (-1, "–"), (.nan, "–"), (0, "<1ms"), (78, "78ms"), (99.4, "99ms"), (99.6, "0.1s"),
            (900, "0.9s"),
            (9900, "9.9s"), (99_949, "99.9s"), (120_000, "2m"), (7_200_000, "2h"), (1e30, ">999h"),
        ] as [(Double?, String)])
    func latenciesChangeTheirUnit(value: Double?, text: String) { #expect(Figures.latency(value) == text) }

    @Test(
        arguments: [
            (0, "–"), (1, "<0.01"), (4_999_999, "<0.01"), (5_000_000, "0.01"), (22_100_000_000, "22.10"),
            (9_999_990_000_000, "9999.99"), (12_300_000_000_000, "12.3k"), (-22_100_000_000, "-22.10"), (.min, "-9.2G"),
            (.max, "9.2G"),
        ] as [(Int64, String)])
    func moneyIsNeverSilentlyZero(nanos: Int64, text: String) { #expect(Figures.money(nanos) == text) }

    @Test(
        arguments: [
            (0, "–"), (49_999, "<0.0001"), (50_000, "0.0001"), (31_234_000, "0.0312"), (1_500_000_000, "1.5000"),
            (.max, "9.2G"),
        ] as [(Int64, String)])
    func oneRequestHasFourDecimals(nanos: Int64, text: String) { #expect(Figures.smallMoney(nanos) == text) }

    @Test(
        arguments: [
            (-5, "0s", "0s"), (42, "42s", "42s"), (282, "4m", "4m42s"), (11_100, "3h", "3h05m"),
            (273_600, "3d", "3d04h"), (.max, ">9999d", ">9999d"),
        ] as [(Int64, String, String)])
    func timesHaveOneOrTwoUnits(seconds: Int64, coarse: String, span: String) {
        #expect(Figures.coarse(seconds) == coarse)
        #expect(Figures.span(seconds) == span)
    }

    @Test func agesNeverLieInTheFuture() {
        let now = Timestamp(milliseconds: 1_000_000)
        #expect(Figures.ago(now.adding(seconds: -9), now: now) == "9 s ago")
        #expect(Figures.ago(now.adding(seconds: -600), now: now) == "10 m ago")
        #expect(Figures.ago(now.adding(seconds: 60), now: now) == "now")
        #expect(Figures.ago(Timestamp(milliseconds: .min), now: Timestamp(milliseconds: .max)) == ">9999 d ago")
    }

    @Test(
        arguments: [(nil, ""), (250, "4m left"), (7300, "2h left"), (-1, ""), (.infinity, ""), (1e12, "")]
            as [(Double?, String)])
    func timeLeftIsSaidOnlyWhereItIsKnown(seconds: Double?, text: String) { #expect(Figures.left(seconds) == text) }

    @Test(arguments: [(250, "0.25s"), (500, "0.5s"), (1000, "1s"), (30_000, "30s")])
    func refreshIsShort(milliseconds: Int, text: String) { #expect(Figures.refresh(milliseconds) == text) }

    @Test(arguments: [(60, "1m"), (300, "5m"), (3600, "1h"), (21_600, "6h"), (86_400, "24h")])
    func windowsAreNamedAsTheKeysChooseThem(seconds: Int, text: String) { #expect(Figures.window(seconds) == text) }
}
