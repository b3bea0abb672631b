package io.mailcanary.login;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Secrets of OpenID clients that stand in files, as all other secrets may: for them
/// `…_CLIENT_SECRET` of the environment has the twin `…_CLIENT_SECRET_FILE`.
final class ClientSecrets {
  private static final String BEGIN = OpenId.variable(OpenId.CLIENTS) + "_";
  private static final String END = "_CLIENT_SECRET_FILE";
  private static final int LARGEST = 16_384;

  private ClientSecrets() {}

  /// Micronaut's own settings, by their names.
  ///
  /// @param variables the environment
  static Map<String, Object> of(Map<String, String> variables) {
    Map<String, Object> settings = new HashMap<>();
    variables.forEach((name, file) -> {
      if (name.startsWith(BEGIN) && name.endsWith(END) && name.length() > length()) {
        String client = name.substring(BEGIN.length(), name.length() - END.length());
        settings.put(
            "%s.%s.client-secret"
                .formatted(OpenId.CLIENTS, client.toLowerCase(Locale.ROOT).replace('_', '-')),
            read(name, Path.of(file)));
      }
    });
    return settings;
  }

  private static int length() {
    return BEGIN.length() + END.length();
  }

  private static String read(String name, Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new IOException("it is larger than a secret may be");
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("%s: %s cannot be read".formatted(name, file), e);
    }
  }
}
