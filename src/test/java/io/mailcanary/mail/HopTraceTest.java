package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
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
Postfix     | from probe.test (probe.test [192.0.2.1])\\r\\n\\t(using TLSv1.3 with cipher X (256/256 bits))\\r\\n\\tby mx.test (Postfix) with ESMTPS id 4XYZ1\\r\\n\\tfor <a@b.test>; Sat, 21 Nov 2026 10:00:00 +0100 (CET) | probe.test | mx.test | ESMTPS | 4XYZ1 | 2026-11-21T09:00:00Z | TLSv1.3
          Postfix own | by mx.test (Postfix, from userid 1000)\\n\\tid ABCDEF; Sat, 21 Nov 2026 10:00:00 +0000 (UTC) | - | mx.test | - | ABCDEF | 2026-11-21T10:00:00Z | -
          Exim        | from [192.0.2.1] (helo=probe.test)\\n\\tby mx.test with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\\n\\t(Exim 4.96)\\n\\t(envelope-from <a@b.test>)\\n\\tid 1vABCD-000001-2x\\n\\tfor c@d.test;\\n\\tSat, 21 Nov 2026 10:00:00 +0000 | [192.0.2.1] | mx.test | esmtps | 1vABCD-000001-2x | 2026-11-21T10:00:00Z | TLSv1.3
          old Exim    | from a.test ([192.0.2.1] helo=x)\\n\\tby mx.test with esmtpsa (TLS1.2:DHE_RSA_AES_128_CBC_SHA1:128)\\n\\t(Exim 4.80)\\n\\tid 1d18ZN-0000br-Mp; Thu, 20 Apr 2017 11:40:09 +0200 | a.test | mx.test | esmtpsa | 1d18ZN-0000br-Mp | 2017-04-20T09:40:09Z | TLSv1.2
          Exim own    | from mail by mx.test with local (Exim 4.96)\\n\\tid 1vABCD-000001-2x\\n\\tfor c@d.test; Sat, 21 Nov 2026 10:00:00 +0000 | mail | mx.test | local | 1vABCD-000001-2x | 2026-11-21T10:00:00Z | -
          Dovecot     | from mx.test\\n\\tby store.test with LMTP\\n\\tid kKq2BzXYZ\\n\\t(envelope-from <a@b.test>)\\n\\tfor <c@d.test>; Sat, 21 Nov 2026 10:00:00 +0000 | mx.test | store.test | LMTP | kKq2BzXYZ | 2026-11-21T10:00:00Z | -
          Dovecot TLS | from mx.test ([192.0.2.1])\\n\\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\\n\\tby store.test with LMTPS\\n\\tid kKq2BzXYZ\\n\\t(envelope-from <a@b.test>)\\n\\tfor <c@d.test>; Sat, 21 Nov 2026 10:00:00 +0000 | mx.test | store.test | LMTPS | kKq2BzXYZ | 2026-11-21T10:00:00Z | TLSv1.3
          Cyrus       | from mx.test ([unix socket])\\n\\t by store.test (Cyrus 3.6.1) with LMTPA;\\n\\t Sat, 21 Nov 2026 10:00:00 +0000 | mx.test | store.test | LMTPA | - | 2026-11-21T10:00:00Z | -
          OpenSMTPD   | from probe.test (probe.test [192.0.2.1])\\n\\tby mx.test (OpenSMTPD) with ESMTPS id 1f2a3b4c (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\\n\\tfor <c@d.test>;\\n\\tSat, 21 Nov 2026 10:00:00 +0000 (UTC) | probe.test | mx.test | ESMTPS | 1f2a3b4c | 2026-11-21T10:00:00Z | TLSv1.3
          sendmail    | from probe.test (probe.test [192.0.2.1])\\n\\tby mx.test (8.17.1/8.17.1) with ESMTPS id 4ALA00x1\\n\\t(version=TLSv1.2 cipher=DHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO)\\n\\tfor <c@d.test>; Sat, 21 Nov 2026 10:00:00 GMT | probe.test | mx.test | ESMTPS | 4ALA00x1 | 2026-11-21T10:00:00Z | TLSv1.2
          sendmail own | (from root@localhost)\\n\\tby mx.test (8.17.1/8.17.1/Submit) id 4ALA00x1\\n\\tfor c@d.test; Sat, 21 Nov 2026 10:00:00 GMT | - | mx.test | - | 4ALA00x1 | 2026-11-21T10:00:00Z | -
          Gmail       | by 2002:a05:6a10:b0c9:b0:3f1 with SMTP id abc123;\\n        Sat, 21 Nov 2026 02:00:00 -0800 (PST) | - | 2002:a05:6a10:b0c9:b0:3f1 | SMTP | abc123 | 2026-11-21T10:00:00Z | -
          Gmail MX    | from a.test (a.test. [192.0.2.1])\\n        by mx.google.com with ESMTPS id x1-20\\n        for <c@gmail.test>\\n        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\\n        Sat, 21 Nov 2026 02:00:00 -0800 (PST) | a.test | mx.google.com | ESMTPS | x1-20 | 2026-11-21T10:00:00Z | TLSv1.3
          qmail       | (qmail 12345 invoked by uid 89); 21 Nov 2026 10:00:00 -0000 | - | - | - | - | 2026-11-21T10:00:00Z | -
          qmail SMTP  | from unknown (HELO probe.test) (192.0.2.1)\\n  by mx.test with SMTP; 21 Nov 2026 10:00:00 -0000 | unknown | mx.test | SMTP | - | 2026-11-21T10:00:00Z | -
          Exchange    | from A.test (2603:10a6::1) by\\n B.test (2603:10a6::2) with Microsoft SMTP\\n Server (version=TLS1_2, cipher=X) id 15.20.1.2 via Frontend Transport; Sat, 21 Nov 2026 10:00:00\\n +0000 | A.test | B.test | Microsoft SMTP Server | 15.20.1.2 | 2026-11-21T10:00:00Z | TLSv1.2
          Exchange store | from A.test ([fe80::1]) by A.test\\n ([fe80::1%6]) with mapi id 15.20.1.2; Sat, 21 Nov 2026 10:00:00 +0000 | A.test | A.test | mapi | 15.20.1.2 | 2026-11-21T10:00:00Z | -
          a secure protocol of unknown version | from a.test by b.test with ESMTPSA; 21 Nov 2026 10:00:00 +0000 | a.test | b.test | ESMTPSA | - | 2026-11-21T10:00:00Z | TLS
          a semicolon in a comment | from a.test (b; c (d; e)) by c.test; 1 Jan 26 00:00 GMT | a.test | c.test | - | - | 2026-01-01T00:00:00Z | -
          without a date | from a.test by b.test | a.test | b.test | - | - | - | -
          with nonsense for a date | from a.test by b.test; yesterday | a.test | b.test | - | - | - | -
          with a date that is none | by b.test; 31 Feb 2026 10:00:00 +0000 | - | b.test | - | - | - | -
          with a leap second | by b.test; 31 Dec 2016 23:59:60 +0000 | - | b.test | - | - | 2016-12-31T23:59:59Z | -
""")
  void aTraceLineIsRead(
      String sentence,
      String field,
      @Nullable String from,
      @Nullable String by,
      @Nullable String with,
      @Nullable String id,
      @Nullable Instant at,
      @Nullable String tls) {
    String wire = field.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");

    assertThat(Received.parse(wire)).isEqualTo(new Received(from, by, with, id, at, tls));
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
  void whatStoodInTheMessageBeforeItCameToUsIsOnlyClaimed() {
    HopTrace trace =
        HopTrace.of(
            """
            Received: from mx.test by store.test with LMTP id 3; Sat, 21 Nov 2026 10:00:02 +0000
            Received: (qmail 7 invoked from network); 21 Nov 2026 10:00:01 -0000
            Received: from evil.test by MX.test with ESMTP id 2; Sat, 21 Nov 2026 10:00:01 +0000
            Received: from bank.test by mx.test with ESMTP id 1; Fri, 20 Nov 2026 10:00:01 +0000
            Received: from bank.test by evil.test with ESMTP id 0; Fri, 20 Nov 2026 10:00:01 +0000
            """);

    HopTrace.Trust trust = trace.trust(Set.of(new DomainName("mx.test")));

    assertThat(trust.claimed()).extracting(Received::by).containsExactly("evil.test");
    assertThat(trust.proven())
        .extracting(Received::by)
        .containsExactly("mx.test", "MX.test", null, "store.test");
    assertThat(trace.trust(Set.of()).proven())
        .extracting(Received::by)
        .containsExactly("store.test");
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
