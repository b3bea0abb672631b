package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;

/// The login as somebody meets it in a real Chromium, with nothing but a keyboard.
@NeedsServer(Server.CHROMIUM)
class LoginPageTest {
  private static final String TOKENS =
      "tokens: [{ name: ops, sha256: %s, rights: [read, act] }]".formatted(Guarded.SESAME);

  @TempDir Path folder;

  @Test
  void aTokenIsTypedAndLeadsToThePageThatWasWanted() throws Exception {
    try (Guarded service = Guarded.start(folder, TOKENS);
        Browser browser = new Browser(service.uri())) {
      browser.size(1280, 900).colours("light").open("/paths/one");
      assertThat(browser.address()).isEqualTo("/login?to=%2Fpaths%2Fone");
      assertThat(browser.obstacles()).isEmpty();
      browser.picture("login");
      browser.colours("dark").picture("login-dark");
      assertThat(browser.obstacles()).isEmpty();
      browser.size(360, 740);
      assertThat(browser.overflow()).isZero();
      browser.picture("phone-login");
      browser.size(1280, 900);
      browser.press("simsim", Keys.ENTER);
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(WebDriverException.class)
          .until(() -> browser.text(".problem").equals("No token is like that."));
      browser.press("sesame", Keys.ENTER);
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(WebDriverException.class)
          .until(() -> browser.text("h1").equals("one"));
      assertThat(browser.text(".session")).contains("ops", "Log out");
      assertThat(browser.obstacles()).isEmpty();
      browser.colours("light").picture("path-logged-in");
      browser.click(".session button");
      await().atMost(Duration.ofSeconds(20)).until(() -> browser.address().startsWith("/login"));
    }
  }
}
