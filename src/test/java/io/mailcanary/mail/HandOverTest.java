package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandOverTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          Postfix              | from out.corp.test (mail7.corp.test [192.0.2.9]) by mx.other.test (Postfix) with ESMTPS id 4F; Mon, 1 Jan 2024 00:00:00 +0000 | 192.0.2.9 | out.corp.test | mx.other.test | false
          Postfix, IPv6        | from out.corp.test (unknown [IPv6:2001:db8::9]) by mx.other.test (Postfix) with ESMTP id 4F; x | 2001:db8:0:0:0:0:0:9 | out.corp.test | mx.other.test | false
          Exim, name and helo  | from mail7.corp.test ([192.0.2.9] helo=out.corp.test) by mx.other.test with esmtps (TLS1.3) id 1r; x | 192.0.2.9 | out.corp.test | mx.other.test | false
          Exim, no name        | from [192.0.2.9] (helo=out.corp.test) by mx.other.test with esmtp; x | 192.0.2.9 | out.corp.test | mx.other.test | false
          sendmail             | from out.corp.test (mail7.corp.test [192.0.2.9] (may be forged)) by mx.other.test (8.17/8.17) with ESMTP id 3; x | 192.0.2.9 | out.corp.test | mx.other.test | false
          Gmail                | from out.corp.test (mail7.corp.test. [192.0.2.9]) by mx.google.com with ESMTPS id a1-1 for <x@y.test>; x | 192.0.2.9 | out.corp.test | mx.google.com | false
          Exchange             | from out.corp.test (192.0.2.9) by mx.other.test (10.1.1.1) with Microsoft SMTP Server; x | 192.0.2.9 | out.corp.test | mx.other.test | false
          qmail                | from unknown (HELO out.corp.test) (192.0.2.9) by mx.other.test with SMTP; x | 192.0.2.9 | out.corp.test | mx.other.test | false
          a submission         | from probe.corp.test (p [192.0.2.9]) by out.corp.test (Postfix) with ESMTPSA id 4F; x | 192.0.2.9 | probe.corp.test | out.corp.test | true
          a literal for a name | from [192.0.2.9] (unknown [192.0.2.9]) by mx.other.test (Postfix) with ESMTP; x | 192.0.2.9 | | mx.other.test | false
          """)
  void read(String who, String line, String address, String helo, String by, boolean login) {
    assertThat(HandOver.parse(line))
        .as(who)
        .hasValueSatisfying(one -> {
          assertThat(one.address().getHostAddress()).isEqualTo(address);
          assertThat(one.helo().orElse(null)).isEqualTo(helo);
          assertThat(one.by()).isEqualTo(by);
          assertThat(one.login()).isEqualTo(login);
        });
  }

  @Test
  void whatNamesNoAddressTellsNothing() {
    assertThat(HandOver.parse("by mx.other.test (Postfix, from userid 0) id 4F; x")).isEmpty();
    assertThat(HandOver.parse("from out.corp.test by mx.other.test with LMTP; x")).isEmpty();
    assertThat(HandOver.parse("")).isEmpty();
  }

  @Test
  void anyTextWillDo() {
    Random random = new Random(7);
    String letters = "from by[]():;.IPv6helo=HELO with 0123456789 \t\u00e4\\\"";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder("from ");
      random
          .ints(random.nextInt(200), 0, letters.length())
          .forEach(at -> text.append(letters.charAt(at)));
      assertThat(HandOver.parse(text.toString())).isNotNull();
    }
  }
}
