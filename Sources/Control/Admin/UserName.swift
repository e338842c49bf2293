import Glibc

/// Login names.
package enum UserName {
    /// The name of a user, `uid 1000` where the system knows none.
    package static func of(_ user: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, let name = found?.pointee.pw_name else {
            return "uid \(user)"
        }
        return String(cString: name)
    }
}
