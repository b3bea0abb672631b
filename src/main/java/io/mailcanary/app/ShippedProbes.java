package io.mailcanary.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The probe files of the built-in world, packed by the build.
public final class ShippedProbes {
  private static final List<String> FILES =
      List.of("relays.yaml", "mailboxes.yaml", "paths.yaml", "demo-ca.pem");

  private ShippedProbes() {}

  /// @param folder an empty one
  public static void copyTo(Path folder) throws IOException {
    for (String file : FILES) {
      try (InputStream from = ShippedProbes.class.getResourceAsStream("/demo/probes/" + file)) {
        if (from == null) {
          throw new IOException("this build lacks the probe file " + file);
        }
        Files.copy(from, folder.resolve(file));
      }
    }
  }
}
