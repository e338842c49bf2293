import Terminal
enum DialogBox {
    static func draw(_ dialog: Dialog, in body: Rect, stage: Stage, pen: inout Pen) {}
}
