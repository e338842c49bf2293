import Glibc

/// What the tests take from outside: folders to write to, and whether golden screens are written anew.
enum Environment {
    static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
