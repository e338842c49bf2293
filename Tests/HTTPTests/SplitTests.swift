import HTTP
import Testing

@Suite struct SplitTests {
    @Test(arguments: Corpus.requests)
    func aRequestReadsTheSameWhereverItIsCut(_ text: String) {
        let whole = Reading.requests(Reading.whole(text))
        #expect(whole.last == .end)
        let bytes = Array(text.utf8)
        for pieces in Reading.splits(bytes) {
            #expect(Reading.requests(pieces) == whole, "cut at \(pieces.first?.count ?? 0)")
        }
    }

    @Test(arguments: Corpus.responses)
    func anAnswerReadsTheSameWhereverItIsCut(_ text: String) {
        let whole = Reading.responses(Reading.whole(text))
        #expect(whole.last == .end)
        for pieces in Reading.splits(Array(text.utf8)) {
            #expect(Reading.responses(pieces) == whole, "cut at \(pieces.first?.count ?? 0)")
        }
    }

    @Test(arguments: RefusedRequests.all)
    func aRefusalIsARefusalWhereverItIsCut(_ refused: RefusedRequests.Case) {
        let bytes = Array(refused.text.utf8)
        guard bytes.count < 2000 else { return }
        for pieces in Reading.splits(bytes) {
            let seen = Reading.requests(pieces)
            guard case .fault(let code) = seen.last else {
                Issue.record("cut at \(pieces.first?.count ?? 0): \(seen)")
                continue
            }
            #expect(code == refused.code, "cut at \(pieces.first?.count ?? 0)")
        }
    }
}
