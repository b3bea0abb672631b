package io.mailcanary.trace;

import io.mailcanary.canary.CanaryId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Ids that follow from the canary's own: whoever learns more of it adds to the same trace.
record TraceIds(CanaryId canary) {
  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;

  String trace() {
    return hex(digest(""), TRACE_BYTES);
  }

  /// Of the whole way.
  String root() {
    return span("root");
  }

  /// @param name what no other span of the trace is called
  String span(String name) {
    return hex(digest("/" + name), SPAN_BYTES);
  }

  /// Whether it is one of every so many.
  boolean isOneIn(int many) {
    return Long.remainderUnsigned(ByteBuffer.wrap(digest("")).getLong(TRACE_BYTES), many) == 0;
  }

  private byte[] digest(String suffix) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((canary.value() + suffix).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java has SHA-256", e);
    }
  }

  private static String hex(byte[] digest, int bytes) {
    return HexFormat.of().formatHex(digest, 0, bytes);
  }
}
