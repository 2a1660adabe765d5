import Glibc

/// A listening socket on a free port of an address.
func listen(
    on address: String = "127.0.0.1",
    port: Int = 0,
    backlog: Int32 = 1024
) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw LabError("no socket") }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var name = socketAddress(address, port)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
    }
    guard isBound, listen(descriptor, backlog) == 0 else {
        close(descriptor)
        throw LabError("cannot listen on \(address)")
    }
    var length = size
    _ = withUnsafeMutablePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return (descriptor, Int(UInt16(bigEndian: name.sin_port)))
}

/// A port that is free now; the server that it is given to should take it at once.
func freePort(on address: String = "127.0.0.1") throws -> Int {
    let (descriptor, port) = try listen(on: address)
    close(descriptor)
    return port
}

func canConnect(to address: String, _ port: Int) -> Bool {
    guard let descriptor = connection(to: address, port) else { return false }
    close(descriptor)
    return true
}

func connection(to address: String, _ port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = socketAddress(address, port)
    let isConnected = withUnsafePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    if isConnected { return descriptor }
    close(descriptor)
    return nil
}

private func socketAddress(_ address: String, _ port: Int) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    return name
}

/// A UDP socket that takes everything and never answers.
func silentUDP() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var name = socketAddress("127.0.0.1", 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard isBound else { throw LabError("no UDP socket") }
    return (descriptor, Int(UInt16(bigEndian: name.sin_port)))
}
