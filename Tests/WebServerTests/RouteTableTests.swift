import Testing

@testable import WebServer

@Suite("Paths lead to routes")
struct RouteTableTests {
    let table = RouteTable<Int>([
        .init("GET", "/", 0), .init("GET", "/api/sessions", 1), .init("POST", "/api/sessions", 2),
        .init("GET", "/api/sessions/latest", 3), .init("GET", "/api/sessions/{id}", 4),
        .init("DELETE", "/api/sessions/{id}", 5),
        .init("GET", "/api/sessions/{id}/events", 6), .init("GET", "/files/{path...}", 7),
    ])

    func look(_ method: String, _ path: String) -> String {
        switch table.match(method, path) {
        case .found(let route, let names):
            "\(route.value)" + names.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        case .otherMethods(let methods): methods.joined(separator: ", ")
        case .unknown: "unknown"
        }
    }

    @Test("the first fitting route wins, HEAD goes with GET, and other methods are named")
    func matches() {
        #expect(look("GET", "/") == "0")
        #expect(look("HEAD", "/api/sessions") == "1")
        #expect(look("POST", "/api/sessions/") == "2")
        #expect(look("GET", "/api/sessions/latest") == "3")
        #expect(look("GET", "/api/sessions/s_1") == "4 id=s_1")
        #expect(look("DELETE", "/api/sessions/latest") == "5 id=latest")
        #expect(look("GET", "/api/sessions/s_1/events") == "6 id=s_1")
        #expect(look("GET", "/files/a/b.css") == "7 path=a/b.css")
        #expect(look("GET", "/files") == "7 path=")
        #expect(look("PUT", "/api/sessions") == "GET, HEAD, POST")
        #expect(look("PATCH", "/api/sessions/latest") == "DELETE, GET, HEAD")
        #expect(look("GET", "/api") == "unknown" && look("GET", "/api/sessions/1/2") == "unknown")
    }
}
