package io.mailcanary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.mail.Corpus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExplainCommandTest {
  private static final String BOUNCE =
      """
      Return-Path: <>
      Delivered-To: canary+k1-000000000000000000000000000000000000000000000000@corp.test
      Received: from relay.corp.test (relay.corp.test [192.0.2.7])
      \tby in.corp.test (Postfix) with ESMTPS id 4XYZ2
      \tfor <canary@corp.test>; Sat, 21 Nov 2026 10:00:07 +0000 (UTC)
      Received: by relay.corp.test (Postfix)
      \tid 4XYZ1; Sat, 21 Nov 2026 10:00:02 +0000 (UTC)
      Date: Sat, 21 Nov 2026 10:00:02 +0000 (UTC)
      From: MAILER-DAEMON@relay.corp.test (Mail Delivery System)
      Subject: Undelivered Mail Returned to Sender
      To: canary@corp.test
      MIME-Version: 1.0
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"

      --b
      Content-Type: text/plain; charset=us-ascii

      This is the mail system at host relay.corp.test.

      <user@shop.test>: host mx.shop.test[192.0.2.9] said: 550 5.1.1 <user@shop.test>: User
          unknown \u001b[31m(in reply to RCPT TO command)

      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; relay.corp.test
      X-Postfix-Queue-ID: 4XYZ0
      Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0000 (UTC)

      Final-Recipient: rfc822; user@shop.test
      Original-Recipient: rfc822;user@shop.test
      Action: failed
      Status: 5.1.1
      Remote-MTA: dns; mx.shop.test
      Diagnostic-Code: smtp; 550 5.1.1 <user@shop.test>: User unknown \u001b[31m

      --b--
      """;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aBounceIsToldToPeople() throws Exception {
    assertThat(explain(file("bounce.eml", BOUNCE))).isZero();

    assertThat(out.toString())
        .contains("bounce.eml: delivery-status")
        .contains("user@shop.test failed 550 5.1.1")
        .contains("mx.shop.test: 550 5.1.1 <user@shop.test>: User unknown")
        .contains("recipient, permanent")
        .contains("not verified")
        .containsPattern("hops +2026-11-21T10:00:02Z +by relay.corp.test")
        .containsPattern(
            "2026-11-21T10:00:07Z +\\+5 s +by in.corp.test from relay.corp.test with ESMTPS TLS")
        .doesNotContain("\u001b");
  }

  @Test
  void aBounceIsToldToPrograms() throws Exception {
    assertThat(explain("--json", file("bounce.eml", BOUNCE))).isZero();

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("kind").asText()).isEqualTo("delivery-status");
    JsonNode recipient = json.get("recipients").get(0);
    assertThat(recipient.get("address").asText()).isEqualTo("user@shop.test");
    assertThat(recipient.get("action").asText()).isEqualTo("failed");
    assertThat(recipient.get("status").asText()).isEqualTo("5.1.1");
    assertThat(recipient.get("replyCode").asInt()).isEqualTo(550);
    assertThat(recipient.get("cause").asText()).isEqualTo("recipient");
    assertThat(recipient.get("remoteMta").asText()).isEqualTo("mx.shop.test");
    assertThat(json.get("hops")).hasSize(2);
    assertThat(json.get("hops").get(1).get("delaySeconds").asInt()).isEqualTo(5);
    assertThat(json.get("canary").get("verified").asBoolean()).isFalse();
    assertThat(json.get("canary").get("path").isNull()).isTrue();
  }

  @Test
  void severalMessagesAreOneDocumentALineInTheirOrder() throws Exception {
    String mbox =
        "From a@b Sat Nov 21 10:00:00 2026\nSubject: one\n\nx\n\nFrom a@b Sat Nov 21 10:00:00 2026\nSubject: Automatic reply: two\n\nx\n";

    assertThat(explain("--json", file("plain.eml", "Subject: x\n\ny\n"), file("mbox", mbox)))
        .isZero();

    List<String> kinds = out.toString().lines().map(ExplainCommandTest::kind).toList();
    assertThat(kinds).containsExactly("message", "message", "auto-reply");
  }

  @Test
  void whatCannotBeReadIsSaidAndTheRestIsExplained() throws Exception {
    int exit =
        explain(
            folder.resolve("nothing.eml").toString(),
            folder.toString(),
            file("empty.eml", ""),
            file("noise.bin", "\u0000\u0001\u0002"),
            file("plain.eml", "Subject: x\n\ny\n"));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .hasSize(4)
        .anyMatch(line -> line.endsWith("nothing.eml: there is no such file"))
        .anyMatch(line -> line.endsWith("it is a directory, expected a file"))
        .anyMatch(line -> line.endsWith("empty.eml: it is empty, expected a message"))
        .anyMatch(line -> line.contains("noise.bin: it holds no message"));
    assertThat(out.toString()).contains("plain.eml: message");
  }

  @Test
  void everyRealBounceIsExplained() throws Exception {
    for (var mail : Corpus.mails().entrySet()) {
      String file = folder.resolve(mail.getKey()).toString();
      Files.write(Path.of(file), mail.getValue());

      assertThat(explain("--json", file)).as(mail.getKey()).isZero();
      assertThat(explain(file)).as(mail.getKey()).isZero();
    }
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().chars().filter(c -> c < 0x20 && c != '\n').count()).isZero();
  }

  private String file(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    return file.toString();
  }

  private int explain(String... arguments) {
    CommandLine commands = new CommandLine(new ExplainCommand());
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }

  private static String kind(String json) {
    try {
      return Objects.requireNonNull(new ObjectMapper().readTree(json).get("kind")).asText();
    } catch (Exception e) {
      throw new AssertionError(json, e);
    }
  }
}
