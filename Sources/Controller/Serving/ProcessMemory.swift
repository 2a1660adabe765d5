import CLinux
import FoundationEssentials

/// What the C library keeps of memory that is free again: it counts as the process's, and no one else can have it.
package enum ProcessMemory {
    /// To be called before there are many threads: what each pool once needed at the same time stays in it.
    package static func shareBetweenThreads() {
        clinux_limit_memory_pools(Int32(clamping: max(2, ProcessInfo.processInfo.activeProcessorCount)))
        clinux_map_from(128 << 10)
    }

    static func returnWhatIsFree() { clinux_return_free_memory() }
}
