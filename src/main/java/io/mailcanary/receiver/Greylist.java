package io.mailcanary.receiver;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who has been here before (RFC 6647 §2.4): a client's network, a sender and a recipient together.
/// It is kept in a file: who was put off before a restart need not begin anew.
final class Greylist {
  private static final Logger LOG = LoggerFactory.getLogger(Greylist.class);
  private static final int MOST = 20_000;
  private static final long LARGEST_FILE = 32L << 20;

  /// One that never comes back in that time begins anew.
  private static final Duration RETRY_WITHIN = Duration.ofDays(1);

  private static final Duration KNOWN_FOR = Duration.ofDays(35);

  private final Optional<Path> file;
  private final Map<String, Contact> contacts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Contact> eldest) {
          return size() > MOST;
        }
      };
  private boolean dirty;

  private record Contact(Instant first, Instant last, boolean passed) {}

  /// @param file where it is kept; empty: a restart forgets
  Greylist(Optional<Path> file, Instant now) {
    this.file = file;
    file.ifPresent(path -> read(path, now));
  }

  /// How much longer it has to wait; zero: it may pass, and is known from now on.
  synchronized Duration wait(
      InetAddress client, String sender, String recipient, Duration time, Instant now) {
    String key = network(client) + '\0' + lower(sender) + '\0' + lower(recipient);
    Contact known = contacts.get(key);
    Contact contact =
        known == null || isForgotten(known, now) ? new Contact(now, now, false) : known;
    Duration left = Duration.between(now, contact.first().plus(time));
    boolean passes = contact.passed() || !left.isPositive();
    contacts.put(key, new Contact(contact.first(), now, passes));
    dirty = true;
    return passes ? Duration.ZERO : left;
  }

  private static boolean isForgotten(Contact known, Instant now) {
    return known.last().plus(known.passed() ? KNOWN_FOR : RETRY_WITHIN).isBefore(now);
  }

  /// Writes down what changed.
  void keep() {
    List<String> lines = new ArrayList<>();
    synchronized (this) {
      if (!dirty || file.isEmpty()) {
        return;
      }
      dirty = false;
      contacts.forEach((key, contact) -> lines.add(line(key, contact)));
    }
    try {
      write(file.get(), lines);
    } catch (IOException e) {
      LOG.warn("The greylist is not kept over a restart: {}", e.toString());
    }
  }

  private static synchronized void write(Path path, List<String> lines) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path next = path.resolveSibling(path.getFileName() + ".next");
    Files.write(next, lines, StandardCharsets.US_ASCII);
    Files.move(next, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String line(String key, Contact contact) {
    return "%d %d %s %s"
        .formatted(
            contact.first().toEpochMilli(),
            contact.last().toEpochMilli(),
            contact.passed() ? "passed" : "waits",
            URLEncoder.encode(key, StandardCharsets.UTF_8));
  }

  private void read(Path path, Instant now) {
    try {
      if (Files.size(path) > LARGEST_FILE) {
        throw new IOException("larger than %d bytes".formatted(LARGEST_FILE));
      }
      try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.US_ASCII)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          read(line, now);
        }
      }
    } catch (NoSuchFileException _) {
      // Nobody has been here yet.
    } catch (IOException e) {
      LOG.warn("The greylist in {} cannot be read and begins anew: {}", path, e.toString());
    }
  }

  private synchronized void read(String line, Instant now) {
    String[] words = line.split(" ", 4);
    try {
      Contact contact =
          new Contact(
              Instant.ofEpochMilli(Long.parseLong(words[0])),
              Instant.ofEpochMilli(Long.parseLong(words[1])),
              words[2].equals("passed"));
      if (!isForgotten(contact, now) && !contact.last().isAfter(now.plus(RETRY_WITHIN))) {
        contacts.put(URLDecoder.decode(words[3], StandardCharsets.UTF_8), contact);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      LOG.debug("a line of the greylist is not understood");
    }
  }

  /// A /24 or a /64: a sender's retries may come from another host of a farm.
  private static String network(InetAddress client) {
    byte[] address = client.getAddress();
    return HexFormat.of().formatHex(Arrays.copyOf(address, address.length == 4 ? 3 : 8));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
