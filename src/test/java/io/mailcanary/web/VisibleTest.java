package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a mail server wrote stays text.
class VisibleTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          an element   | <script>alert(1)</script> | &lt;script&gt;alert(1)&lt;/script&gt;
          an attribute | " onload="x              | &quot; onload=&quot;x
          an apostrophe| ' onload='x              | &#39; onload=&#39;x
          a reference  | &lt;b&gt;                | &amp;lt;b&amp;gt;
          other scripts| Ünïcode 邮件 📧          | Ünïcode 邮件 📧
          """)
  void markupIsShownAsItIs(String what, String text, String shown) {
    assertThat(Visible.of(text)).as(what).isEqualTo(shown);
  }

  @Test
  void whatHidesOrTurnsOtherTextIsNamed() {
    assertThat(Visible.of("exe\u202Efdp\u2066\u200B\u0000\u001B[31m\u2028\r"))
        .isEqualTo("exe⟨U+202E⟩fdp⟨U+2066⟩⟨U+200B⟩⟨U+0000⟩⟨U+001B⟩[31m⟨U+2028⟩⟨U+000D⟩");
  }

  @Test
  void linesStayLines() {
    assertThat(Visible.of("550 no\n\tnever")).isEqualTo("550 no\n\tnever");
  }

  @Test
  void halfASurrogateIsNamedToo() {
    assertThat(Visible.of("a\uD800b")).isEqualTo("a⟨U+D800⟩b");
  }
}
