import Foundation
import TestSupport

/// A real nginx on loopback: https with a certificate of a private CA for `service.test`, HTTP/2, gzip.
struct WebServer {
    let port: Int
    let caFile: String
    /// Another CA, which did not issue the server's certificate.
    let otherCAFile: String

    /// Where libcurl finds `service.test`.
    var connectTo: [String] { ["::127.0.0.1:\(port)"] }
}

private struct WebServerProblem: Error, CustomStringConvertible {
    let description: String
}

/// Calls `body` with a running nginx, and ends it by its process afterwards.
func withWebServer<T>(_ body: (WebServer) async throws -> T) async throws -> T {
    try await withTemporaryFolder { folder in
        try await makeCertificates(in: folder)
        try Data(String(repeating: "0", count: 1 << 20).utf8).write(to: folder.appending(path: "zeros.txt"))
        for _ in 0..<5 {  // the port may be taken between finding it and nginx's start
            let port = try FreePort.next()
            let text = configuration(port: port, folder: folder.path)
            try Data(text.utf8).write(to: folder.appending(path: "nginx.conf"))
            let process = try ServerProcess(
                "/usr/sbin/nginx",
                ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"],
                in: folder
            )
            defer { process.stop() }
            do {
                try await process.waitUntilListening(on: port)
            } catch is LabError {
                continue
            }
            return try await body(
                WebServer(
                    port: port,
                    caFile: folder.appending(path: "ca.pem").path,
                    otherCAFile: folder.appending(path: "other.pem").path
                )
            )
        }
        throw WebServerProblem(description: "nginx does not start")
    }
}

private func makeCertificates(in folder: URL) async throws {
    for name in ["ca", "other"] {
        try await openssl(
            in: folder,
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=\(name) -keyout \(name).key -out \(name).pem"
        )
    }
    try await openssl(
        in: folder,
        "req -newkey rsa:2048 -nodes -subj /CN=service.test -keyout server.key -out server.csr"
    )
    try Data("subjectAltName=DNS:service.test\n".utf8).write(to: folder.appending(path: "names.txt"))
    try await openssl(
        in: folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names.txt -out server.pem"
    )
}

private func openssl(in folder: URL, _ arguments: String) async throws {
    try await run("/usr/bin/openssl", arguments.split(separator: " ").map(String.init), in: folder)
}

private func configuration(port: Int, folder: String) -> String {
    """
    pid nginx.pid; worker_processes 1; events { worker_connections 256; }
    http {
        access_log off; gzip on; gzip_min_length 1; gzip_types text/plain; default_type text/plain;
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        server {
            listen 127.0.0.1:\(port) ssl http2;
            ssl_certificate server.pem; ssl_certificate_key server.key;
            root \(folder);
            location = /hello { add_header X-Answer here; return 200 "hello"; }
            location = /moved { return 302 https://elsewhere.test/; }
            location = /zeros.txt { }
        }
    }
    """
}
