package import Foundation
import Glibc

/// nginx in front of `git http-backend`, with a certificate of a CA that no other program knows.
package struct HTTPSServer {
    package let port: Int
    /// The CA's certificate.
    package let caFile: String
    /// What the second server, on another port, was asked: a line for each request.
    package let otherLog: String
    package static let user = "robot"
    package static let password = "correct horse battery"

    /// - Parameter path: Below the folder that the server serves.
    package func url(_ path: String) -> String { "https://localhost:\(port)/\(path)" }
}

/// Calls `body` with a running server for the repositories in `folder`; its processes end with the call.
@discardableResult
package func withHTTPSServer<T>(serving folder: URL, _ body: (HTTPSServer) async throws -> T) async throws -> T {
    let path = folder.appending(path: "https").path
    mkdir(path, 0o755)
    try await makeCertificate(in: path)
    try Data("\(HTTPSServer.user):{PLAIN}\(HTTPSServer.password)\n".utf8).write(to: URL(filePath: "\(path)/passwords"))
    let listener = try Listener()
    let other = try Listener()
    let text = configuration(path: path, port: listener.port, otherPort: other.port, repositories: folder.path)
    try Data(text.utf8)
        .write(to: URL(filePath: "\(path)/nginx.conf"))
    let log = open("\(path)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    defer { close(log) }
    let gateway = try localSocket("\(path)/gateway")
    // Both take over a socket that listens already, so that nothing has to wait for them.
    let backend = try Spawned(["fcgiwrap"], descriptors: [gateway, log, log])
    close(gateway)
    defer { backend.end() }
    let server = try Spawned(
        ["nginx", "-p", path, "-c", "\(path)/nginx.conf", "-e", "\(path)/log"],
        environment: ["NGINX": "3;4;"],
        descriptors: [nil, log, log, listener.descriptor, other.descriptor]
    )
    defer { server.end() }
    return try await body(HTTPSServer(port: listener.port, caFile: "\(path)/ca.pem", otherLog: "\(path)/other.log"))
}

private func makeCertificate(in folder: String) async throws {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try await run(
        ["openssl", "req", "-x509", "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem"] + key,
        folder: folder
    )
    try await run(
        ["openssl", "req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"] + key,
        folder: folder
    )
    try Data("subjectAltName=DNS:localhost\n".utf8).write(to: URL(filePath: "\(folder)/extensions"))
    try await run(
        [
            "openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-extfile", "extensions", "-out", "server.pem",
        ],
        folder: folder
    )
}

private func configuration(path: String, port: Int, otherPort: Int, repositories: String) -> String {
    """
    \(getuid() == 0 ? "user root;" : "")
    daemon off;
    pid \(path)/pid;
    worker_processes 1;
    events {}
    http {
        access_log off;
        client_body_temp_path \(path)/body;
        fastcgi_temp_path \(path)/fastcgi;
        proxy_temp_path \(path)/proxy;
        scgi_temp_path \(path)/scgi;
        uwsgi_temp_path \(path)/uwsgi;
        server {
            listen 127.0.0.1:\(otherPort) ssl;
            ssl_certificate \(path)/server.pem;
            ssl_certificate_key \(path)/server.key;
            access_log \(path)/other.log;
            return 404;
        }
        server {
            listen 127.0.0.1:\(port) ssl;
            ssl_certificate \(path)/server.pem;
            ssl_certificate_key \(path)/server.key;
            location ~ ^/moved(/.*)$ { return 301 https://127.0.0.1:\(port)$1?$query_string; }
            location ~ ^/renamed(/.*)$ { return 301 https://localhost:\(port)$1?$query_string; }
            location ~ ^/elsewhere(/.*)$ {
                auth_basic "git";
                auth_basic_user_file \(path)/passwords;
                try_files /nonexistent @elsewhere;
            }
            location @elsewhere { return 301 https://localhost:\(otherPort)$request_uri; }
            location / {
                auth_basic "git";
                auth_basic_user_file \(path)/passwords;
                fastcgi_pass unix:\(path)/gateway;
                fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
                fastcgi_param GIT_PROJECT_ROOT \(repositories);
                fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                fastcgi_param PATH_INFO $uri;
                fastcgi_param QUERY_STRING $query_string;
                fastcgi_param REQUEST_METHOD $request_method;
                fastcgi_param CONTENT_TYPE $content_type;
                fastcgi_param CONTENT_LENGTH $content_length;
                fastcgi_param REMOTE_USER $remote_user;
            }
        }
    }
    """
}

/// A listening socket of the local kind, for FastCGI.
private func localSocket(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { bytes in bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1)) }
    let isListening = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(descriptor, 64) == 0
        }
    }
    guard isListening else { throw Spawned.Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    return descriptor
}
