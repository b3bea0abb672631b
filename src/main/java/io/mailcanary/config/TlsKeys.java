package io.mailcanary.config;

import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import java.nio.file.Path;
import java.util.Optional;

/// The keys that say how a connection is kept private.
final class TlsKeys {
  private final Key.Maybe<TlsMode> mode;
  private final Key.Sure<Boolean> verify;
  private final Key.Maybe<Path> caFile;

  /// @param fallback the default in words
  TlsKeys(Table<?> table, String fallback, String sentence) {
    this(table, fallback, sentence, true);
  }

  /// @param verified whether certificates are checked where nothing is said
  TlsKeys(Table<?> table, String fallback, String sentence, boolean verified) {
    mode = table.derived("tls", Kinds.oneOf(TlsMode.class), fallback, sentence);
    verify =
        table.key(
            "verify",
            Kinds.bool(),
            verified,
            "Whether the server's certificates and its name in them are checked.");
    caFile =
        table.optional(
            "ca-file",
            FileKinds.certificates(),
            "Certificates (PEM) to trust instead of the system's.");
  }

  Optional<TlsMode> mode(Row row) {
    return row.find(mode);
  }

  void check(Row row) {
    if (row.find(mode).filter(TlsMode.NONE::equals).isPresent()) {
      if (row.has(caFile)) {
        row.fault(caFile, "has no use with 'tls: none', expected another tls or no ca-file");
      }
      if (row.has(verify)) {
        row.fault(verify, "has no use with 'tls: none', expected another tls or no verify");
      }
    }
  }

  /// Whether the default is out of place because the key is there but at fault.
  boolean isUnreadable(Row row) {
    return row.has(mode) && row.find(mode).isEmpty();
  }

  Tls build(Row row, TlsMode fallback) {
    return new Tls(row.find(mode).orElse(fallback), row.get(verify), row.find(caFile));
  }
}
