package io.mailcanary.watch;

import io.mailcanary.transport.CertificateBook;
import java.util.Map;

/// What is on record of the certificates that ports have shown. The store may fail; then what is
/// known in memory has to do.
public interface CertificateMemory {
  /// By the port's name.
  Map<String, CertificateBook> recall();

  void remember(String port, CertificateBook book);
}
