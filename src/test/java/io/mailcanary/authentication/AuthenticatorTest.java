package io.mailcanary.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.james.jdkim.DKIMSigner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages signed by the library's other half, and what hosts on the way say of them.
class AuthenticatorTest {
  private static final String MX = "mx.hosted.example";
  private static final String LETTER =
      """
      From: Canary <canary@campus.example>\r
      To: canary@ugrad.example\r
      Subject: canary\r
      Date: Sun, 22 Nov 2026 01:00:00 +0000\r
      Message-ID: <one@campus.example>\r
      \r
      I am a canary.\r
      """;
  private static final String RECEIVED =
      """
      Return-Path: <canary@campus.example>\r
      Received: from out.campus.example (out.campus.example [192.0.2.25])\r
      \tby mx.hosted.example (Postfix) with ESMTPS id 4XyZ\r
      \tfor <canary@ugrad.example>; Sun, 22 Nov 2026 01:00:01 +0000 (UTC)\r
      """;

  private static KeyPair keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  @Test
  void whatWeFindOurselves() throws Exception {
    List<AuthenticationCheck> checks = check(zone(), RECEIVED + signed("campus.example"), MX);
    assertThat(checks)
        .extracting(AuthenticationCheck::toString)
        .containsExactly(
            "spf=pass by mailcanary for campus.example: client 192.0.2.25, sender"
                + " <canary@campus.example>",
            "dkim=pass by mailcanary for campus.example: selector canary",
            "dmarc=pass by mailcanary for campus.example: dkim for campus.example is aligned");
  }

  @Test
  void aBodyChangedOnTheWayBreaksTheSignatureAndSpfAloneIsStillEnough() throws Exception {
    String changed = RECEIVED + signed("campus.example") + "-- \r\nsent through a list\r\n";
    assertThat(result(check(zone(), changed, MX), AuthenticationMethod.DKIM))
        .isEqualTo(AuthenticationResult.FAIL);
    assertThat(result(check(zone(), changed, MX), AuthenticationMethod.DMARC))
        .isEqualTo(AuthenticationResult.PASS);
  }

  @Test
  void aMaildirMayHoldBareLineFeeds() throws Exception {
    String bare = (RECEIVED + signed("campus.example")).replace("\r\n", "\n");
    assertThat(result(check(zone(), bare, MX), AuthenticationMethod.DKIM))
        .isEqualTo(AuthenticationResult.PASS);
  }

  @Test
  void aMessageOfWhichTheEndWasNotReadIsNotJudged() throws Exception {
    String head = RECEIVED + signed("campus.example");
    List<AuthenticationCheck> checks =
        new Authenticator(zone())
            .check(new Letter(head, head.length() + 1, List.of(), "canary@campus.example", ""));
    assertThat(result(checks, AuthenticationMethod.DKIM)).isEqualTo(AuthenticationResult.UNKNOWN);
    assertThat(result(checks, AuthenticationMethod.SPF)).isEqualTo(AuthenticationResult.UNKNOWN);
    assertThat(result(checks, AuthenticationMethod.DMARC)).isEqualTo(AuthenticationResult.UNKNOWN);
  }

  /// The example of RFC 8463, appendix A.
  private static final String TWICE =
      """
      DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r
       d=football.example.com; i=@football.example.com;\r
       q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r
       subject : date : message-id : from : subject : date;\r
       bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r
       b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r
       Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r
      From: Joe SixPack <joe@football.example.com>\r
      To: Suzie Q <suzie@shopping.example.net>\r
      Subject: Is dinner ready?\r
      Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r
      Message-ID: <20030712040037.46341.5F8J@football.example.com>\r
      \r
      Hi.\r
      \r
      We lost the game.  Are you hungry yet?\r
      \r
      Joe.\r
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "the signature of RFC 8463 holds        | hungry  | 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= | pass | selector brisbane",
        "a changed body does not                | thirsty | 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= | fail | bodyhash",
        "nor another key                        | hungry  | PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw= | fail | does not verify",
        "a key of the wrong length is no key    | hungry  | 11qYAYKxCrfVS/7TyWQHOg==                     | fail | 16 bytes, expected 32",
      })
  void ed25519(String sentence, String mood, String key, String expected, String reason) {
    Zone zone =
        new Zone().txt("brisbane._domainkey.football.example.com", "v=DKIM1; k=ed25519; p=" + key);
    AuthenticationCheck dkim =
        check(zone, TWICE.replace("hungry", mood), MX).stream()
            .filter(check -> check.method() == AuthenticationMethod.DKIM)
            .findFirst()
            .orElseThrow();
    assertThat(dkim.result().word()).as(sentence + ": " + dkim).isEqualTo(expected);
    assertThat(dkim.domain()).isEqualTo("football.example.com");
    assertThat(dkim.reason()).as(sentence).contains(reason);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "read again, to its end, it holds              | 5000000  | whole   | pass",
        "with bare line feeds, too                     | 5000000  | bare    | pass",
        "a byte changed far behind the head is seen    | 5000000  | changed | fail",
        "cut short on the way it does not hold         | 5000000  | short   | fail",
        "gone meanwhile, nobody knows                  | 5000000  | gone    | unknown",
        "beyond the bound nobody reads it              | 70000000 | whole   | unknown",
      })
  void aLargeLetter(String sentence, long claimed, String way, String expected) throws Exception {
    String body = ("I am a canary, and a large one.\r\n").repeat(150_000);
    String all = RECEIVED + signed("campus.example", LETTER + body);
    String there =
        switch (way) {
          case "bare" -> all.replace("\r\n", "\n");
          case "changed" ->
              all.substring(0, all.length() - 10) + "!" + all.substring(all.length() - 9);
          case "short" -> all.substring(0, all.length() / 2);
          case String _ -> all;
        };
    Letter.Source source =
        way.equals("gone")
            ? Letter.Source.NONE
            : out -> out.write(there.getBytes(StandardCharsets.ISO_8859_1));
    List<AuthenticationCheck> checks =
        new Authenticator(zone())
            .check(
                new Letter(
                    there.substring(0, 64 * 1024),
                    claimed,
                    List.of(MX),
                    "x@y.example",
                    "",
                    source));
    assertThat(result(checks, AuthenticationMethod.DKIM).word())
        .as(sentence + ": " + checks)
        .isEqualTo(expected);
  }

  @Test
  void aSelectorThatVanishedIsAFailureAndOneThatCannotBeAskedForIsNot() throws Exception {
    String letter = RECEIVED + signed("campus.example");
    Zone without = new Zone().txt("_dmarc.campus.example", "v=DMARC1; p=reject");
    assertThat(result(check(without, letter, MX), AuthenticationMethod.DKIM))
        .isEqualTo(AuthenticationResult.FAIL);
    assertThat(result(check(without, letter, MX), AuthenticationMethod.DMARC))
        .isEqualTo(AuthenticationResult.FAIL);

    Zone silent =
        new Zone()
            .silent("canary._domainkey.campus.example")
            .silent("campus.example")
            .silent("_dmarc.campus.example");
    for (AuthenticationMethod method : AuthenticationMethod.values()) {
      assertThat(result(check(silent, letter, MX), method)).isEqualTo(AuthenticationResult.UNKNOWN);
    }
  }

  @Test
  void anUnsignedMessageFromAWrongClientFailsAsAStrangersWould() throws Exception {
    String letter = RECEIVED.replace("192.0.2.25", "198.51.100.9") + LETTER;
    List<AuthenticationCheck> checks = check(zone(), letter, MX);
    assertThat(result(checks, AuthenticationMethod.SPF)).isEqualTo(AuthenticationResult.FAIL);
    assertThat(result(checks, AuthenticationMethod.DKIM)).isEqualTo(AuthenticationResult.NONE);
    assertThat(result(checks, AuthenticationMethod.DMARC)).isEqualTo(AuthenticationResult.FAIL);
  }

  @Test
  void aTrustedHostsWordComesBeforeOurs() throws Exception {
    String said =
        "Authentication-Results: mx.hosted.example; spf=softfail smtp.mailfrom=campus.example;"
            + " dkim=fail reason=\"bad signature\" header.d=campus.example;"
            + " dmarc=fail (p=none) header.from=campus.example\r\n";
    List<AuthenticationCheck> checks =
        check(zone(), said + RECEIVED + signed("campus.example"), MX);
    assertThat(checks).hasSize(6);
    assertThat(checks.subList(0, 3))
        .extracting(AuthenticationCheck::toString)
        .containsExactly(
            "spf=softfail by mx.hosted.example for campus.example",
            "dkim=fail by mx.hosted.example for campus.example: bad signature",
            "dmarc=fail by mx.hosted.example for campus.example");
    assertThat(checks.subList(3, 6))
        .extracting(AuthenticationCheck::result)
        .containsOnly(AuthenticationResult.PASS);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a stranger's word is nothing                             | mx.evil.example   | above",
        "nor is a trusted name below where the message came in    | mx.hosted.example | below",
      })
  void forgedResultsAreNotBelieved(String sentence, String server, String place) throws Exception {
    String forged =
        "Authentication-Results: %s; spf=pass; dkim=pass; dmarc=pass\r\n".formatted(server);
    String older =
        "Received: from a.example (a.example [203.0.113.1]) by b.example with ESMTP; Sun, 22 Nov"
            + " 2026 00:59:59 +0000\r\n";
    String header = place.equals("above") ? forged + RECEIVED : RECEIVED + older + forged;
    List<AuthenticationCheck> checks = check(new Zone(), header + LETTER, MX);
    assertThat(checks).as(sentence).extracting(AuthenticationCheck::by).containsOnly("mailcanary");
    assertThat(result(checks, AuthenticationMethod.SPF)).isEqualTo(AuthenticationResult.NONE);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // sentence | signed by | record at campus.example | record at lists.campus.example | result
        "the same domain                                 | campus.example       | v=DMARC1; p=reject                | | pass",
        "a sub-domain of the same organisation           | lists.campus.example | v=DMARC1; p=reject                | | pass",
        "strict alignment wants the very domain          | lists.campus.example | v=DMARC1; p=reject; adkim=s       | | fail",
        "a stranger's signature proves nothing           | other.example        | v=DMARC1; p=reject                | | fail",
        "an organisation of its own below                | lists.campus.example | v=DMARC1; p=reject                | v=DMARC1; p=none; psd=n | fail",
        "a public suffix above: each is for itself       | lists.campus.example | v=DMARC1; p=reject; psd=y         | v=DMARC1; p=none | fail",
        "no record                                       | campus.example       | v=spf1 -all                       | | none",
        "the version comes first or it is no record      | campus.example       | p=reject; v=DMARC1                | | none",
      })
  void alignment(String sentence, String signer, String record, String below, String expected)
      throws Exception {
    Zone zone =
        new Zone().txt("_dmarc.campus.example", record).txt("canary._domainkey." + signer, key());
    Optional.ofNullable(below).ifPresent(text -> zone.txt("_dmarc.lists.campus.example", text));
    List<AuthenticationCheck> checks = check(zone, RECEIVED + signed(signer), MX);
    assertThat(result(checks, AuthenticationMethod.DKIM))
        .as(sentence)
        .isEqualTo(AuthenticationResult.PASS);
    assertThat(result(checks, AuthenticationMethod.DMARC).word()).as(sentence).isEqualTo(expected);
  }

  @Test
  void theVeryDomainIsAlignedWhateverIsAboveIt() throws Exception {
    Zone zone = zone().silent("_dmarc.example");
    List<AuthenticationCheck> checks = check(zone, RECEIVED + signed("campus.example"), MX);
    assertThat(result(checks, AuthenticationMethod.DMARC)).isEqualTo(AuthenticationResult.PASS);
  }

  @Test
  void theWayUpIsEightQuestionsLong() throws Exception {
    Zone zone = new Zone();
    String deep = "a.b.c.d.e.f.g.h.i.campus.example";
    check(zone, LETTER.replace("@campus.example>\r\nTo", "@" + deep + ">\r\nTo"), "");
    assertThat(zone.asked)
        .extracting(question -> question.name().text())
        .filteredOn(name -> name.startsWith("_dmarc"))
        .containsExactly(
            "_dmarc." + deep,
            "_dmarc.e.f.g.h.i.campus.example",
            "_dmarc.f.g.h.i.campus.example",
            "_dmarc.g.h.i.campus.example",
            "_dmarc.h.i.campus.example",
            "_dmarc.i.campus.example",
            "_dmarc.campus.example",
            "_dmarc.example");
  }

  @Test
  void garbageIsUnknownAtWorst() {
    for (String text :
        List.of("", "\r\n", "DKIM-Signature: v=1; a=rsa-sha256\r\n\r\n", "From: @\r\n\r\nx")) {
      List<AuthenticationCheck> checks =
          new Authenticator(new Zone())
              .check(new Letter(text, text.length(), List.of(MX), "a@b.c", ""));
      assertThat(checks).as(text).hasSize(3);
    }
  }

  private static Zone zone() {
    return new Zone()
        .txt("campus.example", "v=spf1 a:out.campus.example -all")
        .address("out.campus.example", "192.0.2.25")
        .txt("canary._domainkey.campus.example", key())
        .txt("_dmarc.campus.example", "v=DMARC1; p=reject");
  }

  private static String key() {
    return "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private static String signed(String domain) throws Exception {
    return signed(domain, LETTER);
  }

  private static String signed(String domain, String letter) throws Exception {
    String template =
        "v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=canary; h=from:to:subject:date:message-id;"
            + " bh=; b=;";
    String field =
        new DKIMSigner(template.formatted(domain), keys.getPrivate())
            .sign(new ByteArrayInputStream(letter.getBytes(StandardCharsets.US_ASCII)));
    return field + "\r\n" + letter;
  }

  private static List<AuthenticationCheck> check(Zone zone, String letter, String trusted) {
    return new Authenticator(zone)
        .check(
            new Letter(
                letter,
                letter.length(),
                trusted.isEmpty() ? List.of() : List.of(trusted),
                "canary@campus.example",
                ""));
  }

  private static AuthenticationResult result(
      List<AuthenticationCheck> checks, AuthenticationMethod method) {
    return checks.stream()
        .filter(check -> check.method() == method)
        .map(AuthenticationCheck::result)
        .findFirst()
        .orElseThrow();
  }
}
