package io.mailcanary.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The environment names files with secrets of OpenID clients.
class ClientSecretsTest {
  @TempDir Path folder;

  @Test
  void aFileIsReadForItsClient() throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "swordfish\n");
    assertThat(
            ClientSecrets.of(
                Map.of(
                    "MICRONAUT_SECURITY_OAUTH2_CLIENTS_CAMPUS_CLIENT_SECRET_FILE",
                    file.toString(),
                    "MICRONAUT_SECURITY_OAUTH2_CLIENTS_CAMPUS_CLIENT_ID",
                    "mailcanary",
                    "ANOTHER_CLIENT_SECRET_FILE",
                    "/nowhere")))
        .isEqualTo(Map.of("micronaut.security.oauth2.clients.campus.client-secret", "swordfish"));
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertThatThrownBy(() ->
            ClientSecrets.of(
                Map.of(
                    "MICRONAUT_SECURITY_OAUTH2_CLIENTS_CAMPUS_CLIENT_SECRET_FILE",
                    folder.resolve("none").toString())))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("CAMPUS_CLIENT_SECRET_FILE")
        .hasMessageContaining("none cannot be read");
  }
}
