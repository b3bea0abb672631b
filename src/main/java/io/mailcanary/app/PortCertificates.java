package io.mailcanary.app;

import io.mailcanary.store.CertificateStore;
import io.mailcanary.store.StoreException;
import io.mailcanary.transport.CertificateBook;
import io.mailcanary.watch.CertificateMemory;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins the watch of TLS with the database.
record PortCertificates(CertificateStore store) implements CertificateMemory {
  private static final Logger LOG = LoggerFactory.getLogger(PortCertificates.class);

  @Override
  public Map<String, CertificateBook> recall() {
    Map<String, CertificateBook> books = new HashMap<>();
    try {
      store.all().forEach((port, text) -> books.put(port, CertificateBook.fromText(text)));
    } catch (StoreException e) {
      LOG.warn("changes of certificates while we were away go unseen: {}", e.getMessage());
    }
    return books;
  }

  @Override
  public void remember(String port, CertificateBook book) {
    try {
      store.put(port, book.toText());
    } catch (StoreException e) {
      LOG.warn("the certificates of {} are not on record: {}", port, e.getMessage());
    }
  }
}
