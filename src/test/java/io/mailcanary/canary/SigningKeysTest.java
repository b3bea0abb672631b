package io.mailcanary.canary;

import static io.mailcanary.canary.Canaries.KEYS;
import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  private static final SigningKeys.Key OLD =
      new SigningKeys.Key("k1", "0123456789abcdef".getBytes());
  private static final SigningKeys.Key NEW =
      new SigningKeys.Key("k2", "fedcba9876543210".getBytes());

  @Test
  void aTagIsKnownAgain() {
    CanaryTag tag = KEYS.sign(Canaries.id(7), "campus-to-hosted");
    assertThat(KEYS.verify(tag.text())).isEqualTo(new TagCheck.Genuine(tag));
    assertThat(tag.text()).matches(CanaryTag.FORM).hasSizeLessThanOrEqualTo(57);
    assertThat(tag.id().madeAt()).isEqualTo(START);
  }

  @Test
  void everyChangedCharacterIsSeen() {
    String text = KEYS.sign(Canaries.id(7), "campus-to-hosted").text();
    for (int i = 3; i < text.length(); i++) {
      char other = text.charAt(i) == '0' ? '1' : '0';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThat(KEYS.verify(changed)).as(changed).isEqualTo(new TagCheck.Forged(changed));
    }
  }

  @Test
  void theSameIdForAnotherPathIsAnotherTag() {
    assertThat(KEYS.sign(Canaries.id(7), "a")).isNotEqualTo(KEYS.sign(Canaries.id(7), "b"));
  }

  @Test
  void keysRotate() {
    SigningKeys before = new SigningKeys(List.of(OLD));
    SigningKeys during = new SigningKeys(List.of(NEW, OLD));
    SigningKeys after = new SigningKeys(List.of(NEW));
    CanaryTag tag = before.sign(Canaries.id(7), "p");
    assertThat(during.verify(tag.text())).isInstanceOf(TagCheck.Genuine.class);
    assertThat(during.sign(Canaries.id(7), "p").text()).startsWith("k2-");
    assertThat(after.verify(tag.text())).isEqualTo(new TagCheck.UnknownKey("k1"));
  }

  @Test
  void aKeyNeverShowsItsSecret() {
    assertThat(OLD.toString()).doesNotContain("0123456789abcdef").contains("k1");
    assertThatThrownBy(() -> new SigningKeys.Key("k1", "short".getBytes()))
        .hasMessageContaining("k1")
        .hasMessageNotContaining("short'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "K1", "k-1", "toolongid", "ä"})
  void anIdOfAKeyIsShortAndPlain(String id) {
    assertThatThrownBy(() -> new SigningKeys.Key(id, new byte[16]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsSortByTime() {
    CanaryId early = CanaryId.of(START, new byte[10]);
    CanaryId late = CanaryId.of(START.plusMillis(1), new byte[10]);
    assertThat(early).isLessThan(late);
    assertThat(CanaryId.floor(START)).isLessThanOrEqualTo(Canaries.id(1));
    assertThat(new CanaryId(early.value())).isEqualTo(early);
  }
}
