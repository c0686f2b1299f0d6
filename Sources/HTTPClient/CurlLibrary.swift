internal import CCurl

/// The C library behind this door.
public enum CurlLibrary {
    /// Its version and what it was built with, for people: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
    public static var version: String { String(cString: curl_version()) }

    /// Initialises the library, once per process; Swift makes the first use of a global wait for its value.
    static func prepare() { _ = isPrepared }
    private static let isPrepared = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// The content encodings that are asked for. Not all that the library knows: these need little memory to decode.
    static let encodings: String = {
        let features = operon_curl_version_info()?.pointee.features ?? 0
        return features & (1 << 23) != 0 ? "gzip, deflate, br" : "gzip, deflate"
    }()
}
