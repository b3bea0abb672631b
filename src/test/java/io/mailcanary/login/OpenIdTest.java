package io.mailcanary.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.web.Guarded;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// People log in at their own provider, which Micronaut's own settings name.
class OpenIdTest {
  private static final String PREFIX = OpenId.CLIENTS + ".campus.";
  private static final List<String> KEYS =
      List.of(PREFIX + "client-id", PREFIX + "client-secret", PREFIX + "openid.issuer");
  private static final String PEOPLE =
      "people: [{ claim: groups, value: mail, rights: [read, act] },"
          + " { claim: email, value: eve@campus.example, rights: [read] }]";

  @TempDir Path folder;

  private OpenIdProvider provider;
  private final HttpClient browser = Guarded.browser();

  @BeforeEach
  void start() throws Exception {
    provider = new OpenIdProvider();
    System.setProperty(KEYS.get(0), OpenIdProvider.CLIENT);
    System.setProperty(KEYS.get(1), OpenIdProvider.SECRET);
    System.setProperty(KEYS.get(2), provider.issuer());
  }

  @AfterEach
  void end() {
    KEYS.forEach(System::clearProperty);
    provider.close();
  }

  /// Follows redirects as a browser does, from our login to the provider and back.
  private HttpResponse<String> logIn(Guarded service, String to) throws Exception {
    URI next = service.uri().resolve("/login/with/campus?to=" + to);
    HttpResponse<String> answer = null;
    for (int i = 0; i < 6; i++) {
      answer = open(next);
      Optional<String> location = answer.headers().firstValue("location");
      if (location.isEmpty()) {
        return answer;
      }
      next = next.resolve(location.get());
    }
    throw new AssertionError("goes round in circles, last to " + next + ": " + answer);
  }

  @Test
  void somebodyWithTheRightsReadsAndActs() throws Exception {
    provider.is(
        Map.of("sub", "7", "email", "jane@campus.example", "groups", List.of("staff", "mail")));
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/login").body())
          .contains("Log in with campus")
          .contains("href=\"/login/with/campus?to=%2F\"")
          .doesNotContain("name=\"token\"");
      HttpResponse<String> page = logIn(service, "%2Fpaths%2Fone%3Frange%3D1h");
      assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
      assertThat(page.uri().toString()).endsWith("/paths/one?range=1h");
      assertThat(page.body())
          .contains("jane@campus.example")
          .contains("Log out")
          .contains("action=\"/paths/one/canaries\"");
      assertThat(service.send(browser, "/paths/one/pause", Map.of()).statusCode()).isEqualTo(303);
      assertThat(service.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
    }
  }

  @Test
  void somebodyElseReadsAloneAndAnotherNotAtAll() throws Exception {
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      provider.is(Map.of("sub", "8", "email", "eve@campus.example", "groups", "mailing"));
      assertThat(logIn(service, "%2Fpaths%2Fone").body())
          .contains("eve@campus.example")
          .doesNotContain("action=\"/paths");
      assertThat(service.send(browser, "/paths/one/pause", Map.of()).statusCode()).isEqualTo(403);
      assertThat(service.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
      provider.is(Map.of("sub", "9", "email", "mallory@elsewhere.example"));
      assertThat(logIn(service, "%2F").body()).contains("none of service.people fits you");
      assertThat(service.open(browser, "/").statusCode()).isEqualTo(303);
    }
  }

  @Test
  void whereNothingIsSaidOfPeopleAllOfThemRead() throws Exception {
    provider.is(Map.of("sub", "someone"));
    try (Guarded service = Guarded.start(folder, "site: north")) {
      assertThat(logIn(service, "%2Fpaths%2Fone").body())
          .contains("someone")
          .doesNotContain("action=\"/paths");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aTokenThatIsNotRightLetsNobodyIn(OpenIdProvider.Lie lie) throws Exception {
    provider.is(Map.of("sub", "7", "groups", List.of("mail")));
    provider.tells(lie);
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(logIn(service, "%2Fpaths%2Fone").body()).doesNotContain("Log out");
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
    }
  }

  @Test
  void anAnswerThatNobodyAskedForLetsNobodyIn() throws Exception {
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(service.open(browser, "/oauth/callback/campus?code=x&state=y").body())
          .doesNotContain("Log out");
      assertThat(service.open(browser, "/login/with/nobody").statusCode()).isEqualTo(404);
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
    }
  }

  /// At the very next try: nobody waits for a time to pass.
  @Test
  void theServiceStartsWhileTheProviderIsAwayAndLetsPeopleInOnceItIsBack() throws Exception {
    provider.close();
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(service.open(browser, "/health/liveness").statusCode()).isEqualTo(200);
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/login").statusCode()).isEqualTo(200);
      assertThat(logIn(service, "%2Fpaths%2Fone").body())
          .contains("The provider did not let you in.");
      comeBack();
      assertThat(logIn(service, "%2Fpaths%2Fone").body()).contains("someone").contains("Log out");
    }
  }

  @Test
  void aProviderThatGoesAndComesBackWithOtherKeysLetsPeopleIn() throws Exception {
    provider.is(Map.of("sub", "someone", "groups", "mail"));
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(logIn(service, "%2Fpaths%2Fone").body()).contains("Log out");
      HttpResponse<String> asked = leadTo(service);
      URI back = follow(asked.uri(), asked);
      provider.close();
      assertThat(service.open(browser, "/paths/one").body()).contains("Log out");
      service.send(browser, "/logout", Map.of());
      assertThat(open(back).headers().firstValue("location")).hasValue("/login?failed=provider");
      comeBack();
      assertThat(logIn(service, "%2Fpaths%2Fone").body()).contains("someone").contains("Log out");
    }
  }

  @Test
  void aProviderThatChangesItsKeyLetsPeopleInAtOnce() throws Exception {
    provider.is(Map.of("sub", "someone", "groups", "mail"));
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      for (int i = 0; i < 3; i++) {
        assertThat(logIn(service, "%2Fpaths%2Fone").body()).contains("Log out");
        service.send(browser, "/logout", Map.of());
        provider.changesItsKey();
      }
    }
  }

  @Test
  void oneProviderThatIsAwayKeepsNobodyFromAnother() throws Exception {
    provider.is(Map.of("sub", "someone", "groups", "mail"));
    String other = OpenId.CLIENTS + ".a-faculty.";
    Map<String, String> settings =
        Map.of(
            other + "client-id", "x",
            other + "client-secret", "y",
            other + "openid.issuer", "http://127.0.0.1:1");
    settings.forEach(System::setProperty);
    try (Guarded service = Guarded.start(folder, PEOPLE)) {
      assertThat(logIn(service, "%2Fpaths%2Fone").body()).contains("Log out");
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }

  private void comeBack() throws Exception {
    provider = new OpenIdProvider(provider.port());
    provider.is(Map.of("sub", "someone", "groups", "mail"));
  }

  /// As far as the provider, which has not been asked for a token yet.
  private HttpResponse<String> leadTo(Guarded service) throws Exception {
    HttpResponse<String> answer = open(service.uri().resolve("/login/with/campus"));
    while (answer.uri().getPort() != provider.port()) {
      answer = open(follow(answer.uri(), answer));
    }
    return answer;
  }

  private static URI follow(URI from, HttpResponse<String> answer) {
    return from.resolve(answer.headers().firstValue("location").orElseThrow());
  }

  private HttpResponse<String> open(URI address) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(address).header("Accept", "text/html,*/*;q=0.8").build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aProviderIsEnoughToListenForOthers() throws Exception {
    assertThat(OpenId.isConfigured()).isTrue();
    Path probes = Files.createDirectories(folder.resolve("others"));
    Files.writeString(
        probes.resolve("a.yaml"),
        """
        relays: { out: { host: 127.0.0.1 } }
        mailboxes: { box: { protocol: maildir, directory: %s } }
        paths: { one: { via: out, from: a@a.example, to: b@b.example, arrives-in: box } }
        service: { listen: 0.0.0.0 }
        """
            .formatted(folder));
    assertThat(ProbeFolder.read(probes, _ -> Optional.empty())).isInstanceOf(Reading.Invalid.class);
    assertThat(ProbeFolder.read(probes, Optional::of)).isInstanceOf(Reading.Valid.class);
  }
}
