package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.TcpProxy;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.OnDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two replicas share a database and the keys that sessions are signed with.
class LogOutEverywhereTest {
  @TempDir Path folder;

  @Test
  void whoLogsOutAtOneReplicaIsLoggedOutAtTheOther() throws Exception {
    String service = service();
    DatabaseSettings database = OnDatabase.POSTGRES.settings(folder);
    HttpClient browser = Guarded.browser();
    try (Guarded one = Guarded.start(folder.resolve("one"), service, database);
        Guarded two = Guarded.start(folder.resolve("two"), service, database)) {
      HttpResponse<String> let = one.send(browser, "/login", Map.of("token", "sesame"));
      assertThat(let.statusCode()).isEqualTo(303);
      String session = let.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
      HttpClient thief = HttpClient.newHttpClient();
      assertThat(two.open(thief, "/paths/one", "Cookie", session).statusCode()).isEqualTo(200);
      assertThat(one.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
      assertThat(one.open(thief, "/paths/one", "Cookie", session).statusCode()).isEqualTo(303);
      await("the other replica")
          .atMost(Duration.ofSeconds(20))
          .until(() -> two.open(thief, "/paths/one", "Cookie", session).statusCode() == 303);
      assertThat(two.send(browser, "/login", Map.of("token", "sesame")).statusCode())
          .as("a new session")
          .isEqualTo(303);
      assertThat(two.open(browser, "/paths/one").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whileNobodyCanTellWhoLoggedOutThePageSaysSo() throws Exception {
    DatabaseSettings database = OnDatabase.POSTGRES.settings(folder);
    HttpClient browser = Guarded.browser();
    String keys = service();
    try (TcpProxy way = OnDatabase.wayTo(database);
        Guarded other = Guarded.start(folder.resolve("other"), keys, database);
        Guarded service =
            Guarded.start(folder.resolve("one"), keys, OnDatabase.through(way, database))) {
      service.send(browser, "/login", Map.of("token", "sesame"));
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(200);
      // A session that began after the database was heard last would go on. What ended after it was
      // seen twice: the second look began when the first had ended.
      awaitThatItHearsOfALogOut(service, other);
      awaitThatItHearsOfALogOut(service, other);

      way.down();
      HttpResponse<String> led =
          await("doubt")
              .atMost(Duration.ofMinutes(1))
              .until(() -> service.open(browser, "/paths/one"), open -> open.statusCode() == 303);
      String there = led.headers().firstValue("location").orElseThrow();
      assertThat(there).isEqualTo("/login?failed=doubt&to=%2Fpaths%2Fone");
      assertThat(service.open(browser, there).body())
          .contains("The database does not answer, so nobody can tell which sessions were ended.");
      assertThat(service.send(browser, "/login", Map.of("token", "sesame")).statusCode())
          .isEqualTo(303);
      HttpResponse<String> anew = service.open(browser, "/");
      assertThat(anew.statusCode()).isEqualTo(200);
      assertThat(anew.body())
          .contains("The database does not answer: no canary is sent")
          .contains("<strong>store</strong> is impaired")
          .contains("/paths/one")
          .doesNotContain("No incident is open");
    }
  }

  private static void awaitThatItHearsOfALogOut(Guarded service, Guarded other) throws Exception {
    HttpClient guest = Guarded.browser();
    HttpResponse<String> let = other.send(guest, "/login", Map.of("token", "sesame"));
    String session = let.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
    assertThat(other.send(guest, "/logout", Map.of()).statusCode()).isEqualTo(303);
    HttpClient thief = HttpClient.newHttpClient();
    await("the look for log-outs")
        .atMost(Duration.ofSeconds(20))
        .until(() -> service.open(thief, "/paths/one", "Cookie", session).statusCode() == 303);
  }

  private String service() throws IOException {
    Path secret = folder.resolve("key");
    Files.writeString(secret, "a secret that all replicas have and nobody else");
    return "tokens: [{ name: ops, sha256: %s, rights: [read, act] }],".formatted(Guarded.SESAME)
        + " signing-keys: [{ id: k1, secret-file: %s }]".formatted(secret);
  }
}
