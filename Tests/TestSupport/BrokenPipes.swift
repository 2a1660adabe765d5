import Glibc

/// A child that dies before it reads must not end the tests, as it must not end the program.
///
/// Set once: what signals do belongs to the process, in which tests run next to each other.
package let brokenPipes: Void = { signal(SIGPIPE) { _ in } }()
