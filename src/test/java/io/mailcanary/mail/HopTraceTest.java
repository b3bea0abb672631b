package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HopTraceTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          Postfix     | from probe.test (probe.test [192.0.2.1])\\r\\n\\t(using TLSv1.3 with cipher X (256/256 bits))\\r\\n\\tby mx.test (Postfix) with ESMTPS id 4XYZ1\\r\\n\\tfor <a@b.test>; Sat, 21 Nov 2026 10:00:00 +0100 (CET) | probe.test | mx.test | ESMTPS | 4XYZ1 | 2026-11-21T09:00:00Z
          Postfix own | by mx.test (Postfix, from userid 1000)\\n\\tid ABCDEF; Sat, 21 Nov 2026 10:00:00 +0000 (UTC) | - | mx.test | - | ABCDEF | 2026-11-21T10:00:00Z
          Exim        | from [192.0.2.1] (helo=probe.test)\\n\\tby mx.test with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\\n\\t(Exim 4.96)\\n\\t(envelope-from <a@b.test>)\\n\\tid 1vABCD-000001-2x\\n\\tfor c@d.test;\\n\\tSat, 21 Nov 2026 10:00:00 +0000 | [192.0.2.1] | mx.test | esmtps | 1vABCD-000001-2x | 2026-11-21T10:00:00Z
          Dovecot     | from mx.test\\n\\tby store.test with LMTP\\n\\tid kKq2BzXYZ\\n\\t(envelope-from <a@b.test>)\\n\\tfor <c@d.test>; Sat, 21 Nov 2026 10:00:00 +0000 | mx.test | store.test | LMTP | kKq2BzXYZ | 2026-11-21T10:00:00Z
          Gmail       | by 2002:a05:6a10:b0c9:b0:3f1 with SMTP id abc123;\\n        Sat, 21 Nov 2026 02:00:00 -0800 (PST) | - | 2002:a05:6a10:b0c9:b0:3f1 | SMTP | abc123 | 2026-11-21T10:00:00Z
          qmail       | (qmail 12345 invoked by uid 89); 21 Nov 2026 10:00:00 -0000 | - | - | - | - | 2026-11-21T10:00:00Z
          qmail SMTP  | from unknown (HELO probe.test) (192.0.2.1)\\n  by mx.test with SMTP; 21 Nov 2026 10:00:00 -0000 | unknown | mx.test | SMTP | - | 2026-11-21T10:00:00Z
          Exchange    | from A.test (2603:10a6::1) by\\n B.test (2603:10a6::2) with Microsoft SMTP\\n Server (version=TLS1_2, cipher=X) id 15.20.1.2 via Frontend Transport; Sat, 21 Nov 2026 10:00:00\\n +0000 | A.test | B.test | Microsoft | 15.20.1.2 | 2026-11-21T10:00:00Z
          a semicolon in a comment | from a.test (b; c (d; e)) by c.test; 1 Jan 26 00:00 GMT | a.test | c.test | - | - | 2026-01-01T00:00:00Z
          without a date | from a.test by b.test | a.test | b.test | - | - | -
          with nonsense for a date | from a.test by b.test; yesterday | a.test | b.test | - | - | -
          with a date that is none | by b.test; 31 Feb 2026 10:00:00 +0000 | - | b.test | - | - | -
          with a leap second | by b.test; 31 Dec 2016 23:59:60 +0000 | - | b.test | - | - | 2016-12-31T23:59:59Z
          """)
  void aTraceLineIsRead(
      String sentence,
      String field,
      @Nullable String from,
      @Nullable String by,
      @Nullable String with,
      @Nullable String id,
      @Nullable Instant at) {
    String wire = field.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");

    assertThat(Received.parse(wire)).isEqualTo(new Received(from, by, with, id, at));
  }

  @Test
  void hopsStandInTheOrderOfTravel() {
    HopTrace trace =
        HopTrace.of(
            """
            Return-Path: <a@b.test>
            Received: from mx.test by store.test with LMTP id 3
             for <c@d.test>; Sat, 21 Nov 2026 10:00:02 +0000
            X-Other: Received: from nobody by nowhere; Sat, 21 Nov 2026 10:00:00 +0000
            received: from probe.test by mx.test
            \twith ESMTP id 2; Sat, 21 Nov 2026 10:00:01 +0000
            Subject: x

            Received: from body by body; Sat, 21 Nov 2026 10:00:00 +0000
            """);

    assertThat(trace.hops()).extracting(Received::by).containsExactly("mx.test", "store.test");
    assertThat(trace.arrivedAt()).contains(Instant.parse("2026-11-21T10:00:02Z"));
  }

  @Test
  void aLoopKeepsItsNewestHundredLines() {
    StringBuilder header = new StringBuilder();
    IntStream.range(0, 5000).forEach(i -> header.append("Received: by h").append(i).append("\r\n"));

    HopTrace trace = HopTrace.of(header.toString());

    assertThat(trace.hops()).hasSize(HopTrace.MOST);
    assertThat(trace.hops().getLast().by()).isEqualTo("h0");
  }

  @Test
  void whateverComesIsReadWithinBounds() {
    Random random = new Random(42);
    String alphabet = "()<>;:\\\"\r\n\t @.,0123456789+-abyfromwith\u0000\u00ff";
    Instant before = Instant.now();
    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder("Received: from a by b with c id d; ");
      for (int i = random.nextInt(300); i > 0; i--) {
        text.insert(
            10 + random.nextInt(text.length() - 9),
            alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThatCode(() -> HopTrace.of(text.toString()).arrivedAt()).doesNotThrowAnyException();
    }
    String deep = "Received: " + "(".repeat(64 * 1024) + " ".repeat(64 * 1024) + ";1";
    assertThat(HopTrace.of(deep).hops()).hasSize(1);
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }
}
