import Domain

/// The meters of one kind of subject by name, with a bound: beyond it the ones idle for longest give way.
struct Roster<Name: Hashable & Sendable> {
    private var slots: [Name: Int] = [:]
    private(set) var names: [Name?] = []
    var meters: ContiguousArray<Meter> = []
    private var free: [Int] = []
    private let bound: Int
    private let make: @Sendable () -> Meter
    /// How many subjects gave way to newer ones.
    private(set) var evicted: Int64 = 0

    init(bound: Int, make: @escaping @Sendable () -> Meter) {
        self.bound = max(bound, 8)
        self.make = make
    }

    var count: Int { slots.count }

    /// The slots in use.
    var used: Dictionary<Name, Int>.Values { slots.values }

    func find(_ name: Name) -> Int? { slots[name] }

    /// The slot of `name`, made where there is none; nil where the roster is full of subjects with requests in flight.
    ///
    /// - Parameter leaving: is given the meters that give way.
    mutating func slot(of name: Name, leaving: (Meter) -> Void = { _ in }) -> Int? {
        if let slot = slots[name] { return slot }
        if slots.count >= bound { makeRoom(leaving: leaving) }
        if let slot = free.popLast() {
            names[slot] = name
            meters[slot] = make()
            slots[name] = slot
            return slot
        }
        guard slots.count < bound else { return nil }
        names.append(name)
        meters.append(make())
        slots[name] = meters.count - 1
        return meters.count - 1
    }

    /// Lets an eighth of the subjects go, those idle for longest first, so that the sort is paid for once in a while.
    private mutating func makeRoom(leaving: (Meter) -> Void) {
        let idle = slots.filter { meters[$0.value].inFlight == 0 }
            .sorted { meters[$0.value].lastSecond < meters[$1.value].lastSecond }
        for (name, slot) in idle.prefix(max(1, bound / 8)) {
            leaving(meters[slot])
            slots[name] = nil
            names[slot] = nil
            meters[slot] = Meter(levels: 1)
            free.append(slot)
            evicted &+= 1
        }
    }

    /// Sets all gauges to zero.
    mutating func resetGauges() {
        for slot in slots.values where meters[slot].inFlight > 0 { meters[slot].resetGauges() }
    }
}
