package io.mailcanary.web;

import io.micronaut.http.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Style, script and sign. The name of each carries a digest of what it holds, so that browsers may
/// keep it for good.
final class Assets {
  private static final List<String> FILES = List.of("page.css", "page.js", "sign.svg");

  private final Map<String, Asset> byName = new TreeMap<>();
  private final Map<String, String> names = new TreeMap<>();

  /// @param type with its character set
  record Asset(String type, String text) {}

  Assets() {
    for (String file : FILES) {
      String text = read(file);
      int dot = file.indexOf('.');
      String ending = file.substring(dot + 1);
      String name = file.substring(0, dot) + "-" + digest(text) + file.substring(dot);
      byName.put(name, new Asset(type(ending), text));
      names.put(ending, "/assets/" + name);
    }
  }

  Optional<Asset> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// Where they are, by ending.
  Map<String, String> names() {
    return names;
  }

  private static String type(String ending) {
    return switch (ending) {
      case "css" -> MediaType.TEXT_CSS + ";charset=utf-8";
      case "js" -> "text/javascript;charset=utf-8";
      default -> "image/svg+xml;charset=utf-8";
    };
  }

  private static String read(String file) {
    try (InputStream in = Assets.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks the page's " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }
}
