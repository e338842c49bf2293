/// A series over the window in equal slices, oldest first; nil where nothing was recorded (before the start).
package typealias Series = [Double?]
