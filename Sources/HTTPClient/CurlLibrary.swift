internal import CCurl

/// The C library behind this door.
public enum CurlLibrary {
    /// Its version and what it was built with, for people: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
    public static var version: String { String(cString: curl_version()) }
}
