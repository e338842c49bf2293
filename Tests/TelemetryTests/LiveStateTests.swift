import Domain
import Testing

@testable import Telemetry

@Suite struct LiveStateTests {
    @Test func totalsAreExactSums() {
        var stage = Stage()
        var tokens: Int64 = 0
        var cost: Int64 = 0
        for round in 1...700 {
            let amount = Int64(round) * 7919 % 1013
            stage.serve(3, tokens: amount + 1, cost: amount * 1_000_003)
            tokens += 3 * (amount + 1)
            cost += 3 * amount * 1_000_003
            stage.refuse(2)
            stage.pass(seconds: 1.7)
        }
        stage.serve(5, error: .upstreamTimeout, tokens: 0, cost: 0)
        let totals = stage.snapshot().totals
        #expect(totals.requests == 2105)
        #expect(totals.refused == 1400)
        #expect(totals.errors == 5)
        #expect(totals.arrivals == 3505)
        #expect(totals.tokens == tokens)
        #expect(totals.costNanoUSD == cost)
        let row = stage.snapshot().clients.first
        #expect(row?.totals == totals)
    }

    @Test func whatEndedBadlyIsOursAndTheirs() {
        var stage = Stage()
        stage.serve(60)
        stage.refuse(20, code: .modelNotAllowed)
        stage.refuse(2)
        stage.serve(10, error: .upstreamTimeout)
        stage.serve(8, error: .upstreamRateLimited)
        let figures = stage.snapshot().gateway
        #expect(figures.oursShare == 0.22)
        #expect(figures.refusedShare == 0.02)
        #expect(figures.theirsShare == 0.18)
        #expect(figures.upstreamErrorShare == 0.1)
        #expect(figures.errorShare == 0.4)
    }

    @Test func errorsOfManyClientsKeepTheirGroups() {
        var stage = Stage()
        let codes: [ErrorCode] = [.rateLimitExceeded, .modelNotAllowed, .insufficientQuota, .clientSuspended]
        for client in 0..<200 { for code in codes { stage.refuse(1, client: "client-\(client)", code: code) } }
        stage.pass(seconds: 60)
        for client in 0..<200 { for code in codes { stage.refuse(1, client: "client-\(client)", code: code) } }
        let snapshot = stage.snapshot()
        #expect(snapshot.errors.count == 800)
        #expect(snapshot.errors.allSatisfy { $0.count == 2 && $0.last.milliseconds(since: $0.first) == 60_000 })
        #expect(!snapshot.isErrorsCut)
    }

    @Test func theGroupsThatAreSilentForLongestGiveWayAndThatIsSaid() throws {
        var book = ErrorBook()
        let stage = Stage()
        for number in 0..<5000 {
            var record = stage.record(client: "client-\(number)", error: .rateLimitExceeded)
            record.time = record.time.adding(seconds: Int64(number / 10))
            book.add(record, .rateLimitExceeded, model: "gpt", at: UInt32(number / 10))
            #expect(book.count <= ErrorBook.bound)
        }
        let now = Age(nanoseconds: 500_000_000_000)
        let rows = book.rows(last: 86_400, at: now)
        #expect(rows.count > ErrorBook.bound * 8 / 10)
        let kept = Set(rows.map(\.client))
        #expect((5000 - rows.count..<5000).allSatisfy { kept.contains("client-\($0)") })
        #expect(book.isCut(last: 300, at: now))
        #expect(!book.isCut(last: 60, at: now), "those that gave way had no error in this window")
        #expect(!ErrorBook().isCut(last: 86_400, at: now))
    }

    @Test func gaugesAreOpenedLessFinishedForEverySubject() throws {
        let key = try #require(KeyID(text: "aaaaaaaa"))
        let card = KeyCard(
            id: key, client: "acme", state: .active, created: Timestamp(milliseconds: 0), lastUsed: nil, expires: nil,
            models: nil, note: "", version: 1)
        let directory = Directory.with(
            keys: [card], models: [.init(name: "gpt", upstreams: ["north"], price: nil)],
            upstreams: [.init(name: "north", origin: "https://north")])
        var stage = Stage(surroundings: .of(directory))
        stage.fold([
            stage.opened(key: key, stream: true), stage.opened(key: key), stage.opened(key: key, stream: true),
        ])
        var snapshot = stage.snapshot()
        #expect(snapshot.gateway.inFlight == 3)
        #expect(snapshot.gateway.streams == 2)
        #expect(snapshot.clients.first?.inFlight == 3)
        #expect(snapshot.keys.first?.streams == 2)
        #expect(snapshot.models.first?.inFlight == 3)
        #expect(snapshot.upstreams.first?.inFlight == 3)
        stage.fold([], [stage.record(key: key, stream: true), stage.record(key: key)])
        snapshot = stage.snapshot()
        #expect(snapshot.gateway.inFlight == 1)
        #expect(snapshot.clients.first?.streams == 1)
        #expect(snapshot.keys.first?.inFlight == 1)
        #expect(snapshot.models.first?.inFlight == 1)
        #expect(snapshot.upstreams.first?.inFlight == 1)
    }

    @Test func gaugesNeverGoBelowZero() {
        var stage = Stage()
        stage.fold([], [stage.record(stream: true), stage.record()])
        #expect(stage.snapshot().gateway.inFlight == 0)
        #expect(stage.snapshot().clients.first?.inFlight == 0)
        stage.fold([stage.opened()])
        #expect(stage.snapshot().gateway.inFlight == 1)
    }

    @Test func lostFactsCorrectTheGatewaysGaugeAndShowARemark() {
        var stage = Stage()
        stage.fold([stage.opened(), stage.opened()])
        var lost = LostFacts()
        lost.finished = 1
        lost.settled = 1
        stage.state.lose(lost)
        #expect(stage.snapshot().gateway.inFlight == 1)
        #expect(stage.snapshot().remarks == ["1 facts not counted"])
        stage.fold([], [stage.record()])
        // Nothing can be in flight any more, so what the lost fact left behind is gone too.
        #expect(stage.snapshot().clients.first?.inFlight == 0)
    }

    @Test func theRateIsTheMeanOfTheLastFiveCompleteSeconds() {
        var stage = Stage()
        for _ in 0..<20 {
            stage.serve(40)
            stage.pass(seconds: 1)
        }
        #expect(stage.snapshot().gateway.requestsPerSecond == 40)
        // The present second is not complete: it must not pull the rate down or up.
        stage.serve(1000)
        #expect(stage.snapshot().gateway.requestsPerSecond == 40)
        stage.pass(seconds: 5)
        #expect(stage.snapshot().gateway.requestsPerSecond == 200)
        stage.pass(seconds: 1)
        #expect(stage.snapshot().gateway.requestsPerSecond == 0)
    }

    @Test func aRateIsThereAfterOneSecond() {
        var stage = Stage()
        stage.serve(30)
        stage.pass(seconds: 1.1)
        #expect(stage.snapshot().clients.first?.requestsPerSecond == 30)
    }

    @Test(arguments: [60, 300, 900, 3600, 21_600, 86_400])
    func aWindowHoldsItsOwnLengthOfTraffic(window: Int) throws {
        var stage = Stage()
        // One request in five seconds for a little over a day.
        for _ in 0..<18_000 {
            stage.serve(1, milliseconds: 50)
            stage.pass(seconds: 5)
        }
        let row = try #require(stage.snapshot(window).clients.first)
        let expected = Double(window) / 5
        #expect(Double(row.arrivals) >= expected - 1)
        #expect(Double(row.arrivals) <= expected * 62 / 60 + 1)
        let perHour = Double(row.costPerHourNanoUSD)
        #expect(abs(perHour - 1000 * 720) <= 1000 * 720 * 0.03, "cost rate \(perHour)")
        let series = row.series.compactMap { $0 }
        #expect(series.count == 12)
        #expect(series.allSatisfy { abs($0 - 0.2) < 0.09 }, "\(series)")
    }

    @Test func theSeriesIsNilBeforeTheStartAndZeroInQuiet() {
        var stage = Stage()
        stage.serve(60)
        stage.pass(seconds: 150)
        let series = stage.snapshot(300).gateway.requestSeries
        #expect(series.count == 24)
        #expect(series.prefix(12).allSatisfy { $0 == nil })
        #expect(series.suffix(11).allSatisfy { $0 == 0 })
        #expect(series[12] != nil && (series[12] ?? 0) > 0)
    }

    @Test func theSeriesAddsUpToTheArrivals() {
        var stage = Stage()
        for second in 0..<300 {
            stage.serve(second % 7)
            stage.pass(seconds: 1)
        }
        let total = (0..<300).reduce(0) { $0 + $1 % 7 }
        for window in [300, 900] {
            let width = Double(window) / 24
            let sum = stage.snapshot(window).gateway.requestSeries.enumerated().reduce(0.0) { sum, entry in
                let end = Double(entry.offset + 1) * width - Double(window) + 300
                return sum + (entry.element ?? 0) * min(width, max(0, end))
            }
            #expect(abs(sum - Double(total)) < 1, "window \(window): \(sum) of \(total)")
        }
    }

    @Test func aSteppedWallClockBendsNoWindow() {
        var stage = Stage()
        for step in [0, 86_400, -172_800, 3600] as [Int64] {
            stage.stepWall(seconds: step)
            for _ in 0..<10 {
                stage.serve(10)
                stage.pass(seconds: 1)
            }
        }
        let snapshot = stage.snapshot(60)
        #expect(snapshot.gateway.requestsPerSecond == 10)
        #expect(snapshot.clients.first?.arrivals == 400)
        #expect(snapshot.time.milliseconds(since: snapshot.startedAt) == 40_000)
    }

    @Test func aClientCountsAsThrottledOrFailedByCause() throws {
        var stage = Stage()
        stage.serve(60)
        stage.serve(20, error: .upstreamError)
        stage.serve(10, error: .upstreamRateLimited)
        stage.serve(10, error: .upstreamRejected)
        stage.pass(seconds: 2)
        let snapshot = stage.snapshot(60)
        #expect(snapshot.gateway.upstreamErrorShare == 0.2)
        #expect(snapshot.gateway.errorShare == 0.3)
        #expect(snapshot.models.first?.throttledShare == 0.1)
        #expect(snapshot.totals.errors == 20)
    }

    @Test func aModelInTroubleSaysWhatTroublesIt() throws {
        var stage = Stage()
        stage.serve(50)
        stage.refuse(40)
        stage.serve(10, error: .upstreamRateLimited)
        stage.pass(seconds: 2)
        let model = try #require(stage.snapshot(60).models.first)
        #expect(model.severity == .critical)
        #expect(model.refusedShare == 0.4 && model.throttledShare == 0.1 && model.tooManyShare == 0.5)
    }

    @Test func refusalsOfUnknownCallersMakeNoClientAndInventedModelsNoRow() {
        var stage = Stage()
        for index in 0..<5000 {
            stage.fold([stage.opened(client: "", model: "made-up-\(index)", decision: .refused(.invalidAPIKey))])
        }
        let snapshot = stage.snapshot()
        #expect(snapshot.clients.isEmpty)
        #expect(snapshot.models.isEmpty)
        #expect(snapshot.totals.refused == 5000)
    }

    @Test func subjectsBeyondTheBoundGiveWayAndTotalsStayExact() {
        var bounds = LiveState.Bounds()
        bounds.clients = 100
        var stage = Stage(bounds: bounds)
        for index in 0..<1000 {
            stage.serve(1, client: "c\(index)")
            stage.pass(seconds: 0.01)
        }
        #expect(stage.state.clients.count <= 100)
        #expect(stage.snapshot().totals.requests == 1000)
        #expect(stage.state.clients.find("c999") != nil)
    }

    @Test func subjectsInFlightDoNotGiveWay() {
        var bounds = LiveState.Bounds()
        bounds.clients = 50
        var stage = Stage(bounds: bounds)
        stage.fold([stage.opened(client: "open")])
        for index in 0..<500 {
            stage.pass(seconds: 1)
            stage.serve(1, client: "c\(index)")
        }
        #expect(stage.snapshot().clients.first { $0.card.name == "open" }?.inFlight == 1)
    }

    @Test func theBusiestGetTheLongWindows() {
        var stage = Stage()
        for index in 0..<200 { stage.serve(1, client: "early-\(index)") }
        for _ in 0..<40 {
            stage.serve(50, client: "late")
            stage.pass(seconds: 1)
            stage.assess()
        }
        let slot = stage.state.clients.find("late")
        #expect(slot.map { stage.state.clients.meters[$0].exported != nil } == true)
        #expect(stage.state.busyCount == 200)
    }

    @Test func idleWindowsGiveTheirMemoryBackAndTotalsStay() {
        var stage = Stage()
        for index in 0..<300 { stage.serve(1, client: "c\(index)") }
        stage.pass(seconds: 500)
        stage.assess()
        let held = stage.state.clients.used.count { !stage.state.clients.meters[$0].tiers.isEmpty }
        #expect(held == 200)
        #expect(stage.snapshot().clients.allSatisfy { $0.totals.requests == 1 })
    }
}
