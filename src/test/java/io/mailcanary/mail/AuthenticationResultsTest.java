package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationResultsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "nothing was checked (RFC 8601, B.2) | example.org 1; none | example.org |",
        "one method | example.com; spf=pass smtp.mailfrom=example.net | example.com | spf=pass{smtp.mailfrom=example.net}",
        "comments nest and stand anywhere | foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired | foo.example.net | dkim=fail{}",
        "quoted reasons with semicolons | mx.a.example; dkim=fail reason=\"body; hash\" header.d=a.example header.b=\"abc=/+\" | mx.a.example | dkim=fail[body; hash]{header.d=a.example, header.b=abc=/+}",
        "OpenDKIM | mx.b.example;    dkim=pass (2048-bit key; unprotected) header.d=b.example header.i=@b.example header.a=rsa-sha256 header.s=canary header.b=AbC+/= | mx.b.example | dkim=pass{header.d=b.example, header.i=@b.example, header.a=rsa-sha256, header.s=canary, header.b=AbC+/=}",
        "Gmail | mx.google.com; dkim=pass header.i=@c.example header.s=s1; spf=pass (google.com: domain of x@c.example designates it) smtp.mailfrom=x@c.example; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=c.example | mx.google.com | dkim=pass{header.i=@c.example, header.s=s1}; spf=pass{smtp.mailfrom=x@c.example}; dmarc=pass{header.from=c.example}",
        "Exchange Online names nobody | spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=d.example; dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from=d.example;compauth=pass reason=109 | | spf=pass{smtp.mailfrom=d.example}; dkim=none{header.d=none}; dmarc=bestguesspass{header.from=d.example}; compauth=pass[109]{}",
        "an unclosed comment ends it | mx.e.example; spf=pass (oh | mx.e.example | spf=pass{}",
        "an unclosed quotation ends it | mx.e.example; spf=fail reason=\"oh | mx.e.example | spf=fail[oh]{}",
        "what is no result is left out | mx.e.example; ; = ; spf= ; =pass; spf=pass | mx.e.example | spf=pass{}",
        "nothing at all | | |",
      })
  void forms(String sentence, String field, String server, String verdicts) {
    AuthenticationResults read = AuthenticationResults.parse(field == null ? "" : field);
    assertThat(read.server()).as(sentence).isEqualTo(server == null ? "" : server);
    String shown =
        read.verdicts().stream()
            .map(one ->
                one.method()
                    + "="
                    + one.result()
                    + (one.reason().isEmpty() ? "" : "[" + one.reason() + "]")
                    + one.properties())
            .collect(Collectors.joining("; "));
    assertThat(shown).as(sentence).isEqualTo(verdicts == null ? "" : verdicts);
  }

  @Test
  void noTextIsTooWildForIt() {
    Random random = new Random(8601);
    String seed =
        "mx.a.example 1; dkim=pass (c(c)\\)) reason=\"r;\\\"\" header.d=a.example; spf=fail a.b=c";
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = seed.getBytes(StandardCharsets.ISO_8859_1);
      for (int n = random.nextInt(8); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) "();=\"\\/. \n\tx\0".charAt(random.nextInt(13));
      }
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(AuthenticationResults.parse(text).verdicts()).hasSizeLessThan(65);
    }
    assertThat(AuthenticationResults.parse("x; a=b;".repeat(100_000)).verdicts()).hasSize(64);
    assertThat(AuthenticationResults.parse("(".repeat(100_000)).verdicts()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Postfix       | from out.a.example (out.a.example [192.0.2.25]) (using TLSv1.3) by mx.b.example (Postfix) with ESMTPS id X | 192.0.2.25 | out.a.example",
        "without a PTR | from helo.a.example (unknown [IPv6:2001:db8::25]) by mx.b.example (Postfix) | 2001:db8:0:0:0:0:0:25 | helo.a.example",
        "Exim          | from out.a.example ([192.0.2.25] helo=h.a.example) by mx.b.example with esmtps (TLS1.3) | 192.0.2.25 | h.a.example",
        "Exim, no PTR  | from [192.0.2.25] (helo=h.a.example) by mx.b.example with esmtp | 192.0.2.25 | h.a.example",
        "qmail         | from unknown (HELO h.a.example) (192.0.2.25) by mx.b.example with SMTP | 192.0.2.25 | h.a.example",
        "Exchange      | from A.a.example (192.0.2.25) by B.b.example (10.0.0.1) with Microsoft SMTP Server | 192.0.2.25 | A.a.example",
        "Gmail         | from out.a.example (out.a.example. [192.0.2.25]) by mx.google.com with ESMTPS id x | 192.0.2.25 | out.a.example",
        "a client may greet with a literal | from [10.1.1.1] (out.a.example [192.0.2.25]) by mx.b.example (Postfix) | 192.0.2.25 | [10.1.1.1]",
        "local         | by mx.b.example (Postfix, from userid 0) id X; date | | ",
        "LMTP          | from mx.b.example by imap.b.example with LMTP id X | | ",
      })
  void clients(String sentence, String field, String address, String greeting) {
    assertThat(ReceivedClient.of(field).map(one -> one.address().getHostAddress()).orElse(null))
        .as(sentence)
        .isEqualTo(address);
    if (address != null) {
      assertThat(ReceivedClient.of(field).orElseThrow().greeting()).isEqualTo(greeting);
    }
  }

  @Test
  void whatStandsBelowTheFirstStrangerIsNotBelieved() {
    HeaderBlock header =
        HeaderBlock.of(
            """
            Return-Path: <canary@a.example>
            Received: from mx.b.example by imap.b.example with LMTP id 1; Sun, 22 Nov 2026 01:00:02 +0000
            Authentication-Results: filter.b.example; spf=pass
            Received: from mx.b.example (mx.b.example [10.0.0.1]) by filter.b.example with ESMTP id 2; Sun, 22 Nov 2026 01:00:02 +0000
            Received: from out.a.example (out.a.example [192.0.2.25]) by mx.b.example with ESMTPS id 3; Sun, 22 Nov 2026 01:00:01 +0000
            Received: from evil (evil [203.0.113.1]) by liar.example with ESMTP id 4; Sun, 22 Nov 2026 01:00:00 +0000
            Authentication-Results: mx.b.example; spf=pass; dkim=pass
            Received: from evil (evil [203.0.113.1]) by mx.b.example with ESMTP id 5; Sun, 22 Nov 2026 01:00:00 +0000

            """
                .replace("\n", "\r\n"));
    TrustedTrace trace = TrustedTrace.of(header, List.of("*.b.example"));
    assertThat(trace.results())
        .extracting(AuthenticationResults::server)
        .containsExactly("filter.b.example");
    assertThat(trace.client().orElseThrow().address().getHostAddress()).isEqualTo("192.0.2.25");
    assertThat(trace.sender()).contains("canary@a.example");
    assertThat(TrustedTrace.of(header, List.of()).results()).isEmpty();
    assertThat(TrustedTrace.of(header, List.of()).client()).isEmpty();
  }
}
