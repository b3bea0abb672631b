package io.mailcanary.transport;

import io.mailcanary.transport.PortLook.Served;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The certificates that a mail port has shown lately.
///
/// Several servers may stand behind one address and take turns, so what was seen within a week is
/// no news when it is seen again; an address that says nothing changes nothing.
///
/// @param entries by fingerprint
public record CertificateBook(Map<String, Entry> entries) {
  /// Nothing was seen yet.
  public static final CertificateBook EMPTY = new CertificateBook(Map.of());

  private static final Duration KEPT = Duration.ofDays(7);
  private static final int MOST = 32;
  private static final int PARTS = 4;

  public CertificateBook {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /// @param address where it was seen last
  /// @param words what it is, for a person
  public record Entry(Instant lastSeen, String address, String words) {}

  /// Another certificate than before.
  ///
  /// @param before those that stood at the same addresses; a line each
  /// @param after those that are new; a line each
  /// @param addresses where these are seen
  public record News(List<String> before, List<String> after, List<String> addresses) {
    public News {
      before = List.copyOf(before);
      after = List.copyOf(after);
      addresses = List.copyOf(addresses);
    }
  }

  /// What is known after a look, and what is news of it.
  public record Outcome(CertificateBook book, Optional<News> news) {}

  public Outcome see(List<PortLook> looks, Instant now) {
    Map<String, Entry> next = new LinkedHashMap<>(entries);
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (PortLook look : looks) {
      if (look instanceof Served served) {
        ServedCertificate leaf = served.certificate();
        String fingerprint = leaf.fingerprint();
        if (!entries.containsKey(fingerprint)) {
          lastAt(served.address()).filter(old -> !before.contains(old)).ifPresent(before::add);
          if (!after.contains(words(leaf))) {
            after.add(words(leaf));
          }
          addresses.add(served.address());
        }
        next.put(fingerprint, new Entry(now, served.address(), words(leaf)));
      }
    }
    next.values().removeIf(entry -> entry.lastSeen().plus(KEPT).isBefore(now));
    while (next.size() > MOST) {
      next.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().lastSeen()))
          .map(Map.Entry::getKey)
          .ifPresent(next::remove);
    }
    boolean first = entries.isEmpty();
    return new Outcome(
        new CertificateBook(next),
        first || after.isEmpty()
            ? Optional.empty()
            : Optional.of(new News(before, after, addresses)));
  }

  private Optional<String> lastAt(String address) {
    return entries.values().stream()
        .filter(entry -> entry.address().equals(address))
        .max(Comparator.comparing(Entry::lastSeen))
        .or(() -> entries.values().stream().max(Comparator.comparing(Entry::lastSeen)))
        .map(Entry::words);
  }

  private static String words(ServedCertificate leaf) {
    List<String> names = leaf.names();
    return "%s, issued by %s, valid from %s to %s, SHA-256 %s"
        .formatted(
            String.join(", ", names.subList(0, Math.min(names.size(), 8))),
            leaf.issuer(),
            leaf.notBefore(),
            leaf.notAfter(),
            leaf.fingerprint());
  }

  /// For storage: a line each.
  public String toText() {
    StringBuilder text = new StringBuilder();
    entries.forEach((fingerprint, entry) ->
        text.append(fingerprint)
            .append('\t')
            .append(entry.lastSeen().getEpochSecond())
            .append('\t')
            .append(entry.address())
            .append('\t')
            .append(entry.words().replaceAll("[\\t\\n\\r]", " "))
            .append('\n'));
    return text.toString();
  }

  /// Reads what {@link #toText} wrote; a line that it did not write is left out.
  public static CertificateBook fromText(String text) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      String[] parts = line.split("\t", PARTS);
      if (parts.length == PARTS && parts[1].matches("\\d{1,12}")) {
        entries.put(
            parts[0],
            new Entry(Instant.ofEpochSecond(Long.parseLong(parts[1])), parts[2], parts[3]));
      }
    }
    return new CertificateBook(entries);
  }
}
