import HummingbirdCore
import NIOCore
import Testing

@testable import Site

struct RawBodiesTests {
    @Test func `a body that does not come to its end is not waited for`() async {
        let (body, source) = RequestBody.makeStream()
        #expect(await RawBodies(deadline: .zero).read(body, upTo: 1_024) == nil)
        source.finish()
    }

    @Test func `a whole body is read`() async {
        let body = RequestBody(buffer: ByteBuffer(string: "abc"))
        #expect(await RawBodies(deadline: .seconds(60)).read(body, upTo: 3) == Array("abc".utf8))
        #expect(await RawBodies(deadline: .seconds(60)).read(body, upTo: 2) == nil)
    }

    @Test func `a body that was read, or was too large, takes no place any more`() async {
        let bodies = RawBodies(deadline: .seconds(60))
        for _ in 0..<2 * RawBodies.atOnce {
            #expect(await bodies.read(RequestBody(buffer: ByteBuffer(string: "abc")), upTo: 2) == nil)
            #expect(await bodies.read(RequestBody(buffer: ByteBuffer(string: "abc")), upTo: 3) == Array("abc".utf8))
        }
    }
}
