package io.mailcanary.tls;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Cipher suites by their number.
final class Suites {
  /// What a server of any age has some of.
  static final List<Integer> COMMON =
      List.of(
          0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xccaa, 0xc023, 0xc027,
          0xc024, 0xc028, 0xc009, 0xc013, 0xc00a, 0xc014, 0x0067, 0x006b, 0x0033, 0x0039, 0x009c,
          0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0xc012, 0xc008, 0x0016, 0x000a, 0x0005, 0x0004);

  /// TLS 1.3.
  static final List<Integer> MODERN = List.of(0x1301, 0x1302, 0x1303, 0x1304);

  /// What no server should agree to any more (RFC 9325 §4.1). Anonymous suites are left out: on
  /// mail ports they are offered on purpose to those who would not look at a certificate anyway.
  static final Map<Integer, String> WEAK = weak();

  private Suites() {}

  private static Map<Integer, String> weak() {
    Map<Integer, String> weak = new LinkedHashMap<>();
    weak.put(0x0001, "TLS_RSA_WITH_NULL_MD5");
    weak.put(0x0002, "TLS_RSA_WITH_NULL_SHA");
    weak.put(0x003b, "TLS_RSA_WITH_NULL_SHA256");
    weak.put(0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA");
    weak.put(0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA");
    weak.put(0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5");
    weak.put(0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5");
    weak.put(0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA");
    weak.put(0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA");
    weak.put(0x0004, "TLS_RSA_WITH_RC4_128_MD5");
    weak.put(0x0005, "TLS_RSA_WITH_RC4_128_SHA");
    weak.put(0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA");
    weak.put(0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA");
    weak.put(0x0009, "TLS_RSA_WITH_DES_CBC_SHA");
    weak.put(0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA");
    weak.put(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA");
    weak.put(0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA");
    weak.put(0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA");
    weak.put(0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA");
    return Collections.unmodifiableMap(weak);
  }
}
