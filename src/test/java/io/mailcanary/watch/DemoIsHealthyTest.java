package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.app.Demo;
import io.mailcanary.app.Service;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Severity;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The built-in world is watched, and nothing is wrong with it.
class DemoIsHealthyTest {
  @Test
  void nothingIsWrongWithItsNames() throws IOException {
    try (Demo demo = Demo.start(0)) {
      Service service = demo.server().service();
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () -> assertThat(service.dns().view(new DomainName("campus.example"))).isPresent());
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(() -> {
            assertThat(service.findings().all())
                .containsKeys(
                    "dns:campus.example",
                    "dns:hosted.example",
                    "dns:ugrad.example",
                    "dns:outside.example");
          });
      assertThat(service.findings().all().values())
          .allSatisfy(
              findings -> assertThat(findings).allMatch(one -> one.severity() == Severity.INFO));
      assertThat(service.dns().ofPath("campus-to-ugrad"))
          .extracting(view -> view.name().name())
          .contains(
              "campus.example", "ugrad.example", "smtp.campus.example", "imap.hosted.example");
      assertThat(service.board().parts())
          .anyMatch(part -> part.name().equals("resolver:default") && part.ok());
    }
  }
}
