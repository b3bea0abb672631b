package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.app.Demo;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;

/// The page as somebody sees it in a real Chromium: healthy, broken, found, acknowledged, repaired.
@NeedsServer(Server.CHROMIUM)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserTest {
  private static final Duration SOON = Duration.ofSeconds(45);
  private static final int DESK = 1280;
  private static final int PHONE = 360;

  private static Demo demo;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    demo = Demo.start(0);
    browser = new Browser(demo.server().uri());
    await()
        .atMost(SOON)
        .until(() ->
            demo.server().service().board().paths().stream()
                .allMatch(view -> view.lastDelivered() != null));
  }

  @AfterAll
  static void end() {
    browser.close();
    demo.close();
  }

  @BeforeEach
  void desk() {
    browser.size(DESK, 900).colours("light");
  }

  @AfterEach
  void theBrowserFoundNothingToComplainOf() {
    assertThat(browser.complaints()).isEmpty();
  }

  /// While a page gives way to another, its elements are nowhere.
  private static ConditionFactory soon() {
    return await().atMost(SOON).ignoreExceptionsInstanceOf(WebDriverException.class);
  }

  @Test
  @Order(1)
  void theFirstViewSaysThatAllIsWellAndIsLive() {
    browser.open("/");
    soon().until(() -> browser.text("h1").equals("All 6 paths deliver as promised."));
    soon().until(() -> browser.text("#live").equals("live"));
    soon().until(() -> browser.all(".strip .c-ok").size() == 6);
    assertThat(browser.title()).isEqualTo("Paths · mailcanary");
    browser.picture("overview-healthy");
  }

  @Test
  @Order(2)
  void aDeliveryShowsWithoutAnotherLook() {
    browser.open("/");
    browser.run("window.same = true");
    String before = browser.text("#p-campus-to-ugrad .last");
    soon().until(() -> !browser.text("#p-campus-to-ugrad .last").equals(before));
    assertThat(browser.run("return window.same")).isEqualTo(true);
  }

  /// As on a wall, for weeks: connections end and begin, the host sleeps, tabs are turned to.
  @Test
  @Order(2)
  void whoListensAnewAgainAndAgainLeavesNothingBehind() {
    browser.open("/");
    soon().until(() -> browser.text("#live").equals("live"));
    long before = browser.listeners();
    browser.run(
        "for (let i = 0; i < 200; i++) document.dispatchEvent(new Event('visibilitychange'))");
    soon().until(() -> browser.listeners() < before + 20);
    soon().until(() -> browser.text("#live").equals("live"));
  }

  @Test
  @Order(3)
  void everythingCanBeReachedByTheKeyboard() {
    browser.open("/");
    browser.press(Keys.TAB);
    assertThat(browser.focused()).isEqualTo("Skip to content");
    for (int i = 0; i < 30 && !browser.focused().equals("campus-to-ugrad"); i++) {
      browser.press(Keys.TAB);
    }
    browser.press(Keys.ENTER);
    soon().until(() -> browser.address().equals("/paths/campus-to-ugrad"));
    soon().until(() -> browser.text("h1").equals("campus-to-ugrad"));
    browser.picture("path-healthy");
  }

  @Test
  @Order(4)
  void aCanaryIsSentFromThePageAndItsWayIsDrawn() {
    browser.open("/paths/campus-to-ugrad");
    browser.click(".acts button.primary");
    soon().until(() -> browser.address().contains("?canary="));
    soon().until(() -> browser.text("#canary h2").contains("delivered in"));
    assertThat(browser.all(".fall li")).hasSizeGreaterThan(2);
  }

  @Test
  @Order(5)
  void aFaultThatIsSwitchedOnWithOneClickIsFound() {
    browser.open("/faults").click("#f-mx-missing button");
    soon().until(() -> browser.text("#f-mx-missing").contains("on"));
    browser.open("/");
    soon().until(() -> browser.text("h1").contains("MX"));
    assertThat(browser.text("#open")).contains("our side");
    soon().until(() -> !browser.all(".strip .c-missing, .strip .c-deferring").isEmpty());
    browser.picture("overview-trouble");
    browser.colours("dark").picture("overview-dark");
  }

  @Test
  @Order(6)
  void theIncidentHasEverythingOnOneAxisAndIsAcknowledged() {
    browser.open("/").click("#open h1 a");
    soon().until(() -> browser.address().startsWith("/incidents/"));
    soon().until(() -> browser.text("#axis").contains("People"));
    assertThat(browser.text("#axis")).contains("Changes", "DNS", "campus-to-provider");
    assertThat(browser.text("#todo")).contains("Publish an MX record");
    browser.click(".acts button.primary");
    soon().until(() -> browser.text("#head").contains("acknowledged"));
    assertThat(browser.all(".acts button.primary")).isEmpty();
    browser.picture("incident");
    browser.open("/paths/campus-to-provider").picture("path-trouble");
  }

  @ParameterizedTest
  @Order(7)
  @ValueSource(strings = {"/", "/paths/campus-to-provider", "/incidents", "/changes", "/faults"})
  void nothingStandsInTheWayOfAScreenReader(String address) {
    browser.open(address);
    assertThat(browser.obstacles()).isEmpty();
    String name = address.replaceAll("/.*/|/$", "-").replace('/', '-');
    browser.picture("desk" + name);
    browser.colours("dark").picture("dark" + name);
    assertThat(browser.obstacles()).isEmpty();
  }

  @ParameterizedTest
  @Order(8)
  @ValueSource(strings = {"/", "/paths/campus-to-provider", "/incidents", "/changes", "/faults"})
  void aPhoneNeedsNoScrollingSideways(String address) {
    browser.size(PHONE, 740).open(address);
    assertThat(browser.overflow()).isZero();
    browser.picture("phone" + address.replaceAll("/.*/|/$", "-").replace('/', '-'));
  }

  @Test
  @Order(9)
  void withoutScriptsThePageReadsTheSame() {
    browser.scripts(false).open("/");
    try {
      assertThat(browser.text("h1")).contains("MX");
      assertThat(browser.text("#live")).isEmpty();
      assertThat(browser.all(".row")).hasSize(6);
      browser.open("/faults").click("#f-mx-missing button");
      soon().until(() -> browser.text("#f-mx-missing button").startsWith("Break"));
    } finally {
      browser.scripts(true);
    }
  }

  @Test
  @Order(10)
  void whatIsRepairedIsSeenToBeSo() {
    browser.open("/");
    soon()
        .atMost(Duration.ofSeconds(90))
        .until(() -> browser.text("h1").equals("All 6 paths deliver as promised."));
    browser.open("/incidents");
    assertThat(browser.text("#list")).contains("resolved");
    browser.picture("incidents");
    browser.click("#list a");
    soon().until(() -> browser.text("#head").contains("resolved"));
    soon().until(() -> !browser.all(".s-late").isEmpty());
    browser.picture("incident-resolved");
  }
}
