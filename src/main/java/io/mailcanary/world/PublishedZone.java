package io.mailcanary.world;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.xbill.DNS.Name;
import org.xbill.DNS.Zone;

/// A zone as its operator keeps it: a file, changes to it, and an edition of all that with a serial
/// of its own after each change.
final class PublishedZone {
  /// Serials only grow (RFC 1912 §2.2).
  private static final int FIRST_SERIAL = 2026010100;

  private final Name origin;
  private final String text;
  private final List<Consumer<ZoneEdit>> changes = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private int editions;
  private volatile Zone edition;

  private PublishedZone(Name origin, String text) {
    this.origin = origin;
    this.text = text;
    this.edition = next();
  }

  /// Reads the text file beside this class; `.` stands in `root.zone`.
  ///
  /// @param variables what stands for `${NAME}`
  static PublishedZone load(String origin, Map<String, String> variables) throws IOException {
    String file = (origin.equals(".") ? "root" : origin) + ".zone";
    try (InputStream text = PublishedZone.class.getResourceAsStream(file)) {
      if (text == null) {
        throw new IOException(file + ": no such resource");
      }
      return of(origin, new String(text.readAllBytes(), StandardCharsets.UTF_8), variables);
    }
  }

  /// A zone from its text; `${serial}` stands where the serial does.
  ///
  /// @throws IllegalStateException when it is no zone
  static PublishedZone of(String origin, String text, Map<String, String> variables)
      throws IOException {
    String whole = text;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      whole = whole.replace("${" + variable.getKey() + "}", variable.getValue());
    }
    return new PublishedZone(Name.fromString(origin, Name.root), whole);
  }

  Name origin() {
    return origin;
  }

  Zone edition() {
    return edition;
  }

  /// Whether it only leads to the zones of those who mail.
  boolean isAbove() {
    return origin.labels() <= 2 || origin.toString().endsWith(".arpa.");
  }

  boolean isFailing() {
    return failures.get() > 0;
  }

  /// Makes all its servers fail.
  Repair fail() {
    failures.incrementAndGet();
    return failures::decrementAndGet;
  }

  /// @return publishes an edition without that change again
  synchronized Repair edit(Consumer<ZoneEdit> change) {
    changes.add(change);
    edition = next();
    return () -> takeBack(change);
  }

  private synchronized void takeBack(Consumer<ZoneEdit> change) {
    changes.remove(change);
    edition = next();
  }

  private Zone next() {
    String serial = Integer.toString(FIRST_SERIAL + editions++);
    byte[] file = text.replace("${serial}", serial).getBytes(StandardCharsets.UTF_8);
    try {
      ZoneEdit edit = new ZoneEdit(new Zone(origin, new ByteArrayInputStream(file)));
      changes.forEach(change -> change.accept(edit));
      return edit.zone();
    } catch (IOException e) {
      throw new IllegalStateException("zone %s: %s".formatted(origin, e.getMessage()), e);
    }
  }
}
